// What there is to say of a call beside its prompt: facts, times, attempts, usage with unit prices and where they come from.

import { formatUsd } from '../../profiler-agent/model/money'
import { formatDuration } from '../../profiler-agent/model/quantity'
import type { ModelCall, Span } from '../../profiler-agent/model/span'
import { at, Flag, hasFlag, type RunColumns, SPAN_STATUSES } from '../../profiler-agent/profile/columns'
import { button, type Child, element } from '../element'
import { spanWithId } from '../selection'
import { counted, t } from '../words'
import { callBuckets } from './bucket-table'
import { callFacts, factList, labelFacts, priceText, usageText } from './facts'

export function callTab(span: Span, call: ModelCall, attempts: HTMLElement | undefined): HTMLElement[] {
  return [
    ...factList([...callFacts(span, call), ...labelFacts(span)]),
    ...(attempts === undefined ? [] : [attempts]),
    ...(call.billed ? billOf(call) : []),
    ...rawUsage(call.usage.raw),
    ...attributes(span),
  ]
}

function billOf(call: ModelCall): HTMLElement[] {
  const origin = t('Tokens: {0}. Prices: {1}.', usageText(call), priceText(call))
  return [callBuckets(call.usage, call.cost), element('p', { class: 'dim small' }, origin)]
}

/** All attempts of a call, the one that is shown among them; nothing where there was but one. */
export function attemptList(
  columns: RunColumns,
  shown: string,
  attempts: readonly string[],
  open: (span: number) => void,
): HTMLElement | undefined {
  if (attempts.length < 2) return undefined
  const rows = attempts.map((id, index) => {
    const span = spanWithId(columns, id)
    const name = t('Attempt {0}', index + 1)
    const cells: Child[] = [
      id === shown || span < 0
        ? element('th', { scope: 'row', ...(id === shown ? { 'aria-current': 'true' } : {}) }, name)
        : element(
            'th',
            { scope: 'row' },
            button(name, () => open(span), { class: 'link' }),
          ),
      element('td', {}, SPAN_STATUSES[at(columns.status, span)] ?? ''),
      element('td', {}, formatDuration(at(columns.duration, span))),
      element('td', {}, costOf(columns, span)),
    ]
    return element('tr', {}, ...cells)
  })
  return element(
    'table',
    { class: 'buckets attempts' },
    element('caption', {}, counted(attempts.length, 'attempt')),
    element('tbody', {}, ...rows),
  )
}

function costOf(columns: RunColumns, span: number): string {
  const picoUsd = at(columns.picoUsd, span)
  if (!Number.isNaN(picoUsd)) return formatUsd(picoUsd)
  return hasFlag(columns, span, Flag.billed) ? t('no price') : t('not billed')
}

/** As the provider sent it. */
function rawUsage(raw: unknown): HTMLElement[] {
  if (raw === null || raw === undefined) return []
  return [folded("The provider's own usage", JSON.stringify(raw, null, 2))]
}

function attributes({ attributes: said }: Span): HTMLElement[] {
  const lines = Object.entries(said).map(([name, value]) => `${name}: ${value}`)
  return lines.length === 0 ? [] : [folded(t('Attributes'), lines.join('\n'))]
}

function folded(title: string, text: string): HTMLElement {
  return element(
    'details',
    { class: 'folded' },
    element('summary', {}, title),
    element('pre', { class: 'block-text' }, text),
  )
}
