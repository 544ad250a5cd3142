// What fixes save on recorded calls: the replay with them against the replay without, never against what the provider happened to do.

import type { PicoUsd } from '../../model/money'
import { CacheReplay, type ReplayOptions } from './cache-replay'
import type { FixPlan } from './fix-plan'
import { fixedCalls } from './fixed-calls'
import { inputCost, reportedBuckets } from './input-bill'
import type { ReplayCall, ReplayedInput } from './replay-call'

/** Of one call. */
export interface CallSaving {
  readonly spanId: string
  readonly recorded: PicoUsd
  readonly asRecorded: ReplayedInput
  readonly fixed: ReplayedInput
  /** Negative where the fix costs more, such as the first write. */
  readonly picoUsd: PicoUsd
}

export interface FixSaving {
  /** Of all calls. */
  readonly picoUsd: PicoUsd
  /** Input as it was billed, by the reported buckets. */
  readonly recorded: PicoUsd
  /** Input as the rule says it should have been billed. */
  readonly asRecorded: PicoUsd
  readonly fixed: PicoUsd
  /** True where the provider did not do what its rule says: the saving is bounded by what was really billed. */
  readonly isBounded: boolean
  /** Calls that could not be replayed and count as they were. */
  readonly notReplayed: number
  readonly calls: readonly CallSaving[]
}

/** What `plans`, all together, save on `calls`, which are in the order of their start. */
export function savingOf(
  calls: readonly ReplayCall[],
  plans: readonly FixPlan[],
  options: ReplayOptions,
): FixSaving {
  const asRecorded = replay(calls, options)
  const fixed = replay(fixedCalls(calls, plans, options), options)
  return compare(calls, asRecorded, fixed, options.ruleOf)
}

/** Bills of calls that are in the order of their start. */
export function replay(calls: readonly ReplayCall[], options: ReplayOptions): ReplayedInput[] {
  const replay = new CacheReplay(options)
  return calls.map((call) => replay.add(call))
}

function compare(
  calls: readonly ReplayCall[],
  asRecorded: readonly ReplayedInput[],
  fixed: readonly ReplayedInput[],
  ruleOf: ReplayOptions['ruleOf'],
): FixSaving {
  const savings = calls.flatMap((call, index) => {
    const before = asRecorded[index]
    const after = fixed[index]
    return before && after ? [callSaving(call, before, after, ruleOf(call)?.incrementTokens ?? 1)] : []
  })
  const sum = (pick: (saving: CallSaving) => PicoUsd) =>
    savings.reduce((total, saving) => total + pick(saving), 0)
  return {
    picoUsd: sum((saving) => saving.picoUsd),
    recorded: sum((saving) => saving.recorded),
    asRecorded: sum((saving) => saving.asRecorded.picoUsd),
    fixed: sum((saving) => saving.fixed.picoUsd),
    isBounded: savings.some((saving) => saving.asRecorded.picoUsd - saving.fixed.picoUsd > saving.picoUsd),
    notReplayed: savings.filter((saving) => !saving.asRecorded.isReplayed).length,
    calls: savings,
  }
}

/** Tokens of blocks are estimates, so that a replay is never right to the token. */
const CLOSE_ENOUGH = 0.02

/** What the provider billed less than its rule says (another run had filled its cache) cannot be saved once more. */
function callSaving(
  call: ReplayCall,
  asRecorded: ReplayedInput,
  fixed: ReplayedInput,
  increment: number,
): CallSaving {
  const recorded = inputCost(reportedBuckets(call), call)
  const reckoned = asRecorded.picoUsd - fixed.picoUsd
  const tolerance = Math.max(recorded * CLOSE_ENOUGH, increment * call.cost.prices.uncachedInput)
  const isBound = reckoned > 0 && asRecorded.picoUsd - recorded > tolerance
  const picoUsd = isBound ? Math.min(reckoned, Math.max(0, recorded - fixed.picoUsd)) : reckoned
  return { spanId: call.spanId, recorded, asRecorded, fixed, picoUsd }
}
