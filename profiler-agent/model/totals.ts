// Sums over the model calls of any set of spans. Only spans with a model call count, so that nothing is summed twice.

import { isApiEquivalent } from './billing'
import { formatUsd, type PicoUsd, usdOf } from './money'
import type { Cost, CostByBucket, ModelCall, Span, TotalCost, Totals } from './span'
import { addUsage } from './usage'

/** What of a model call is summed. */
export type CountedModelCall = Pick<ModelCall, 'billed' | 'attempt' | 'usage'> & {
  readonly cost: Pick<Cost, 'picoUsd' | 'atLeast'> | null
}

/** What of a span its sums depend on. */
export interface CountedSpan extends Pick<Span, 'kind' | 'status' | 'attributes'> {
  readonly modelCall?: CountedModelCall
}

type WithCall<S extends CountedSpan> = S & { readonly modelCall: NonNullable<S['modelCall']> }

export function hasModelCall<S extends CountedSpan>(span: S): span is WithCall<S> {
  return span.modelCall !== undefined
}

/** What counts as a call: everything that runs a model or is billed; counting tokens, fetching a reply again, and what a budget refused do neither. */
export function isCall<S extends CountedSpan>(span: S): span is WithCall<S> {
  return hasModelCall(span) && span.status !== 'blocked' && (span.kind !== 'other' || span.modelCall.billed)
}

/** Totals of the model calls among these spans; all four counts are over the same spans. */
export function totalsOf(spans: readonly CountedSpan[]): Totals {
  const calls = spans.filter((span) => isCall(span))
  const billed = calls.filter((span) => span.modelCall.billed)
  const attempts = calls.map((span) => span.modelCall.attempt)
  return {
    calls: new Set(attempts.map((attempt) => attempt.logicalId)).size,
    attempts: new Set(attempts.map((attempt) => `${attempt.logicalId} ${attempt.number}`)).size,
    errors: calls.filter((span) => span.status === 'error').length,
    unpricedCalls: billed.filter((span) => span.modelCall.cost === null).length,
    usage: addUsage(billed.map((span) => span.modelCall.usage)),
    cost: costOf(billed),
  }
}

/** `null` when calls were billed and none of them has a price; nothing billed is a cost of exactly 0. */
function costOf(billed: readonly WithCall<CountedSpan>[]): TotalCost | null {
  const priced = billed.flatMap((span) => span.modelCall.cost ?? [])
  if (billed.length > 0 && priced.length === 0) return null
  const sum = (costs: readonly { readonly picoUsd: PicoUsd }[]) =>
    costs.reduce((total, cost) => total + cost.picoUsd, 0)
  const atLeast = priced.some((cost) => cost.atLeast === true)
  return totalCost(
    sum(priced),
    atLeast,
    sum(billed.filter(isApiEquivalent).flatMap((span) => span.modelCall.cost ?? [])),
  )
}

function totalCost(picoUsd: PicoUsd, atLeast: boolean, apiEquivalentPicoUsd: PicoUsd): TotalCost {
  return {
    picoUsd,
    usd: usdOf(picoUsd),
    ...(atLeast ? { atLeast } : {}),
    ...(apiEquivalentPicoUsd > 0 ? { apiEquivalentPicoUsd } : {}),
  }
}

/** ` API-equivalent` where a subscription pays for all of a cost, ` ($0.40 API-equivalent)` for a part, else nothing. */
export function apiEquivalentText(cost: Pick<TotalCost, 'picoUsd' | 'apiEquivalentPicoUsd'>): string {
  const part = cost.apiEquivalentPicoUsd ?? 0
  if (part === 0) return ''
  return part === cost.picoUsd ? ' API-equivalent' : ` (${formatUsd(part)} API-equivalent)`
}

/** Whether calls cost more than is known: one of them has no price, or a part of the sum is only a lower bound. */
export function isLowerBound({ cost, unpricedCalls }: Pick<Totals, 'cost' | 'unpricedCalls'>): boolean {
  return cost?.atLeast === true || unpricedCalls > 0
}

/** `$0.0123`, `≥ $0.0123` for a lower bound, `no price` where calls are billed and none has a price. */
export function totalCostText(totals: Pick<Totals, 'cost' | 'unpricedCalls'>): string {
  const { cost, unpricedCalls } = totals
  if (cost === null) return unpricedCalls > 0 ? 'no price' : '–'
  return `${isLowerBound(totals) ? '≥ ' : ''}${formatUsd(cost.picoUsd)}${apiEquivalentText(cost)}`
}

/** Share of the input that was read from a cache, 0 to 1; `null` where reads are unknown or there was no input. */
export function cacheShareOf({ usage }: Pick<Totals, 'usage'>): number | null {
  if (usage.cacheReadTokens === null || !usage.inputTokens) return null
  return usage.cacheReadTokens / usage.inputTokens
}

/** Totals of several sets of calls that share none; without a single price in a part that needs one, the sum is unknown too. */
export function addTotals(parts: readonly Totals[]): Totals {
  const sum = (pick: (totals: Totals) => number) => parts.reduce((total, part) => total + pick(part), 0)
  const costs = parts.flatMap((part) => part.cost ?? [])
  const picoUsd = costs.reduce((total, cost) => total + cost.picoUsd, 0)
  const atLeast = costs.some((cost) => cost.atLeast === true)
  const apiEquivalent = costs.reduce((total, cost) => total + (cost.apiEquivalentPicoUsd ?? 0), 0)
  const isUnknown = picoUsd === 0 && parts.some((part) => part.cost === null)
  return {
    calls: sum((part) => part.calls),
    attempts: sum((part) => part.attempts),
    errors: sum((part) => part.errors),
    unpricedCalls: sum((part) => part.unpricedCalls),
    usage: addUsage(parts.map((part) => part.usage)),
    cost: isUnknown ? null : totalCost(picoUsd, atLeast, apiEquivalent),
  }
}

/** Costs bucket by bucket; `null` where there are none. */
export function sumOfBuckets(costs: readonly CostByBucket[]): CostByBucket | null {
  if (costs.length === 0) return null
  const sum = { uncachedInput: 0, cacheRead: 0, cacheWrite: 0, output: 0, units: 0 }
  for (const cost of costs)
    for (const bucket of Object.keys(sum) as (keyof CostByBucket)[]) sum[bucket] += cost[bucket]
  return sum
}
