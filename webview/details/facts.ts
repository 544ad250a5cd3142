// Facts as terms and values, and what is said of a call in words.

import { isApiEquivalent } from '../../profiler-agent/model/billing'
import { formatCount, formatDuration, formatPlural, formatShare } from '../../profiler-agent/model/quantity'
import type { ModelCall, Outcome, Span } from '../../profiler-agent/model/span'
import { type Child, element } from '../element'

export type Fact = readonly [term: string, value: Child] | undefined

export function factList(facts: readonly Fact[]): HTMLElement[] {
  const shown = facts.filter((fact) => fact !== undefined)
  if (shown.length === 0) return []
  return [
    element(
      'dl',
      { class: 'facts' },
      ...shown.flatMap(([term, value]): Child[] => [element('dt', {}, term), element('dd', {}, value)]),
    ),
  ]
}

export function callFacts(span: Span, call: ModelCall): Fact[] {
  const answered = call.responseModel !== undefined && call.responseModel !== call.requestModel
  return [
    ['Model', answered ? `${call.responseModel} (asked for ${call.requestModel})` : call.requestModel],
    ['Provider', `${call.provider} · ${call.endpoint}${call.stream ? ' · streamed' : ''}`],
    ...timeFacts(span, call),
    span.status === 'ok'
      ? undefined
      : ['Status', `${span.status}${call.httpStatus > 0 ? ` · HTTP ${call.httpStatus}` : ''}`],
    call.finishReason === undefined ? undefined : ['Finished', call.finishReason],
    call.attempt.number > 1 ? ['Attempt', `number ${call.attempt.number} of the same call`] : undefined,
    call.billed ? ['Cached', cachedText(call)] : undefined,
    call.tier === undefined ? undefined : ['Tier', call.tier],
    isApiEquivalent(span)
      ? ['Billing', 'API-equivalent: a subscription pays for this call; this is what the API would charge']
      : undefined,
  ]
}

function timeFacts({ durationMs, startTime }: Span, call: ModelCall): Fact[] {
  const { timeToFirstTokenMs: first, usage } = call
  const rest = first === undefined ? 0 : durationMs - first
  const output = usage.outputTokens ?? 0
  const speed = rest > 0 && output > 1 ? `, ${formatCount((output / rest) * 1000)} tokens/s` : ''
  return [
    ['Started', clockText(startTime)],
    [
      'Took',
      first === undefined || rest < 1
        ? formatDuration(durationMs)
        : `${formatDuration(durationMs)}: first token after ${formatDuration(first)}, then ${formatDuration(Math.max(0, rest))}${speed}`,
    ],
  ]
}

const CLOCK: Intl.DateTimeFormatOptions = {
  ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
  ...{ hour: 'numeric', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
}

/** In the reader's own time zone. */
function clockText(time: string): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? time : date.toLocaleString(undefined, CLOCK)
}

const USAGE_ORIGINS = {
  reported: 'reported by the provider',
  partial: 'partly reported: the reply broke off',
  estimated: 'estimated: we counted the tokens',
  unknown: 'unknown: the provider did not say',
}

function cachedText({ usage }: ModelCall): string {
  if (usage.cacheReadTokens === null || usage.inputTokens === null) return 'the provider does not say'
  return usage.inputTokens === 0
    ? '–'
    : `${formatShare(usage.cacheReadTokens / usage.inputTokens)} of the input`
}

/** Who says how many tokens it were. */
export function usageText({ usage }: ModelCall): string {
  return USAGE_ORIGINS[usage.origin]
}

const PRICE_SOURCES = {
  override: 'your override in config.jsonc',
  provider: "the provider's own figure",
  catalog: 'price book',
}

const PRICED_AT = {
  call: 'when the call was made',
  recorded: 'when it was recorded',
  import: 'when it was imported',
}

export function priceText({ cost, unpricedReason }: ModelCall): string {
  if (cost === null) return `no price${unpricedReason === undefined ? '' : `: ${unpricedReason}`}`
  const of = cost.pricedAs === undefined ? '' : `, as ${cost.pricedAs}`
  const book = cost.source === 'catalog' ? ` ${cost.book}` : ''
  return `${PRICE_SOURCES[cost.source]}${book}${of}, of ${cost.pricedAt.slice(0, 10)}, ${PRICED_AT[cost.pricedAtBasis]}`
}

/** What the program says of itself and of how it went. */
export function labelFacts({ outcome, agentVersion, intent, tenant, session, tags }: Span): Fact[] {
  const said = (term: string, value: string | undefined): Fact =>
    value === undefined ? undefined : [term, value]
  return [
    said('Outcome', outcome && outcomeText(outcome)),
    said('Version', agentVersion),
    said('Intent', intent),
    said('Tenant', tenant),
    said('Session', session),
    said('Tags', tags && listText(Object.entries(tags))),
  ]
}

export function unpricedFact(unpricedCalls: number): Fact {
  return unpricedCalls === 0
    ? undefined
    : ['No price', `${formatPlural(unpricedCalls, 'call')} not in the cost`]
}

function outcomeText({ status, ...details }: Outcome): string {
  const said = listText(Object.entries(details))
  return said === '' ? status : `${status} · ${said}`
}

function listText(entries: readonly (readonly [string, unknown])[]): string {
  return entries.map(([name, value]) => `${name} ${value}`).join(', ')
}

/** What a part of a prompt was billed as. */
export const CACHE_WORDS = {
  read: 'read from the cache',
  write: 'written to the cache',
  fresh: 'sent uncached',
  none: 'not part of the prompt',
}
