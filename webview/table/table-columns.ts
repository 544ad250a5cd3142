// The columns that the table of spans can show: what stands in a cell, and what it is sorted by. Pure.

import { formatCount, formatShare } from '../../profiler-agent/model/quantity'
import { at, type RunColumns, SPAN_KINDS, SPAN_STATUSES } from '../../profiler-agent/profile/columns'
import { rolledUp, sumsOf, type Unit } from '../../profiler-agent/profile/measures'
import type { Tree } from '../../profiler-agent/profile/tree'
import { durationText, kindWord, valueText } from '../labels'
import { t } from '../words'

interface ColumnWords {
  readonly id: string
  readonly title: string
  readonly says?: string
  /** CSS pixels. */
  readonly width: number
  /** Name of the column in CSV, with the unit; the same as in `costflame export --format csv`. */
  readonly csv: string
}

/** Says what a span is; groups can be made by it. Equal numbers are equal texts. */
export interface FactColumn extends ColumnWords {
  readonly is: 'fact'
  readonly indexOf: (columns: RunColumns, span: number) => number
  readonly textOf: (columns: RunColumns, index: number) => string
  /** What of the text stands in a narrow cell. */
  readonly shortOf?: (text: string) => string
}

/** A number of a span with all below it, or of a group. */
export interface ValueColumn extends ColumnWords {
  readonly is: 'value'
  /** By node of the tree; NaN is unknown. */
  readonly valuesOf: (tree: Tree) => Float64Array
  readonly textOf: (tree: Tree, node: number) => string
}

export type TableColumn = FactColumn | ValueColumn

function fact(
  id: 'name' | 'agent' | 'step' | 'intent' | 'model' | 'provider',
  title: string,
  width: number,
): FactColumn {
  const indexOf = (columns: RunColumns, span: number) => at(columns[id], span)
  return {
    is: 'fact',
    id,
    title,
    width,
    csv: id,
    indexOf,
    textOf: ({ strings }, index) => strings[index] ?? '',
  }
}

function unit(id: Unit, title: string, says: string, csv: string): ValueColumn {
  return {
    ...{ is: 'value', id, title, says, csv, width: 84 },
    valuesOf: (tree) => sumsOf(tree, id),
    textOf: (tree, node) => valueText(tree, node, id),
  }
}

/** A bucket of tokens that no width is measured in. */
function bucket(id: 'cacheReadTokens' | 'outputTokens', title: string, says: string): ValueColumn {
  const valuesOf = (tree: Tree) => bucketSums(tree, id)
  return {
    ...{ is: 'value', id, title, says, csv: id, width: 76, valuesOf },
    textOf: (tree, node) => numberText(at(valuesOf(tree), node)),
  }
}

const known = new WeakMap<Tree, Map<string, Float64Array>>()

function bucketSums(tree: Tree, id: 'cacheReadTokens' | 'outputTokens'): Float64Array {
  const ofTree = known.get(tree) ?? new Map<string, Float64Array>()
  known.set(tree, ofTree)
  const sums = ofTree.get(id) ?? rolledUp(tree, ownTokens(tree, tree.columns[id]))
  ofTree.set(id, sums)
  return sums
}

function ownTokens({ count, nodeOf }: Tree, tokens: Int32Array): Float64Array {
  const own = new Float64Array(count).fill(Number.NaN)
  for (const [span, node] of nodeOf.entries())
    if (node >= 0 && at(tokens, span) >= 0) own[node] = (at(own, node) || 0) + at(tokens, span)
  return own
}

function numberText(value: number): string {
  return Number.isNaN(value) ? '–' : formatCount(value)
}

/** Frames of the same line have different indexes; the first one stands for all. */
const placesOf = new WeakMap<RunColumns, Int32Array>()

function placeOf(columns: RunColumns, span: number): number {
  const places = placesOf.get(columns) ?? firstFrames(columns)
  placesOf.set(columns, places)
  return at(columns.stack, span) < 0 ? -1 : at(places, at(columns.stack, span))
}

function firstFrames({ frames }: RunColumns): Int32Array {
  const first = new Map<string, number>()
  return Int32Array.from(frames.file, (file, frame) => {
    const line = `${file}:${at(frames.line, frame)}`
    const known = first.get(line) ?? frame
    first.set(line, known)
    return known
  })
}

const CACHE_SHARE: ValueColumn = {
  is: 'value',
  id: 'cacheShare',
  csv: 'cacheReadShare',
  title: t('Cached'),
  width: 70,
  says: t('Part of the input tokens that was read from a cache'),
  valuesOf: (tree) => {
    const [read, fresh, write] = [
      bucketSums(tree, 'cacheReadTokens'),
      sumsOf(tree, 'uncachedTokens'),
      sumsOf(tree, 'cacheWriteTokens'),
    ]
    return read.map((tokens, node) => tokens / (tokens + (at(fresh, node) || 0) + (at(write, node) || 0)))
  },
  textOf: (tree, node) => {
    const share = at(CACHE_SHARE.valuesOf(tree), node)
    return Number.isNaN(share) ? '–' : formatShare(share)
  },
}

const START: ValueColumn = {
  is: 'value',
  id: 'start',
  csv: 'startMs',
  title: t('Start'),
  width: 84,
  says: t('After the beginning of the run'),
  valuesOf: ({ columns, span }) =>
    Float64Array.from(span, (own) => (own < 0 ? Number.NaN : at(columns.start, own))),
  textOf: ({ columns, span }, node) => `${(at(columns.start, at(span, node)) / 1000).toFixed(3)} s`,
}

const DURATION: ValueColumn = {
  is: 'value',
  id: 'duration',
  csv: 'durationMs',
  title: t('Time'),
  width: 84,
  says: t('Of a span its time on the clock, of a group the work of its spans side by side'),
  valuesOf: (tree) => {
    const work = sumsOf(tree, 'time')
    const { columns, nodeOf, span } = tree
    return work.map((value, node) =>
      at(nodeOf, at(span, node)) === node && isOne(tree, node) ? at(columns.duration, at(span, node)) : value,
    )
  },
  textOf: durationText,
}

function isOne({ kind }: Tree, node: number): boolean {
  return at(kind, node) < SPAN_KINDS.length
}

export const NAME = fact('name', t('Name'), 164)

const KIND: FactColumn = {
  is: 'fact',
  id: 'kind',
  csv: 'kind',
  title: t('Kind'),
  width: 90,
  indexOf: (columns, span) => at(columns.kind, span),
  textOf: (_, index) => kindWord(SPAN_KINDS[index] ?? 'other'),
}

const STATUS: FactColumn = {
  is: 'fact',
  id: 'status',
  csv: 'status',
  title: t('Status'),
  width: 84,
  indexOf: (columns, span) => at(columns.status, span),
  textOf: (_, index) => SPAN_STATUSES[index] ?? '',
}

const PLACE: FactColumn = {
  is: 'fact',
  id: 'place',
  csv: 'callSite',
  title: t('Call site'),
  width: 160,
  indexOf: placeOf,
  textOf: ({ frames, strings }, frame) =>
    frame < 0 ? '' : `${strings[at(frames.file, frame)] ?? ''}:${at(frames.line, frame)}`,
  shortOf: (text) => text.slice(text.lastIndexOf('/') + 1),
}

export const TABLE_COLUMNS: readonly TableColumn[] = [
  NAME,
  unit('cost', t('Cost'), t('What was billed'), 'picoUsd'),
  fact('agent', t('Agent'), 110),
  fact('step', t('Step'), 90),
  unit('tokens', t('Tokens'), t('Input and output tokens'), 'tokens'),
  unit('uncachedTokens', t('Uncached'), t('Input tokens that no cache held'), 'uncachedInputTokens'),
  bucket('cacheReadTokens', t('Read'), t('Input tokens read from a cache')),
  unit('cacheWriteTokens', t('Written'), t('Input tokens written to a cache'), 'cacheWriteTokens'),
  CACHE_SHARE,
  bucket('outputTokens', t('Output'), t('Output tokens')),
  unit('avoidable', t('Avoidable'), t('What findings say could be saved of it'), 'avoidablePicoUsd'),
  DURATION,
  START,
  PLACE,
  fact('model', t('Model'), 150),
  fact('provider', t('Provider'), 90),
  fact('intent', t('Intent'), 130),
  KIND,
  STATUS,
]

/** What the table shows before anybody chose. */
const USUAL_COLUMNS: readonly string[] = [
  ...['cost', 'agent', 'step', 'tokens', 'uncachedTokens', 'cacheReadTokens', 'cacheWriteTokens'],
  ...['outputTokens', 'duration', 'start', 'place'],
]

/** In the order of TABLE_COLUMNS, the name always first. */
export function chosenColumns(ids: readonly string[] = USUAL_COLUMNS): readonly TableColumn[] {
  return TABLE_COLUMNS.filter((column) => column === NAME || ids.includes(column.id))
}

export function columnWithId(id: string | undefined): TableColumn | undefined {
  return TABLE_COLUMNS.find((column) => column.id === id)
}

/** Columns that groups can be made by. */
export function groupColumns(): readonly FactColumn[] {
  return TABLE_COLUMNS.filter((column) => column.is === 'fact')
}
