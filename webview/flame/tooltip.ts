// The box that follows the pointer: what a node is and what it costs, in a few lines.

import { formatCount, formatShare } from '../../profiler-agent/model/quantity'
import {
  at,
  Flag,
  hasFlag,
  PART_CACHES,
  type RunColumns,
  SPAN_STATUSES,
} from '../../profiler-agent/profile/columns'
import { sumsOf, type Unit } from '../../profiler-agent/profile/measures'
import type { Profile } from '../../profiler-agent/profile/profile'
import { isPart } from '../../profiler-agent/profile/span-tree'
import { kindOf, REST_OF_CALL, type Tree } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { costText, durationText, isOneSpan, kindWord, nameOf, tokensText, valueText } from '../labels'
import { counted, t } from '../words'

type Line = readonly [term: string, value: string]

const CACHE_WORDS = {
  read: t('read from the cache'),
  write: t('written to the cache'),
  fresh: t('not cached'),
  none: '',
}

export class Tooltip {
  private readonly box = element('div', { class: 'tooltip', hidden: '', 'aria-hidden': 'true' })

  constructor(page: HTMLElement) {
    page.append(this.box)
  }

  /** Shows what there is to say of a node beside a point of the page, inside the page's edges. */
  show({ tree, unit }: Profile, node: number, pageX: number, pageY: number) {
    this.box.replaceChildren(
      element('div', { class: 'tooltip-name' }, nameOf(tree, node)),
      element('div', { class: 'tooltip-kind' }, subtitle(tree, node)),
      element(
        'dl',
        {},
        ...lines(tree, node, unit).flatMap(([term, value]) => [
          element('dt', {}, term),
          element('dd', {}, value),
        ]),
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

function subtitle(tree: Tree, node: number): string {
  const words = isPart(tree, node) ? partWords(tree, node) : spanWords(tree, node)
  return [kindWord(kindOf(tree, node)), ...words].filter((word) => word !== '').join(' · ')
}

function partWords({ columns, part }: Tree, node: number): readonly string[] {
  const index = at(part, node)
  if (index === REST_OF_CALL || columns.parts === undefined) return []
  const cache = PART_CACHES[at(columns.parts.cache, index)] ?? 'none'
  return [columns.strings[at(columns.parts.path, index)] ?? '', CACHE_WORDS[cache]]
}

function spanWords(tree: Tree, node: number): readonly string[] {
  const { columns } = tree
  const span = at(tree.span, node)
  if (!isOneSpan(tree, node)) return []
  const status = SPAN_STATUSES[at(columns.status, span)] ?? 'ok'
  return [columns.strings[at(columns.model, span)] ?? '', status === 'ok' ? '' : status]
}

function lines(tree: Tree, node: number, unit: Unit): readonly Line[] {
  const span = at(tree.span, node)
  const isOwnCall = isOneSpan(tree, node) && hasFlag(tree.columns, span, Flag.call)
  const calls = at(sumsOf(tree, 'calls'), node)
  return [
    [t('Cost'), costLine(tree, node)],
    ...(unit === 'avoidable' ? [[t('Avoidable'), valueText(tree, node, unit)] as const] : []),
    [t('Tokens'), tokensText(tree, node)],
    ...(isOwnCall ? bucketLines(tree.columns, span) : []),
    ...(!isOwnCall && calls > 0 ? [[t('Calls'), callsLine(tree, node, calls)] as const] : []),
    ...(isPart(tree, node) ? [] : [[t('Time'), durationText(tree, node)] as const]),
  ]
}

function costLine(tree: Tree, node: number): string {
  const sums = sumsOf(tree, 'cost')
  const total = at(sums, 0)
  const own = at(sums, node)
  const isShare = node !== 0 && total > 0 && !Number.isNaN(own)
  return `${costText(tree, node)}${isShare ? ` · ${t('{0} of the run', formatShare(own / total))}` : ''}`
}

function callsLine(tree: Tree, node: number, count: number): string {
  const unpriced = at(sumsOf(tree, 'unpricedCalls'), node)
  const calls = counted(count, 'call')
  return unpriced > 0 ? t('{0}, {1} without price', calls, unpriced) : calls
}

function bucketLines(columns: RunColumns, span: number): readonly Line[] {
  const buckets = [
    [t('Not cached'), columns.uncachedTokens],
    [t('Cache read'), columns.cacheReadTokens],
    [t('Cache written'), columns.cacheWriteTokens],
    [t('Output'), columns.outputTokens],
  ] as const
  return buckets.flatMap(([term, column]) => {
    const tokens = at(column, span)
    return tokens > 0 ? [[term, formatCount(tokens)] as const] : []
  })
}
