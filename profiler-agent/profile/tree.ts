// Turns a run into a tree of nodes, run → agent → step → call → segment, with cost and tokens added up. It knows no pixels and no unit.
// The tree is kept as columns (one typed array per property), so that 100,000 spans stay cheap to build, to walk and to draw.

import type { ModelCall, Run, Segment, Span } from '../model/span'
import { orderOfSpans } from './span-order'

/** `segment` of a node that is no part of a prompt. */
export const NO_SEGMENT = -1
/** `segment` of the leaf that carries what a call costs beyond its segments, or beside the calls below it. */
export const REST_OF_CALL = -2

/**
 * Nodes in depth-first order, parents before their children, siblings by start time; node 0 is the run.
 * The subtree of node `i` is the nodes `i` to `subtreeEnd[i]` (exclusive).
 * In `picoUsd` and `tokens` the values of the children of a node add up to its own exactly;
 * `NaN` means that nothing below the node has a known value, which is not the same as 0.
 */
export interface RunTree {
  readonly run: Run
  readonly count: number
  /** Index of the parent node; −1 for the run. */
  readonly parent: Int32Array
  readonly depth: Int32Array
  readonly subtreeEnd: Int32Array
  /** Index into `run.spans`; −1 for the run when no span stands for it. */
  readonly span: Int32Array
  /** Index into the segments of the span's call, or `NO_SEGMENT`, or `REST_OF_CALL`. */
  readonly segment: Int32Array
  /** Pico-dollars of all calls of the subtree; `NaN` when none of them has a cost. */
  readonly picoUsd: Float64Array
  /** Input and output tokens of all calls of the subtree; `NaN` when none is known. */
  readonly tokens: Float64Array
  /** Model calls in the subtree; a retry is the same call as its first attempt, and counted where that one stands. */
  readonly calls: Int32Array
  /** Billed calls of the subtree that have no cost. */
  readonly unpricedCalls: Int32Array
}

/**
 * Builds the tree of a run. Spans hang under their `parentId`; one whose parent is missing, or that is its own ancestor,
 * hangs under the run. A parentless span of kind `run` is the run node itself.
 * Segments are the leaves of a call if they fit in its totals; else the call itself is the leaf, because wrong parts are worse than none.
 */
export function buildTree(run: Run): RunTree {
  const columns = new Columns(run)
  const { rootSpan, childrenOf, roots } = orderOfSpans(run.spans)
  columns.open(-1, rootSpan, NO_SEGMENT)
  addSpans(columns, run.spans, childrenOf, rootSpan === -1 ? roots : (childrenOf[rootSpan] ?? []))
  return columns.finish()
}

/** Walks without recursion: a chain of 100,000 nested spans must not overflow the stack. */
function addSpans(
  columns: Columns,
  spans: readonly Span[],
  childrenOf: readonly (readonly number[])[],
  roots: readonly number[],
) {
  const pending = roots.map((span) => ({ span, parent: 0 })).reverse()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const span = spans[next.span]
    if (span === undefined) continue
    const children = childrenOf[next.span] ?? []
    const node = columns.open(next.parent, next.span, NO_SEGMENT)
    if (span.modelCall !== undefined) addCall(columns, node, next.span, span.modelCall, children.length > 0)
    for (const child of children.toReversed()) pending.push({ span: child, parent: node })
  }
}

function addCall(columns: Columns, node: number, span: number, call: ModelCall, hasChildren: boolean) {
  const own = ownWeightOf(call)
  columns.addCall(node, own, call.billed && call.cost === null, call.attempt.logicalId)
  const parts = fittingSegments(call.segments, own)
  for (const index of parts.segments) {
    const segment = call.segments[index]
    if (segment !== undefined)
      columns.addLeaf(node, span, index, {
        picoUsd: segment.picoUsd ?? Number.NaN,
        tokens: segment.tokens,
      })
  }
  // Without this leaf the children of a call that has some would add up to less than the call.
  if (parts.segments.length > 0 ? parts.hasRest : hasChildren && isWeighty(own))
    columns.addLeaf(node, span, REST_OF_CALL, parts.rest)
}

interface Weight {
  readonly picoUsd: number
  readonly tokens: number
}

function ownWeightOf(call: ModelCall): Weight {
  const { inputTokens, outputTokens } = call.usage
  const tokens =
    inputTokens === null && outputTokens === null ? Number.NaN : (inputTokens ?? 0) + (outputTokens ?? 0)
  return { picoUsd: call.cost?.picoUsd ?? Number.NaN, tokens }
}

function isWeighty(weight: Weight): boolean {
  return weight.picoUsd > 0 || weight.tokens > 0
}

/** The segments to show and what they leave over; none when they add up to more than the call itself. */
function fittingSegments(segments: readonly Segment[], own: Weight) {
  let picoUsd = known(own.picoUsd)
  let tokens = known(own.tokens)
  for (const segment of segments) {
    picoUsd -= segment.picoUsd ?? 0
    tokens -= segment.tokens
  }
  if (picoUsd < 0 || tokens < 0) return { segments: [], rest: own, hasRest: false }
  return {
    segments: segments.map((_, index) => index),
    rest: { picoUsd: Number.isNaN(own.picoUsd) ? Number.NaN : picoUsd, tokens },
    hasRest: picoUsd > 0 || tokens > 0,
  }
}

function known(value: number): number {
  return Number.isNaN(value) ? 0 : value
}

/** Grows the columns of a tree while it is built. */
class Columns {
  private readonly parent: number[] = []
  private readonly depth: number[] = []
  private readonly span: number[] = []
  private readonly segment: number[] = []
  private readonly picoUsd: number[] = []
  private readonly tokens: number[] = []
  private readonly calls: number[] = []
  private readonly unpricedCalls: number[] = []
  private readonly logicalIds = new Set<string>()

  constructor(private readonly run: Run) {}

  open(parent: number, span: number, segment: number): number {
    this.parent.push(parent)
    this.depth.push(parent === -1 ? 0 : (this.depth[parent] ?? 0) + 1)
    this.span.push(span)
    this.segment.push(segment)
    this.picoUsd.push(Number.NaN)
    this.tokens.push(Number.NaN)
    this.calls.push(0)
    this.unpricedCalls.push(0)
    return this.parent.length - 1
  }

  addLeaf(parent: number, span: number, segment: number, weight: Weight) {
    const node = this.open(parent, span, segment)
    this.picoUsd[node] = weight.picoUsd
    this.tokens[node] = weight.tokens
  }

  addCall(node: number, own: Weight, unpriced: boolean, logicalId: string) {
    this.picoUsd[node] = own.picoUsd
    this.tokens[node] = own.tokens
    this.calls[node] = this.logicalIds.has(logicalId) ? 0 : 1
    this.logicalIds.add(logicalId)
    this.unpricedCalls[node] = unpriced ? 1 : 0
  }

  /** Adds up from the leaves: in depth-first order every child stands behind its parent. */
  finish(): RunTree {
    const count = this.parent.length
    const subtreeEnd = Int32Array.from({ length: count }, (_, node) => node + 1)
    const tree = {
      run: this.run,
      count,
      parent: Int32Array.from(this.parent),
      depth: Int32Array.from(this.depth),
      subtreeEnd,
      span: Int32Array.from(this.span),
      segment: Int32Array.from(this.segment),
      picoUsd: Float64Array.from(this.picoUsd),
      tokens: Float64Array.from(this.tokens),
      calls: Int32Array.from(this.calls),
      unpricedCalls: Int32Array.from(this.unpricedCalls),
    }
    for (let node = count - 1; node > 0; node--) addToParent(tree, node)
    return tree
  }
}

function addToParent(tree: RunTree, node: number) {
  const parent = at(tree.parent, node)
  tree.subtreeEnd[parent] = Math.max(at(tree.subtreeEnd, parent), at(tree.subtreeEnd, node))
  // Segments and the rest are parts of what the call has brought in already.
  if (at(tree.segment, node) !== NO_SEGMENT) return
  tree.picoUsd[parent] = plus(at(tree.picoUsd, parent), at(tree.picoUsd, node))
  tree.tokens[parent] = plus(at(tree.tokens, parent), at(tree.tokens, node))
  tree.calls[parent] = at(tree.calls, parent) + at(tree.calls, node)
  tree.unpricedCalls[parent] = at(tree.unpricedCalls, parent) + at(tree.unpricedCalls, node)
}

function plus(a: number, b: number): number {
  if (Number.isNaN(b)) return a
  return Number.isNaN(a) ? b : a + b
}

/** Value of a column; an index past the end is a bug of ours and reads as 0. */
export function at(column: ArrayLike<number>, index: number): number {
  return column[index] ?? 0
}
