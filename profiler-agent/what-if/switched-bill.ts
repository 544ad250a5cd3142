// What switched calls cost: their prompts through the new model's cache, from cold and once more when it is warm.

import { CacheReplay } from '../analysis/replay/cache-replay'
import { type InputBuckets, reportedBuckets } from '../analysis/replay/input-bill'
import type { ReplayCall, ReplayedInput } from '../analysis/replay/replay-call'
import type { PicoUsd } from '../model/money'
import { perTtl } from '../model/usage'
import { type CacheRule, cacheRuleFor } from '../rules/cache-rules'
import type { SwitchedCall } from './switched-call'

export interface SwitchedCost {
  /** Nothing is cached yet, as after the switch. */
  readonly cold: PicoUsd
  /** As if the same run had just ended: what an answer costs as long as runs follow each other. */
  readonly warm: PicoUsd
}

export interface BilledCall {
  readonly switched: SwitchedCall
  readonly cost: SwitchedCost
  /** False where the prompt is not known. */
  readonly isReplayed: boolean
  /** Something in the call has no price. */
  readonly isAtLeast: boolean
}

export interface BillOptions {
  readonly textOf: (hash: string) => string | undefined
  /** Of prompts that are not known: cached as they were, else not at all. */
  readonly isOptimist: boolean
}

/** `calls` are in the order of their start. */
export function billCalls(calls: readonly SwitchedCall[], options: BillOptions): BilledCall[] {
  const cold = replayed(calls, options, [])
  const warm = replayed(calls, options, runBefore(calls))
  return calls.flatMap((switched, index) => {
    const [first, second] = [cold[index], warm[index]]
    if (!first || !second) return []
    const [atFirst, later] = [priced(switched, first, options), priced(switched, second, options)]
    const isAtLeast = atFirst.isAtLeast || later.isAtLeast
    const cost = { cold: atFirst.picoUsd, warm: later.picoUsd }
    return [{ switched, cost, isReplayed: first.isReplayed, isAtLeast }]
  })
}

export function ruleOf({ provider, model }: Pick<ReplayCall, 'provider' | 'model'>): CacheRule | undefined {
  return cacheRuleFor(provider, model)
}

function replayed(
  calls: readonly SwitchedCall[],
  { textOf }: BillOptions,
  before: readonly ReplayCall[],
): ReplayedInput[] {
  const replay = new CacheReplay({ ruleOf, textOf })
  for (const call of before) replay.add(call)
  return calls.map(({ call }) => replay.add(call))
}

/** The same calls, over just before the first of them began. */
function runBefore(calls: readonly SwitchedCall[]): readonly ReplayCall[] {
  const begun = calls[0]?.call.startedAt ?? 0
  const over = calls.reduce((latest, { call }) => Math.max(latest, call.startedAt, call.firstTokenAt), begun)
  const shift = over - begun + 1
  return calls.map(({ call }) => ({
    ...call,
    startedAt: call.startedAt - shift,
    firstTokenAt: call.firstTokenAt - shift,
  }))
}

function priced(
  switched: SwitchedCall,
  bill: ReplayedInput,
  options: BillOptions,
): { readonly picoUsd: PicoUsd; readonly isAtLeast: boolean } {
  const answer = switched.priceOf(bill.isReplayed ? bill : unseenInput(switched.call, options))
  if (!('cost' in answer)) throw new Error(`a call that had a price has none: ${answer.unpricedReason}`)
  return { picoUsd: answer.cost.picoUsd, isAtLeast: answer.cost.atLeast === true }
}

/** Input of a prompt that is not known: in the buckets in which it was billed before, or all of it fresh. */
function unseenInput(call: ReplayCall, { isOptimist }: BillOptions): InputBuckets {
  const total = call.usage.inputTokens ?? 0
  const none = { read: 0, write: perTtl(() => 0), fresh: total }
  const before = reportedBuckets(call)
  const all = before.read + before.fresh + Object.values(before.write).reduce((sum, next) => sum + next, 0)
  if (!isOptimist || all === 0 || !ruleOf(call)) return none
  const share = (tokens: number) => Math.floor((tokens * total) / all)
  const read = share(before.read)
  const write = ruleOf(call)?.chargesWrites ? perTtl((ttl) => share(before.write[ttl])) : none.write
  const written = Object.values(write).reduce((sum, next) => sum + next, 0)
  return { read, write, fresh: total - read - written }
}
