// Finds out which span hangs under which, in time order, whatever a file claims: missing parents and circles included.

import type { Span } from '../model/span'

/** A span in its place: `span` is its position in the list given (−1 for a run that no span stands for), `parent` an index into the order. */
export interface OrderedSpan {
  readonly span: number
  readonly parent: number
}

/** The run first, then every span after its parent, siblings by start. Walks without recursion: 100,000 nested spans must not overflow the stack. */
export function depthFirst(spans: readonly Span[]): OrderedSpan[] {
  const { rootSpan, childrenOf, roots } = orderOfSpans(spans)
  const order: OrderedSpan[] = [{ span: rootSpan, parent: -1 }]
  const first = rootSpan === -1 ? roots : (childrenOf[rootSpan] ?? [])
  const pending: OrderedSpan[] = first.map((span) => ({ span, parent: 0 })).reverse()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const parent = order.push(next) - 1
    const children = childrenOf[next.span] ?? []
    for (let child = children.length - 1; child >= 0; child--)
      pending.push({ span: children[child] ?? -1, parent })
  }
  return order
}

/** Indexes into the spans given. `rootSpan` is the span that stands for the run itself, −1 when there is none. */
interface SpanOrder {
  readonly rootSpan: number
  readonly childrenOf: readonly (readonly number[])[]
  /** Spans that hang under the run; with a `rootSpan` they are its children too. */
  readonly roots: readonly number[]
}

function orderOfSpans(spans: readonly Span[]): SpanOrder {
  const parents = parentIndexes(spans)
  const rootSpan = spans.findIndex((span, index) => span.kind === 'run' && parents[index] === -1)
  const childrenOf: number[][] = spans.map(() => [])
  const roots: number[] = []
  for (const index of byStart(spans)) {
    if (index === rootSpan) continue
    const parent = parents[index] ?? -1
    const siblings = parent === -1 ? (childrenOf[rootSpan] ?? roots) : childrenOf[parent]
    siblings?.push(index)
  }
  return { rootSpan, childrenOf, roots }
}

function byStart(spans: readonly Span[]): number[] {
  const starts = spans.map((span) => Date.parse(span.startTime))
  return spans.map((_, index) => index).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || a - b)
}

function parentIndexes(spans: readonly Span[]): number[] {
  const indexOf = new Map(spans.map((span, index) => [span.id, index]))
  const parents = spans.map((span) => (span.parentId === undefined ? -1 : (indexOf.get(span.parentId) ?? -1)))
  cutCircles(parents)
  return parents
}

/** Sets one parent of every circle to −1. Each span is walked over once. */
function cutCircles(parents: number[]) {
  const walkedBy = new Int32Array(parents.length).fill(-1)
  for (let start = 0; start < parents.length; start++) {
    let node = start
    while (node !== -1 && walkedBy[node] === -1) {
      walkedBy[node] = start
      const parent = parents[node] ?? -1
      if (parent !== -1 && walkedBy[parent] === start) parents[node] = -1
      node = parents[node] ?? -1
    }
  }
}
