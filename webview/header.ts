// The head of the page (name, totals) and what stands there when there is no picture to show.

import { formatUsd } from '../profiler-agent/model/money'
import { formatCompact, formatCount, formatShare } from '../profiler-agent/model/quantity'
import type { Totals } from '../profiler-agent/model/span'
import { cacheShareOf, totalCostText } from '../profiler-agent/model/totals'
import { sumOfKnown } from '../profiler-agent/model/usage'
import {
  at,
  Flag,
  hasFlag,
  type RunColumns,
  type RunHead,
  SPAN_STATUSES,
} from '../profiler-agent/profile/columns'
import { button, element } from './element'
import { svgElement } from './icons'
import type { ToPage } from './messages'
import { remembered } from './remembered'
import { t } from './words'

export function renderTitle(target: HTMLElement, run: RunHead, live: boolean) {
  const started = new Date(run.startTime)
  const when = Number.isNaN(started.getTime()) ? '' : started.toLocaleString()
  const subtitle = [run.command === run.name ? undefined : run.command, when].filter(Boolean).join(' · ')
  target.replaceChildren(
    element(
      'h1',
      {},
      element('span', {}, run.name),
      live ? element('span', { class: 'live' }, t('live')) : undefined,
    ),
    element('p', { title: subtitle }, subtitle),
  )
}

/** The figures one looks for first; unknown ones are left out, trouble is shown. */
export function renderFigures(target: HTMLElement, columns: RunColumns, showTokens: () => void) {
  const { totals } = columns.head
  const refused = refusedOf(columns)
  const tokens = sumOfKnown([totals.usage.inputTokens, totals.usage.outputTokens])
  const cached = cacheShareOf(totals)
  target.replaceChildren(
    figure(totalCostText(totals), t('cost')),
    figure(formatCount(totals.calls), callsLabel(totals)),
    figure(tokens === null ? '–' : formatCompact(tokens), t('tokens')),
    ...(cached === null ? [] : [figure(formatShare(cached), t('cached'))]),
    ...(totals.unpricedCalls === 0 ? [] : [unpricedFigure(totals.unpricedCalls, showTokens)]),
    ...(totals.errors === 0 ? [] : [figure(formatCount(totals.errors), failedLabel(totals), 'fail')]),
    ...(refused.calls === 0 ? [] : [figure(formatCount(refused.calls), refusedLabel(refused), 'warn')]),
  )
}

/** Retries are attempts of a call, and it is attempts that fail and that tables and charts have one by one. */
function callsLabel({ calls, attempts }: Totals): string {
  const label = calls === 1 ? t('call') : t('calls')
  return attempts > calls ? t('{0} in {1} attempts', label, formatCount(attempts)) : label
}

function failedLabel({ calls, attempts, errors }: Totals): string {
  if (attempts === calls) return t('failed')
  return errors === 1 ? t('attempt failed') : t('attempts failed')
}

interface Refused {
  readonly calls: number
  /** What they would have cost, as far as anybody knows. */
  readonly picoUsd: number
}

const BLOCKED = SPAN_STATUSES.indexOf('blocked')

/** What budgets refused before it went up: no calls, and billed by nobody. */
const refusedOf = remembered((columns: RunColumns): Refused => {
  let calls = 0
  let picoUsd = 0
  for (let span = 0; span < columns.count; span++) {
    if (columns.status[span] !== BLOCKED || !hasFlag(columns, span, Flag.call)) continue
    calls++
    picoUsd += at(columns.avoidedPicoUsd, span) || 0
  }
  return { calls, picoUsd }
})

function refusedLabel({ picoUsd }: Refused): string {
  return picoUsd > 0 ? t('refused, avoided ≈ {0}', formatUsd(picoUsd)) : t('refused by a budget')
}

function figure(value: string, label: string, tone = ''): HTMLElement {
  return element('div', { class: `figure ${tone}` }, element('b', {}, value), element('span', {}, label))
}

function unpricedFigure(count: number, showTokens: () => void): HTMLElement {
  const label = button(t('without price'), showTokens, {
    title: t('They have no width by cost. Show them by tokens.'),
  })
  return element('div', { class: 'figure warn' }, element('b', {}, formatCount(count)), label)
}

const FLAME_PATH =
  'M12.6 1.5c.6 3.1-.8 5.2-2.5 7.2-1.8 2.1-3.9 4.1-3.9 7.1A5.9 5.9 0 0 0 12.1 22a5.9 5.9 0 0 0 5.8-6.2c0-2.1-.9-3.8-2.1-5.4-.2 1.3-.8 2.2-1.8 2.8.7-3.8.5-8.2-1.4-11.7zM12 20.3a2.6 2.6 0 0 1-2.6-2.7c0-1.4.9-2.2 1.8-3.5.4 1.3 1.1 1.7 1.8 2.4.7.6 1.5 1.1 1.5 1.9a2.4 2.4 0 0 1-2.5 1.9z'

export function renderEmpty(target: HTMLElement, message: Extract<ToPage, { type: 'empty' }>) {
  target.classList.toggle('error', message.isError === true)
  const icon = svgElement('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' })
  icon.append(svgElement('path', { d: FLAME_PATH, fill: 'currentColor' }))
  target.replaceChildren(icon, element('h1', {}, message.title), element('p', {}, message.text))
}
