// Facts as terms and values, and what is said of a call in words.

import { isApiEquivalent } from '../../profiler-agent/model/billing'
import { formatCount, formatDuration, formatShare } from '../../profiler-agent/model/quantity'
import type { ModelCall, Outcome, Span } from '../../profiler-agent/model/span'
import { type Child, element } from '../element'
import { counted, t } from '../words'

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
    [
      t('Model'),
      answered ? t('{0} (asked for {1})', call.responseModel ?? '', call.requestModel) : call.requestModel,
    ],
    [t('Provider'), `${call.provider} · ${call.endpoint}${call.stream ? ` · ${t('streamed')}` : ''}`],
    ...timeFacts(span, call),
    span.status === 'ok'
      ? undefined
      : [t('Status'), `${span.status}${call.httpStatus > 0 ? ` · HTTP ${call.httpStatus}` : ''}`],
    call.finishReason === undefined ? undefined : [t('Finished'), call.finishReason],
    call.attempt.number > 1
      ? [t('Attempt'), t('number {0} of the same call', call.attempt.number)]
      : undefined,
    call.billed ? [t('Cached'), cachedText(call)] : undefined,
    call.tier === undefined ? undefined : [t('Tier'), call.tier],
    isApiEquivalent(span)
      ? [t('Billing'), 'API-equivalent: a subscription pays for this call; this is what the API would charge']
      : undefined,
  ]
}

function timeFacts({ durationMs, startTime }: Span, call: ModelCall): Fact[] {
  const { timeToFirstTokenMs: first, usage } = call
  const rest = first === undefined ? 0 : durationMs - first
  const output = usage.outputTokens ?? 0
  const speed = rest > 0 && output > 1 ? `, ${t('{0} tokens/s', formatCount((output / rest) * 1000))}` : ''
  return [
    [t('Started'), clockText(startTime)],
    [
      t('Took'),
      first === undefined || rest < 1
        ? formatDuration(durationMs)
        : t(
            '{0}: first token after {1}, then {2}',
            formatDuration(durationMs),
            formatDuration(first),
            formatDuration(Math.max(0, rest)),
          ) + speed,
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
  reported: t('reported by the provider'),
  partial: t('partly reported: the reply broke off'),
  estimated: t('estimated: we counted the tokens'),
  unknown: t('unknown: the provider did not say'),
}

function cachedText({ usage }: ModelCall): string {
  if (usage.cacheReadTokens === null || usage.inputTokens === null) return t('the provider does not say')
  return usage.inputTokens === 0
    ? '–'
    : t('{0} of the input', formatShare(usage.cacheReadTokens / usage.inputTokens))
}

/** Who says how many tokens it were. */
export function usageText({ usage }: ModelCall): string {
  return USAGE_ORIGINS[usage.origin]
}

const PRICE_SOURCES = {
  override: t('your override in config.jsonc'),
  provider: "the provider's own figure",
  catalog: t('price book'),
}

const PRICED_AT = {
  call: t('when the call was made'),
  recorded: t('when it was recorded'),
  import: t('when it was imported'),
}

export function priceText({ cost, unpricedReason }: ModelCall): string {
  if (cost === null) return `${t('no price')}${unpricedReason === undefined ? '' : `: ${unpricedReason}`}`
  const of = cost.pricedAs === undefined ? '' : t(', as {0}', cost.pricedAs)
  const book = cost.source === 'catalog' ? ` ${cost.book}` : ''
  return `${PRICE_SOURCES[cost.source]}${book}${of}, ${t('of {0}', cost.pricedAt.slice(0, 10))}, ${PRICED_AT[cost.pricedAtBasis]}`
}

/** What the program says of itself and of how it went. */
export function labelFacts({ outcome, agentVersion, intent, tenant, session, tags }: Span): Fact[] {
  const said = (term: string, value: string | undefined): Fact =>
    value === undefined ? undefined : [term, value]
  return [
    said(t('Outcome'), outcome && outcomeText(outcome)),
    said(t('Version'), agentVersion),
    said(t('Intent'), intent),
    said(t('Tenant'), tenant),
    said(t('Session'), session),
    said(t('Tags'), tags && listText(Object.entries(tags))),
  ]
}

export function unpricedFact(unpricedCalls: number): Fact {
  return unpricedCalls === 0
    ? undefined
    : [t('No price'), t('{0} not in the cost', counted(unpricedCalls, 'call'))]
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
  read: t('read from the cache'),
  write: t('written to the cache'),
  fresh: t('sent uncached'),
  none: t('not part of the prompt'),
}
