// The tree run → agent → step → call → part of a prompt, as the program ran: for the icicle and the timeline.

import {
  at,
  Flag,
  hasFlag,
  PART_KINDS,
  type PartColumns,
  type RunColumns,
  SPAN_KINDS,
  tokensOfSpan,
} from './columns'
import { kindIndex, NO_PART, REST_OF_CALL, type Tree, TreeBuilder } from './tree'

/**
 * Labels are the names of spans and tools; a part without a name of its own has the word of its kind (`system`), the rest `rest`.
 * One node a span, in the order of the columns, and below each call the parts of its prompt and reply, if they fit in its totals;
 * else the call itself is the leaf, because wrong parts are worse than none.
 */
export function spanTree(columns: RunColumns): Tree {
  const { parts } = columns
  const labels = [...columns.strings, ...PART_KINDS, 'rest']
  const builder = new TreeBuilder(columns, labels)
  const nodes = builder.nodeOf
  const hasChildren = new Uint8Array(columns.count)
  for (let span = 1; span < columns.count; span++) hasChildren[at(columns.parent, span)] = 1
  let part = 0
  for (let span = 0; span < columns.count; span++) {
    const parent = at(columns.parent, span)
    const node = builder.add(
      parent === -1 ? -1 : at(nodes, parent),
      at(columns.kind, span),
      at(columns.name, span),
      span,
    )
    nodes[span] = node
    if (parts === undefined) continue
    while (part < parts.count && at(parts.span, part) < span) part++
    const first = part
    while (part < parts.count && at(parts.span, part) === span) part++
    addParts(builder, columns, parts, { span, node, first, end: part, hasChildren: hasChildren[span] === 1 })
  }
  return builder.finish()
}

interface CallParts {
  readonly span: number
  readonly node: number
  readonly first: number
  readonly end: number
  readonly hasChildren: boolean
}

function addParts(builder: TreeBuilder, columns: RunColumns, parts: PartColumns, call: CallParts) {
  const { span, node, first, end, hasChildren } = call
  if (!hasFlag(columns, span, Flag.call)) return
  const rest = restOf(columns, parts, call)
  const fits = first < end && rest.picoUsd >= 0 && rest.tokens >= 0
  const words = columns.strings.length
  if (fits)
    for (let part = first; part < end; part++) {
      const kind = at(parts.kind, part)
      const name = at(parts.name, part)
      builder.add(node, SPAN_KINDS.length + kind, name === 0 ? words + kind : name, span, part)
    }
  // Without this leaf the children of a call that has some would add up to less than the call.
  const hasRest = rest.picoUsd > 0 || rest.tokens > 0
  if (hasRest && (fits || hasChildren))
    builder.add(node, kindIndex('rest'), words + PART_KINDS.length, span, REST_OF_CALL)
}

/** What the parts leave over of the call; negative when they add up to more than it. */
function restOf(columns: RunColumns, parts: PartColumns, { span, first, end }: CallParts) {
  let picoUsd = at(columns.picoUsd, span) || 0
  let tokens = tokensOfSpan(columns, span) || 0
  for (let part = first; part < end; part++) {
    picoUsd -= at(parts.picoUsd, part) || 0
    tokens -= at(parts.tokens, part)
  }
  return { picoUsd, tokens }
}

/** Whether a node is a part of a prompt, a reply, or what such parts leave over. */
export function isPart(tree: Tree, node: number): boolean {
  return at(tree.part, node) !== NO_PART
}
