// The one selection of the page: kept by ids, which stay the same while a run grows, used by indexes into its columns.

import { at, type PackedTexts, type RunColumns, spanId } from '../profiler-agent/profile/columns'
import { NO_PART, REST_OF_CALL, type Tree } from '../profiler-agent/profile/tree'
import type { KeptSelection } from './messages'

/** Index of a span of the columns, 0 being the run; and of one of its parts, −1 for none, −2 for what they leave over. */
export interface Selection {
  readonly span: number
  readonly part: number
}

export const THE_RUN: Selection = { span: 0, part: NO_PART }

/** `part` of a kept selection that is what the parts of a call leave over. */
const REST = 'rest of the call'

export function isSame(a: Selection, b: Selection): boolean {
  return a.span === b.span && a.part === b.part
}

export function keptSelection(columns: RunColumns, { span, part }: Selection): KeptSelection {
  if (part === NO_PART) return { spanId: spanId(columns, span) }
  const path = part === REST_OF_CALL ? REST : pathOf(columns, part)
  return { spanId: spanId(columns, span), part: path }
}

/** The run where the span is not there (any more). */
export function selectionOf(columns: RunColumns, kept: KeptSelection | undefined): Selection {
  const span = kept === undefined ? -1 : spanWithId(columns, kept.spanId)
  if (kept === undefined || span === -1) return THE_RUN
  if (kept.part === undefined) return { span, part: NO_PART }
  return { span, part: kept.part === REST ? REST_OF_CALL : partWithPath(columns, span, kept.part) }
}

/** Index of a span by its id; −1 where there is none. Compares bytes, because a run may have a million of them. */
export function spanWithId({ id }: RunColumns, wanted: string): number {
  const bytes = new TextEncoder().encode(wanted)
  for (let span = 0; span < id.end.length; span++) if (isText(id, span, bytes)) return span
  return -1
}

function isText({ bytes, end }: PackedTexts, index: number, wanted: Uint8Array): boolean {
  const from = index === 0 ? 0 : at(end, index - 1)
  if (at(end, index) - from !== wanted.length) return false
  // Ids begin alike more often than they end alike.
  for (let offset = wanted.length - 1; offset >= 0; offset--)
    if (bytes[from + offset] !== wanted[offset]) return false
  return true
}

function pathOf({ parts, strings }: RunColumns, part: number): string {
  return strings[at(parts?.path ?? [], part)] ?? ''
}

function partWithPath(columns: RunColumns, span: number, path: string): number {
  const { parts } = columns
  if (parts === undefined) return NO_PART
  for (let part = firstPartOf(parts.span, span); part < parts.count && at(parts.span, part) === span; part++)
    if (pathOf(columns, part) === path) return part
  return NO_PART
}

/** Parts are sorted by span. */
function firstPartOf(spans: Int32Array, span: number): number {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(spans, middle) < span) low = middle + 1
    else high = middle
  }
  return low
}

/** What a node of any view selects. */
export function selectionOfNode(tree: Tree, node: number): Selection {
  return { span: Math.max(0, at(tree.span, node)), part: at(tree.part, node) }
}

/**
 * The node that shows a selection: the part's own, else the one of the span. `before` stays where it stands for the same
 * selection, because in some views several nodes do (a function and the call below it). `undefined` where the view leaves it out.
 */
export function nodeOfSelection(
  tree: Tree,
  selection: Selection,
  before: number | undefined,
): number | undefined {
  if (before !== undefined && before < tree.count && isSame(selectionOfNode(tree, before), selection))
    return before
  const ofSpan = ownNode(tree, selection.span)
  if (selection.part === NO_PART) return ofSpan
  for (let node = 0; node < tree.count; node++)
    if (at(tree.part, node) === selection.part && at(tree.span, node) === selection.span) return node
  return ofSpan
}

/** What lies at the whole picture is left out, but for the run itself. */
function ownNode(tree: Tree, span: number): number | undefined {
  if (span === 0) return 0
  const node = at(tree.nodeOf, span)
  return node > 0 ? node : undefined
}

/** From the whole picture down to a node. */
export function pathTo(tree: Tree, node: number): readonly number[] {
  const path: number[] = []
  for (let step = node; step >= 0; step = at(tree.parent, step)) path.unshift(step)
  return path
}

/** The pins with this one more, or without it where it was pinned. */
export function togglePin(pinned: readonly KeptSelection[], one: KeptSelection): readonly KeptSelection[] {
  const isOther = ({ spanId, part }: KeptSelection) => spanId !== one.spanId || part !== one.part
  const others = pinned.filter(isOther)
  return others.length < pinned.length ? others : [...pinned, one]
}
