// Finds out which span hangs under which, in time order, whatever a file claims: missing parents and circles included.

import type { Span } from '../model/span'

/** Spans as they stand in a list: what the order depends on. */
export interface SpanPlaces {
  readonly count: number
  /** Index of the parent; −1 where it is not in the list. */
  readonly parent: Int32Array
  readonly start: Float64Array
  /** Whether a span says that it is the run. Asked of spans without a parent, until one is. */
  readonly isRun: (index: number) => boolean
}

/** The run first, then every span after its parent, siblings by start. */
export interface TreeOrder {
  readonly count: number
  /** Index into the list, −1 at place 0 for a run that no span stands for. */
  readonly span: Int32Array
  /** Place of the parent; −1 for the run. */
  readonly parent: Int32Array
}

export function placesOf(spans: readonly Span[]): SpanPlaces {
  const indexOf = new Map(spans.map((span, index) => [span.id, index]))
  return {
    count: spans.length,
    parent: Int32Array.from(spans, ({ parentId }) =>
      parentId === undefined ? -1 : (indexOf.get(parentId) ?? -1),
    ),
    start: Float64Array.from(spans, ({ startTime }) => Date.parse(startTime) || 0),
    isRun: (index) => spans[index]?.kind === 'run',
  }
}

/** Walks without recursion: 100,000 nested spans must not overflow the stack. */
export function depthFirst(places: SpanPlaces): TreeOrder {
  const { count } = places
  const parent = withoutCircles(places.parent)
  const root = rootOf(places, parent)
  const { first, next } = childrenOf(places, parent, root)
  const order = { span: new Int32Array(count + 1), parent: new Int32Array(count + 1) }
  order.span[0] = root
  order.parent[0] = -1
  const pending: number[] = []
  const pendingUnder: number[] = []
  let placed = 1
  const follow = (span: number, under: number) => {
    if (span === -1) return
    pending.push(span)
    pendingUnder.push(under)
  }
  follow(first[root === -1 ? count : root] ?? -1, 0)
  for (let span = pending.pop(); span !== undefined; span = pending.pop()) {
    const under = pendingUnder.pop() ?? 0
    order.span[placed] = span
    order.parent[placed] = under
    // Its children come before its next sibling.
    follow(next[span] ?? -1, under)
    follow(first[span] ?? -1, placed)
    placed++
  }
  return { count: placed, span: order.span.subarray(0, placed), parent: order.parent.subarray(0, placed) }
}

function rootOf({ count, isRun }: SpanPlaces, parent: Int32Array): number {
  for (let index = 0; index < count; index++) if (parent[index] === -1 && isRun(index)) return index
  return -1
}

/** Children as chains in the order of their start; those of the run itself begin at `first[count]` where no span stands for it. */
function childrenOf({ count, start }: SpanPlaces, parent: Int32Array, root: number) {
  const first = new Int32Array(count + 1).fill(-1)
  const next = new Int32Array(count).fill(-1)
  const byStart = orderByStart(start)
  for (let place = count - 1; place >= 0; place--) {
    const index = byStart[place] ?? 0
    if (index === root) continue
    const own = parent[index] ?? -1
    const above = own === -1 ? (root === -1 ? count : root) : own
    next[index] = first[above] ?? -1
    first[above] = index
  }
  return { first, next }
}

function orderByStart(start: Float64Array): Int32Array {
  const order = Int32Array.from(start, (_, index) => index)
  // As stored spans mostly are.
  const isSorted = start.every((time, index) => index === 0 || (start[index - 1] ?? 0) <= time)
  return isSorted ? order : order.sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0) || a - b)
}

/** One parent of every circle is taken away. Each span is walked over once. */
function withoutCircles(parents: Int32Array): Int32Array {
  const parent = parents.slice()
  const walkedBy = new Int32Array(parent.length).fill(-1)
  for (let start = 0; start < parent.length; start++) {
    let node = start
    while (node !== -1 && walkedBy[node] === -1) {
      walkedBy[node] = start
      const above = parent[node] ?? -1
      if (above !== -1 && walkedBy[above] === start) parent[node] = -1
      node = parent[node] ?? -1
    }
  }
  return parent
}
