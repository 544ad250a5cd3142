// The box that follows the pointer: what a node is and what it costs, in a few lines.

import { formatDuration, formatPlural, formatShare } from '../../profiler-agent/model/quantity'
import { cacheShareOf } from '../../profiler-agent/model/totals'
import type { Usage } from '../../profiler-agent/model/usage'
import { at, type RunTree } from '../../profiler-agent/profile/tree'
import { bucketLines } from '../details/buckets'
import { element } from '../element'
import { costText, durationText, kindOf, kindWord, nameOf, segmentOf, spanOf, tokensText } from '../labels'

const CACHE_WORDS = {
  read: 'read from the cache',
  write: 'written to the cache',
  fresh: 'not cached',
  none: '',
}

export class Tooltip {
  private readonly box = element('div', { class: 'tooltip', hidden: '', 'aria-hidden': 'true' })

  constructor(page: HTMLElement) {
    page.append(this.box)
  }

  /** Shows what there is to say of a node beside a point of the page, inside the page's edges. */
  show(tree: RunTree, node: number, pageX: number, pageY: number) {
    this.box.replaceChildren(
      element('div', { class: 'tooltip-name' }, nameOf(tree, node)),
      element('div', { class: 'tooltip-kind' }, subtitle(tree, node)),
      element(
        'dl',
        {},
        ...lines(tree, node).flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]),
      ),
    )
    this.box.hidden = false
    const { width, height } = this.box.getBoundingClientRect()
    const left = pageX + 14 + width > innerWidth ? Math.max(4, pageX - width - 10) : pageX + 14
    const top = pageY + 16 + height > innerHeight ? Math.max(4, pageY - height - 10) : pageY + 16
    this.box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`
  }

  hide() {
    this.box.hidden = true
  }
}

function subtitle(tree: RunTree, node: number): string {
  const segment = segmentOf(tree, node)
  if (segment !== undefined)
    return [kindWord(segment.kind), segment.path, CACHE_WORDS[segment.cache]]
      .filter((word) => word !== '')
      .join(' · ')
  const span = spanOf(tree, node)
  const model = span?.modelCall?.responseModel ?? span?.modelCall?.requestModel
  const status = span === undefined || span.status === 'ok' ? undefined : span.status
  return [kindWord(kindOf(tree, node)), model, status].filter((word) => word !== undefined).join(' · ')
}

function lines(tree: RunTree, node: number): (readonly [string, string])[] {
  const shown: (readonly [string, string])[] = [
    ['Cost', costLine(tree, node)],
    ['Tokens', tokensText(tree, node)],
  ]
  const span = segmentOf(tree, node) === undefined ? spanOf(tree, node) : undefined
  if (span?.modelCall !== undefined && at(tree.segment, node) === -1)
    shown.push(...usageLines(span.modelCall.usage))
  else if (at(tree.calls, node) > 0) shown.push(['Calls', callsLine(tree, node)])
  if (segmentOf(tree, node) === undefined) shown.push(['Time', durationText(tree, node)])
  const first = span?.modelCall?.timeToFirstTokenMs
  if (first !== undefined) shown.push(['First token', `after ${formatDuration(first)}`])
  return shown
}

function costLine(tree: RunTree, node: number): string {
  const total = at(tree.picoUsd, 0)
  const own = at(tree.picoUsd, node)
  const isPart = node !== 0 && total > 0 && !Number.isNaN(own)
  const bound = spanOf(tree, node)?.modelCall?.cost?.atLeast === true ? 'at least ' : ''
  return `${bound}${costText(tree, node)}${isPart ? ` · ${formatShare(own / total)} of the run` : ''}`
}

function callsLine(tree: RunTree, node: number): string {
  const unpriced = at(tree.unpricedCalls, node)
  const calls = formatPlural(at(tree.calls, node), 'call')
  return unpriced === 0 ? calls : `${calls}, ${unpriced} without price`
}

function usageLines(usage: Usage): (readonly [string, string])[] {
  const shown = bucketLines(usage).map(({ label, tokens }) => [label, tokens] as const)
  const cached = cacheShareOf({ usage })
  if (cached !== null) shown.push(['Cached', `${formatShare(cached)} of the input`])
  return shown
}
