// The tree run → agent → step → call → part of a prompt, as the program ran: for the icicle and the timeline.

import { Flag, PART_KINDS, type PartColumns, type RunColumns, SPAN_KINDS } from './columns'
import { callValue, PART_MEASURES, partValue } from './part-values'
import { kindIndex, NO_PART, REST_OF_CALL, type Tree, TreeBuilder } from './tree'

/**
 * Labels are the names of spans and tools; a part without a name of its own has the word of its kind (`system`), the rest `rest`.
 * One node a span, in the order of the columns, and below each call the parts of its prompt and reply, if they fit in its totals;
 * else the call itself is the leaf, because wrong parts are worse than none.
 */
export function spanTree(columns: RunColumns): Tree {
  const labels = [...columns.strings, ...PART_KINDS, 'rest']
  const builder = new TreeBuilder(columns, labels)
  const calls = new CallCutter(builder, columns)
  const { nodeOf } = builder
  for (let span = 0; span < columns.count; span++) {
    const parent = columns.parent[span] ?? -1
    const above = parent === -1 ? -1 : (nodeOf[parent] ?? -1)
    const node = builder.add(above, columns.kind[span] ?? 0, columns.name[span] ?? 0, span)
    nodeOf[span] = node
    calls.add(span, node)
  }
  return builder.finish()
}

const REST = kindIndex('rest')
const MEASURES = PART_MEASURES.length
const COST = PART_MEASURES.indexOf('cost')
const TOKENS = PART_MEASURES.indexOf('tokens')

/** Hangs parts below calls; calls come in the order of the columns. */
class CallCutter {
  readonly #hasChildren: Uint8Array
  /** What is left of the call, by PART_MEASURES. */
  readonly #left = new Float64Array(PART_MEASURES.length)
  #nextPart = 0

  constructor(
    readonly builder: TreeBuilder,
    readonly columns: RunColumns,
  ) {
    this.#hasChildren = new Uint8Array(columns.count)
    for (let span = 1; span < columns.count; span++) this.#hasChildren[columns.parent[span] ?? 0] = 1
  }

  add(span: number, node: number) {
    const { columns, builder } = this
    const first = this.#nextPart
    const end = columns.parts === undefined ? first : this.#endOfParts(columns.parts, span)
    if (((columns.flags[span] ?? 0) & Flag.call) === 0) return
    const { parts } = columns
    const fits = parts !== undefined && this.#takeParts(parts, span, first, end)
    if (fits) this.#addParts(parts, span, node, first, end)
    else this.#takeNothing(span)
    // Without this leaf the children of a call that has some would add up to less than the call.
    if ((fits || this.#hasChildren[span] === 1) && this.#left.some((left) => left > 0))
      builder.add(node, REST, columns.strings.length + PART_KINDS.length, span, REST_OF_CALL)
  }

  #endOfParts(parts: PartColumns, span: number): number {
    let part = this.#nextPart
    while (part < parts.count && parts.span[part] === span) part++
    this.#nextPart = part
    return part
  }

  #addParts(parts: PartColumns, span: number, node: number, first: number, end: number) {
    const words = this.columns.strings.length
    for (let part = first; part < end; part++) {
      const kind = parts.kind[part] ?? 0
      const name = parts.name[part] ?? 0
      this.builder.add(node, SPAN_KINDS.length + kind, name === 0 ? words + kind : name, span, part)
    }
  }

  /** What the call has; nothing where it is not known. */
  #takeNothing(span: number) {
    for (let index = 0; index < MEASURES; index++)
      this.#left[index] = callValue(this.columns, span, PART_MEASURES[index] ?? 'cost') || 0
  }

  /** False when there are no parts, or they add up to more than the call costs or has tokens. */
  #takeParts(parts: PartColumns, span: number, first: number, end: number): boolean {
    this.#takeNothing(span)
    for (let part = first; part < end; part++)
      for (let index = 0; index < MEASURES; index++) {
        const value = partValue(parts, part, PART_MEASURES[index] ?? 'cost')
        if (value > 0) this.#left[index] = (this.#left[index] ?? 0) - value
      }
    return first < end && (this.#left[COST] ?? 0) >= 0 && (this.#left[TOKENS] ?? 0) >= 0
  }
}

/** Whether a node is a part of a prompt, a reply, or what such parts leave over. */
export function isPart(tree: Tree, node: number): boolean {
  return (tree.part[node] ?? NO_PART) !== NO_PART
}
