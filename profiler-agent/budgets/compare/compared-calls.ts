// The billed calls of a run as comparisons see them, and the invocations that they belong to. Compares nothing.

import type { ComparedCall, ComparedUnit, TokensByBucket } from '../../model/comparison'
import { present } from '../../model/present'
import type { CallSite, ModelCall, Span } from '../../model/span'
import { hasModelCall, isCall } from '../../model/totals'
import { CACHE_TTLS, perTtl, type Usage } from '../../model/usage'

/** A run as far as it is compared. */
export interface ComparedRun {
  readonly id: string
  readonly spans: readonly Span[]
}

/** What a provider bills of a run, each inference once. */
export function comparedCalls({ id, spans }: ComparedRun): ComparedCall[] {
  return spans.flatMap((span) =>
    isCall(span) && hasModelCall(span) && span.modelCall.billed
      ? [comparedCall(id, span, span.modelCall)]
      : [],
  )
}

function comparedCall(runId: string, span: Span, call: ModelCall): ComparedCall {
  const { agent, step, callSite, id } = span
  return {
    runId,
    spanId: id,
    ...present({ agent, step, place: callSite && placeOf(callSite) }),
    model: `${call.provider}/${call.responseModel ?? call.requestModel}`,
    ...present({ askedModel: askedModelOf(call), tier: namedTier(call.tier) }),
    tokens: tokensOf(call.usage),
    units: call.usage.units,
    cost: call.cost,
  }
}

function placeOf({ file, line, function: name }: CallSite): NonNullable<ComparedCall['place']> {
  return { file, line, ...present({ function: name }) }
}

const USUAL_TIERS = ['default', 'standard', 'on_demand', 'auto']

function askedModelOf({
  provider,
  requestModel,
  responseModel = requestModel,
}: ModelCall): string | undefined {
  return responseModel === requestModel ? undefined : `${provider}/${requestModel}`
}

/** The tier of a call where it is another one than most people pay for. */
export function namedTier(tier: string | undefined): string | undefined {
  return tier === undefined || USUAL_TIERS.includes(tier) ? undefined : tier
}

function tokensOf(usage: Usage): TokensByBucket {
  return {
    uncachedInput: usage.uncachedInputTokens ?? 0,
    cacheRead: usage.cacheReadTokens ?? 0,
    ...perTtl((ttl) => usage.cacheWriteTokens[ttl] ?? 0),
    output: usage.outputTokens ?? 0,
  }
}

/** What a price list has one entry for. */
export function pricedModelOf({ model, tier }: Pick<ComparedCall, 'model' | 'tier'>): string {
  return tier === undefined ? model : `${model} (${tier})`
}

export function inputOf(tokens: TokensByBucket): number {
  return CACHE_TTLS.reduce((sum, ttl) => sum + tokens[ttl], tokens.uncachedInput + tokens.cacheRead)
}

/**
 * The invocations of a run: its outermost agent spans with all calls under them; a run without agents is one itself.
 * Calls outside of every agent belong to the first invocation.
 */
export function invocationsOf(run: ComparedRun): ComparedUnit[] {
  const parents = new Map(run.spans.map((span) => [span.id, span]))
  const roots = run.spans.filter((span) => span.kind === 'agent' && outermost(span, parents) === span)
  const first = roots[0]?.id ?? run.id
  const calls = Map.groupBy(comparedCalls(run), ({ spanId }) => {
    const span = parents.get(spanId)
    return (span && outermost(span, parents)?.id) ?? first
  })
  if (roots.length === 0) return [{ id: run.id, calls: calls.get(first) ?? [] }]
  return roots.map(({ id, intent }) => ({
    id: `${run.id} ${id}`,
    ...present({ intent }),
    calls: calls.get(id) ?? [],
  }))
}

/** The uppermost agent on the way from a span to its run, itself included. */
function outermost(span: Span, spans: ReadonlyMap<string, Span>): Span | undefined {
  let found: Span | undefined
  const seen = new Set<string>()
  for (let at: Span | undefined = span; at && !seen.has(at.id); at = spans.get(at.parentId ?? '')) {
    seen.add(at.id)
    if (at.kind === 'agent') found = at
  }
  return found
}
