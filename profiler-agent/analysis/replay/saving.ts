// What fixes save on recorded calls: the replay with them against the replay without, never against what the provider happened to do.

import type { PicoUsd } from '../../model/money'
import { CacheReplay, type ReplayOptions } from './cache-replay'
import type { FixPlan } from './fix-plan'
import { CallFixer } from './fixed-calls'
import { inputCost, reportedBuckets } from './input-bill'
import type { ReplayCall, ReplayedInput } from './replay-call'

/** Of one call. */
export interface CallSaving {
  readonly spanId: string
  /** Input as it was billed, by the reported buckets. */
  readonly recorded: PicoUsd
  readonly asRecorded: ReplayedInput
  readonly fixed: ReplayedInput
  /** Negative where the fix costs more, such as the first write. */
  readonly picoUsd: PicoUsd
}

/** Of several calls: sums of the above. */
export interface FixSaving {
  readonly picoUsd: PicoUsd
  readonly recorded: PicoUsd
  /** Input as the rule says it should have been billed. */
  readonly asRecorded: PicoUsd
  readonly fixed: PicoUsd
  /** True where the provider billed less than its rule says: what was really billed bounds the saving. */
  readonly isBounded: boolean
  /** Calls that could not be replayed and count as they were. */
  readonly notReplayed: number
  readonly calls: readonly CallSaving[]
}

/** Fixes on trial, all together, while a run grows. Evidence in the plans may grow along: a call is fixed when it comes. */
export class FixTrial {
  readonly #fixer: CallFixer
  readonly #fixed: CacheReplay
  readonly #asRecorded: CacheReplay

  constructor(
    plans: readonly FixPlan[],
    readonly options: ReplayOptions,
  ) {
    this.#fixer = new CallFixer(plans, options.ruleOf)
    this.#fixed = new CacheReplay(options)
    this.#asRecorded = new CacheReplay(options)
  }

  /** Takes the next call by start time. `asRecorded`: its bill without fixes, where somebody has it; then for all calls. */
  add(call: ReplayCall, asRecorded: ReplayedInput = this.#asRecorded.add(call)): CallSaving {
    const fixed = this.#fixed.add(this.#fixer.fix(call))
    return savingOn(call, asRecorded, fixed, this.options.ruleOf(call)?.incrementTokens ?? 1)
  }
}

/**
 * What `plans`, all together, save on `calls`, which are in the order of their start. `asRecorded`: their bills without fixes, for
 * whoever tries several plans on the same calls.
 */
export function savingOf(
  calls: readonly ReplayCall[],
  plans: readonly FixPlan[],
  options: ReplayOptions,
  asRecorded: readonly ReplayedInput[] = replay(calls, options),
): FixSaving {
  const trial = new FixTrial(plans, options)
  return sumOfSavings(calls.map((call, index) => trial.add(call, asRecorded[index])))
}

/** Bills of calls that are in the order of their start. */
export function replay(calls: readonly ReplayCall[], options: ReplayOptions): ReplayedInput[] {
  const replay = new CacheReplay(options)
  return calls.map((call) => replay.add(call))
}

export function sumOfSavings(calls: readonly CallSaving[]): FixSaving {
  const sum = (pick: (saving: CallSaving) => PicoUsd) =>
    calls.reduce((total, saving) => total + pick(saving), 0)
  return {
    picoUsd: sum((saving) => saving.picoUsd),
    recorded: sum((saving) => saving.recorded),
    asRecorded: sum((saving) => saving.asRecorded.picoUsd),
    fixed: sum((saving) => saving.fixed.picoUsd),
    isBounded: calls.some((saving) => saving.asRecorded.picoUsd - saving.fixed.picoUsd > saving.picoUsd),
    notReplayed: calls.filter((saving) => !saving.asRecorded.isReplayed).length,
    calls,
  }
}

/** Tokens of blocks are estimates, so that a replay is never right to the token. */
const CLOSE_ENOUGH = 0.02

/** What the provider billed less than its rule says (another run had filled its cache) cannot be saved once more. */
function savingOn(
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
