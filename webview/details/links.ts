// Ways from a call to others: the requests before and after it in its conversation, and the same call in the run before.

import { formatUsd } from '../../profiler-agent/model/money'
import { formatShare } from '../../profiler-agent/model/quantity'
import type { SpanAnswer } from '../../profiler-agent/model/run-questions'
import { button, element } from '../element'
import type { PageActions } from '../page'
import { t } from '../words'

export function callLinks(
  { before, after, runBefore, span }: SpanAnswer,
  openSpan: (spanId: string) => void,
  { post }: PageActions,
): HTMLElement[] {
  const links = [
    ...(before === undefined
      ? []
      : [
          button(t('‹ Request before'), () => openSpan(before), {
            class: 'link',
            title: t('The request that this one goes on from'),
          }),
        ]),
    ...(after === undefined
      ? []
      : [
          button(t('Request after ›'), () => openSpan(after), {
            class: 'link',
            title: t('The request that goes on from this one'),
          }),
        ]),
    ...(runBefore === undefined
      ? []
      : [
          button(
            `${t('Same call in the run before')}${changeText(span.modelCall?.cost?.picoUsd, runBefore.picoUsd)}`,
            () => post({ type: 'openRun', runId: runBefore.runId, spanId: runBefore.spanId }),
            { class: 'link' },
          ),
        ]),
  ]
  return links.length === 0
    ? []
    : [element('nav', { class: 'call-links', 'aria-label': t('Other calls') }, ...links)]
}

/** What it cost then, and how much more or less that is now. */
function changeText(now: number | undefined, then: number | null): string {
  if (then === null) return ''
  if (now === undefined) return ` (${formatUsd(then)})`
  if (now === then) return ` (${t('{0}, the same now', formatUsd(then))})`
  const sign = now > then ? '+' : '−'
  const share = then === 0 ? '' : `, ${sign}${percent(Math.abs(now / then - 1))}`
  return ` (${t('{0}, now {1}', formatUsd(then), `${sign}${formatUsd(Math.abs(now - then))}${share}`)})`
}

function percent(share: number): string {
  if (share < 0.001) return '<0.1 %'
  return share < 0.1 ? `${(share * 100).toFixed(1)} %` : formatShare(share)
}
