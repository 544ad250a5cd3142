// Which spans the table shows, in which order and in which groups, with sums that are exact: the spans shown are the leaves of a tree. Pure.

import { at, Flag, hasFlag, type RunColumns } from '../../profiler-agent/profile/columns'
import { Labels, NodeGroups, treeOfSpans } from '../../profiler-agent/profile/node-groups'
import { kindIndex, type Tree } from '../../profiler-agent/profile/tree'
import type { Matcher } from '../search'
import { t, withinText } from '../words'
import { columnWithId, type FactColumn, TABLE_COLUMNS, type TableColumn } from './table-columns'

/** `calls`: spans with a model call; `failed`: what did not end well; `all`: every span, agents and tools too. */
export type TableShows = 'calls' | 'failed' | 'all'

export interface TableQuery {
  readonly shows: TableShows
  readonly groupBy: string | undefined
  readonly sort: { readonly column: string; readonly descending: boolean }
  readonly matcher: Matcher | undefined
  readonly atLeastPicoUsd: number | undefined
}

export interface TableRows {
  /** Values of single spans, with all below them: the run's own tree. */
  readonly spans: Tree
  /** Root: everything that is shown; its children the groups, where there are some. Sums are of the spans' own values, none counted twice. */
  readonly sums: Tree
  /** Sorted; each with its spans, sorted. One group without a `node` where the table is flat. */
  readonly groups: readonly TableGroup[]
  /** How many spans are shown, and how many there would be without search and filter. */
  readonly shown: number
  readonly candidates: number
}

export interface TableGroup {
  /** Of `sums`. */
  readonly node: number | undefined
  readonly label: string
  readonly spans: Int32Array
}

/** `tree` is the one with a node for each span. */
export function tableRows(tree: Tree, query: TableQuery): TableRows {
  const { columns } = tree
  const candidates = candidatesOf(columns, query.shows)
  const shown = candidates.filter((span) => isShown(tree, span, query))
  const column = query.groupBy === undefined ? undefined : columnWithId(query.groupBy)
  const by = column?.is === 'fact' ? column : undefined
  const { sums, groupNode } = sumsTree(columns, shown, by)
  const sort = columnWithId(query.sort.column) ?? TABLE_COLUMNS[0]
  const sorted = sort === undefined ? shown : sortedSpans(tree, shown, sort, query.sort.descending)
  const counts = { shown: shown.length, candidates: candidates.length }
  if (by === undefined)
    return { spans: tree, sums, groups: [{ node: undefined, label: '', spans: sorted }], ...counts }
  const groups = groupsOf(columns, sorted, by, groupNode)
  return { spans: tree, sums, groups: sortedGroups(groups, sums, sort, query.sort.descending), ...counts }
}

function candidatesOf(columns: RunColumns, shows: TableShows): Int32Array {
  const spans = new Int32Array(columns.count)
  let count = 0
  for (let span = shows === 'all' ? 1 : 0; span < columns.count; span++) {
    if (shows === 'calls' && !hasFlag(columns, span, Flag.call)) continue
    if (shows === 'failed' && at(columns.status, span) === 0) continue
    spans[count++] = span
  }
  return spans.subarray(0, count)
}

const SEARCHED = TABLE_COLUMNS.filter((column) => column.is === 'fact')

function isShown(tree: Tree, span: number, { matcher, atLeastPicoUsd = 0 }: TableQuery): boolean {
  const { columns } = tree
  if (atLeastPicoUsd > 0 && !(at(columns.picoUsd, span) >= atLeastPicoUsd)) return false
  return (
    matcher === undefined ||
    SEARCHED.some((column) => matcher.test(column.textOf(columns, column.indexOf(columns, span))))
  )
}

function sumsTree(columns: RunColumns, shown: Int32Array, by: FactColumn | undefined) {
  const labels = new Labels(columns.strings)
  const groups = new NodeGroups(at(columns.kind, 0), at(columns.name, 0))
  const kind = kindIndex('group')
  const groupOf = new Int32Array(columns.count).fill(-1)
  const groupOfIndex = new Map<number, number>()
  for (const span of shown) {
    groupOf[span] = 0
    if (by === undefined) continue
    const index = by.indexOf(columns, span)
    const group = groupOfIndex.get(index) ?? groups.add(0, kind, labels.index(by.textOf(columns, index)))
    groupOfIndex.set(index, group)
    groupOf[span] = group
  }
  const sums = treeOfSpans(columns, labels.finish(), groups, groupOf)
  const groupNode = (span: number) => at(sums.nodeOf, span)
  return { sums, groupNode }
}

function groupsOf(
  columns: RunColumns,
  sorted: Int32Array,
  by: FactColumn,
  nodeOf: (span: number) => number,
): TableGroup[] {
  const spans = new Map<number, number[]>()
  for (const span of sorted) {
    const node = nodeOf(span)
    const group = spans.get(node)
    if (group === undefined) spans.set(node, [span])
    else group.push(span)
  }
  return [...spans].map(([node, own]) => {
    const text = by.textOf(columns, by.indexOf(columns, own[0] ?? 0))
    return {
      node,
      label: text === '' ? t('no {0}', withinText(by.title)) : text,
      spans: Int32Array.from(own),
    }
  })
}

/** What is not known comes last, whichever way it is sorted. */
function compared(left: number, right: number, descending: boolean): number {
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : 1
  if (Number.isNaN(right)) return -1
  return descending ? right - left : left - right
}

function sortedSpans(tree: Tree, shown: Int32Array, by: TableColumn, descending: boolean): Int32Array {
  const keys = by.is === 'fact' ? ranks(tree.columns, shown, by) : valueKeys(tree, by)
  return Int32Array.from(shown).sort((a, b) => compared(at(keys, a), at(keys, b), descending) || a - b)
}

function valueKeys(tree: Tree, by: Extract<TableColumn, { is: 'value' }>): Float64Array {
  const values = by.valuesOf(tree)
  return Float64Array.from(tree.nodeOf, (node) => values[node] ?? Number.NaN)
}

/** Each different text is compared once. */
function ranks(columns: RunColumns, shown: Int32Array, by: FactColumn): Float64Array {
  const texts = new Map<number, string>()
  for (const span of shown) {
    const index = by.indexOf(columns, span)
    if (!texts.has(index)) texts.set(index, by.textOf(columns, index))
  }
  const order = [...texts].sort(([, left], [, right]) => left.localeCompare(right))
  const rank = new Map(order.map(([index, text], place) => [index, text === '' ? Number.NaN : place]))
  const keys = new Float64Array(columns.count)
  for (const span of shown) keys[span] = rank.get(by.indexOf(columns, span)) ?? Number.NaN
  return keys
}

function sortedGroups(
  groups: readonly TableGroup[],
  sums: Tree,
  by: TableColumn | undefined,
  descending: boolean,
): TableGroup[] {
  if (by?.is !== 'value')
    return groups.toSorted((a, b) => a.label.localeCompare(b.label) * (descending ? -1 : 1))
  const values = by.valuesOf(sums)
  return groups.toSorted((a, b) => compared(at(values, a.node ?? 0), at(values, b.node ?? 0), descending))
}
