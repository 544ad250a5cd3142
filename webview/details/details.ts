// The pane for one node: what it is, what it used, what that costs and why, and where in the code it comes from.

import { isApiEquivalent } from '../../profiler-agent/model/billing'
import type { Finding } from '../../profiler-agent/model/finding'
import { formatUsd } from '../../profiler-agent/model/money'
import { formatDuration, formatPlural, formatShare } from '../../profiler-agent/model/quantity'
import type { Frame, ModelCall, Outcome, Span } from '../../profiler-agent/model/span'
import { addUsage } from '../../profiler-agent/model/usage'
import { at, NO_SEGMENT, type RunTree } from '../../profiler-agent/profile/tree'
import { button, type Child, element } from '../element'
import { costText, durationText, kindOf, kindWord, nameOf, segmentOf, spanOf, tokensText } from '../labels'
import { bucketLines } from './buckets'

export interface DetailsActions {
  /** Absent where no source can be opened. */
  readonly reveal?: (spanId: string) => void
}

/** The content of the pane for a node of the tree. */
export function renderDetails(tree: RunTree, node: number, actions: DetailsActions): HTMLElement[] {
  const span = spanOf(tree, node)
  const call = span?.modelCall
  const isSpan = at(tree.segment, node) === NO_SEGMENT
  return [
    heading(tree, node),
    ...(span === undefined || !isSpan ? [] : callSite(span, actions)),
    ...(isSpan ? problems(tree, node) : []),
    ...(span !== undefined && isSpan && call !== undefined
      ? [callFacts(span, call), callBuckets(call)]
      : [facts(tree, node), ...(isSpan ? subtreeBuckets(tree, node) : [])]),
  ]
}

function heading(tree: RunTree, node: number): HTMLElement {
  return element(
    'header',
    { class: 'details-head' },
    element('span', { class: 'swatch', 'data-kind': kindOf(tree, node) }),
    element('h2', {}, nameOf(tree, node)),
    element('span', { class: 'kind' }, kindWord(kindOf(tree, node))),
  )
}

function callSite(span: Span, { reveal }: DetailsActions): HTMLElement[] {
  const site = span.callSite
  if (site === undefined) return []
  const place = `${placeText(site)}${site.function === undefined ? '' : ` in ${site.function}`}`
  const link =
    reveal === undefined
      ? element('span', { class: 'place' }, place)
      : button(place, () => reveal(span.id), { class: 'link place', title: 'Open this line' })
  const callers = site.stack.slice(1).map((frame) => element('li', {}, frameText(frame)))
  return [
    element(
      'div',
      { class: 'call-site' },
      link,
      callers.length === 0 ? undefined : element('ol', {}, ...callers),
    ),
  ]
}

function placeText(frame: Frame): string {
  return `${frame.file}:${frame.line}`
}

function frameText(frame: Frame): string {
  return frame.function === undefined ? placeText(frame) : `${frame.function}  ${placeText(frame)}`
}

/** Findings on the node and what went wrong with the call. */
function problems(tree: RunTree, node: number): HTMLElement[] {
  const span = spanOf(tree, node)
  // The run shows them all, also those that name no span.
  const found = tree.run.findings.filter(
    ({ spanIds }) => node === 0 || (span !== undefined && spanIds.includes(span.id)),
  )
  const error = span?.modelCall?.error
  return [
    ...(error === undefined
      ? []
      : [
          note(
            'error',
            `${[error.status || undefined, error.code].filter(Boolean).join(' ')} ${error.message}`.trim(),
          ),
        ]),
    ...found.map((finding) => note(finding.severity, finding.message, finding)),
  ]
}

function note(severity: string, message: string, finding?: Finding): HTMLElement {
  return element(
    'div',
    { class: `note note-${severity}` },
    element('div', {}, message),
    finding === undefined ? undefined : element('code', {}, finding.rule),
  )
}

type Fact = readonly [string, string] | undefined

function factList(...facts: readonly Fact[]): HTMLElement {
  const shown = facts.filter((fact) => fact !== undefined)
  return element(
    'dl',
    { class: 'facts' },
    ...shown.flatMap(([term, value]): Child[] => [element('dt', {}, term), element('dd', {}, value)]),
  )
}

function callFacts(span: Span, call: ModelCall): HTMLElement {
  const answered = call.responseModel !== undefined && call.responseModel !== call.requestModel
  const first = call.timeToFirstTokenMs
  return factList(
    ['Model', answered ? `${call.responseModel} (asked for ${call.requestModel})` : call.requestModel],
    ['Provider', `${call.provider} · ${call.endpoint}${call.stream ? ' · streamed' : ''}`],
    [
      'Time',
      `${formatDuration(span.durationMs)}${first === undefined ? '' : `, first token after ${formatDuration(first)}`}`,
    ],
    span.status === 'ok'
      ? undefined
      : ['Status', `${span.status}${call.httpStatus > 0 ? ` · HTTP ${call.httpStatus}` : ''}`],
    call.finishReason === undefined ? undefined : ['Finished', call.finishReason],
    call.attempt.number > 1 ? ['Attempt', `number ${call.attempt.number} of the same call`] : undefined,
    ['Cached', cachedText(call)],
    ['Usage', USAGE_ORIGINS[call.usage.origin]],
    ['Price', priceText(call)],
    isApiEquivalent(span)
      ? ['Billing', 'API-equivalent: a subscription pays for this call; this is what the API would charge']
      : undefined,
  )
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

const PRICE_SOURCES = {
  override: 'your override in config.jsonc',
  provider: "the provider's own figure",
  catalog: 'price book',
}

function priceText({ cost, billed, unpricedReason }: ModelCall): string {
  if (!billed) return 'not billed'
  if (cost === null) return `no price${unpricedReason === undefined ? '' : `: ${unpricedReason}`}`
  const of = cost.pricedAs === undefined ? '' : `, as ${cost.pricedAs}`
  return `${PRICE_SOURCES[cost.source]}${cost.source === 'catalog' ? ` ${cost.book}` : ''}${of}, ${cost.pricedAt.slice(0, 10)}`
}

function callBuckets(call: ModelCall): HTMLElement {
  const lines = bucketLines(call.usage, call.cost)
  if (lines.length === 0) return element('p', { class: 'hint' }, 'No tokens are known for this call.')
  const total =
    call.cost === null
      ? ''
      : `${call.cost.atLeast === true ? 'at least ' : ''}${formatUsd(call.cost.picoUsd)}`
  return bucketTable(lines, total)
}

function bucketTable(lines: ReturnType<typeof bucketLines>, total: string): HTMLElement {
  const row = (cell: 'th' | 'td', texts: readonly string[]) =>
    element('tr', {}, ...texts.map((text, column) => element(column === 0 ? 'th' : cell, {}, text)))
  const hasPrices = total !== ''
  const columns = hasPrices ? ['', 'Tokens', 'Price', 'Cost'] : ['', 'Tokens']
  return element(
    'table',
    { class: 'buckets' },
    element('thead', {}, row('th', columns)),
    element(
      'tbody',
      {},
      ...lines.map(({ label, tokens, price, cost }) =>
        row('td', hasPrices ? [label, tokens, price, cost] : [label, tokens]),
      ),
    ),
    hasPrices ? element('tfoot', {}, row('td', ['Total', '', '', total])) : undefined,
  )
}

function facts(tree: RunTree, node: number): HTMLElement {
  const segment = segmentOf(tree, node)
  if (segment !== undefined)
    return factList(
      ['Cost', costText(tree, node)],
      ['Tokens', tokensText(tree, node)],
      ['Part', segment.path],
      ['Cache', SEGMENT_CACHE[segment.cache]],
      ['≈', 'An estimate. The parts of a call add up to its exact total.'],
    )
  const unpriced = at(tree.unpricedCalls, node)
  return factList(
    ['Cost', costText(tree, node)],
    ['Tokens', tokensText(tree, node)],
    at(tree.calls, node) === 0 ? undefined : ['Calls', formatPlural(at(tree.calls, node), 'call')],
    unpriced === 0 ? undefined : ['No price', `${formatPlural(unpriced, 'call')} not in the cost`],
    ['Time', durationText(tree, node)],
    ...labelFacts(spanOf(tree, node)),
  )
}

/** What the program says of itself and of how it went. */
function labelFacts(span: Span | undefined): Fact[] {
  const { outcome, agentVersion, intent, tenant, session, tags } = span ?? {}
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

function outcomeText({ status, ...details }: Outcome): string {
  const said = listText(Object.entries(details))
  return said === '' ? status : `${status} · ${said}`
}

function listText(entries: readonly (readonly [string, unknown])[]): string {
  return entries.map(([name, value]) => `${name} ${value}`).join(', ')
}

const SEGMENT_CACHE = {
  read: 'read from the cache',
  write: 'written to the cache',
  fresh: 'sent uncached',
  none: 'not part of the prompt',
}

/** Tokens by bucket over all calls below a node. */
function subtreeBuckets(tree: RunTree, node: number): HTMLElement[] {
  const calls: ModelCall[] = []
  for (let below = node; below < at(tree.subtreeEnd, node); below++) {
    const call = at(tree.segment, below) === NO_SEGMENT ? spanOf(tree, below)?.modelCall : undefined
    if (call !== undefined) calls.push(call)
  }
  const lines = bucketLines(addUsage(calls.map((call) => call.usage)))
  return lines.length === 0 ? [] : [bucketTable(lines, '')]
}
