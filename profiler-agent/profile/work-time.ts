// Time that adds up: what each span worked itself, beside what is below it.

import { Flag, type RunColumns, SPAN_KINDS } from './columns'

/** About a microsecond. Multiples of a power of two are added without rounding, so that sums of times are exact. */
const GRAINS_PER_MS = 1024

const CHAT = SPAN_KINDS.indexOf('chat')

/**
 * Milliseconds by span: its duration without the times that any of its children covers. Children that ran at once cover
 * their time once, so the self time of a parent that only waited for them is 0, and sums of self times are work, not waiting.
 * Several inferences of one exchange took its time together: it is the exchange's, and each of them has 0. Tools of which
 * nobody knows when they ran share the time between their two calls.
 */
export function ownTimes(columns: RunColumns): Float64Array {
  const { count, parent } = columns
  const start = columns.start.map(inGrains)
  const own = columns.duration.map(inGrains)
  const end = own.map((duration, span) => (start[span] ?? 0) + duration)
  // Children stand behind their parents, siblings by start: one pass finds how far each parent is covered so far.
  const coveredTo = start.slice()
  for (let span = 1; span < count; span++) {
    const above = parent[span] ?? 0
    if (isOfExchange(columns, span, above)) {
      own[span] = 0
      continue
    }
    const to = Math.min(end[above] ?? 0, end[span] ?? 0)
    const from = Math.max(coveredTo[above] ?? 0, start[span] ?? 0)
    if (to <= from) continue
    // Below 0 only for an inference with something below it, whose time is its exchange's already.
    own[above] = Math.max(0, (own[above] ?? 0) - (to - from))
    coveredTo[above] = to
  }
  shareAmongTools(columns, own)
  return own
}

/** Tools that were asked for in one reply stand one after the other and have the same times. */
function shareAmongTools({ count, flags, parent, start, duration }: RunColumns, own: Float64Array) {
  const isAlike = (a: number, b: number) =>
    ((flags[b] ?? 0) & Flag.derived) !== 0 &&
    parent[a] === parent[b] &&
    start[a] === start[b] &&
    duration[a] === duration[b]
  for (let first = 1; first < count; first++) {
    if (((flags[first] ?? 0) & Flag.derived) === 0) continue
    let end = first + 1
    while (end < count && isAlike(first, end)) end++
    const time = own[first] ?? 0
    const share = Math.floor((time * GRAINS_PER_MS) / (end - first)) / GRAINS_PER_MS
    own.fill(share, first + 1, end)
    own[first] = time - share * (end - first - 1)
    first = end - 1
  }
}

/** Milliseconds, so rounded that sums of many are exact. */
export function inGrains(ms: number): number {
  return Math.round(ms * GRAINS_PER_MS) / GRAINS_PER_MS
}

/** One of the inferences that hang under the span of their exchange. */
function isOfExchange({ flags, kind }: RunColumns, span: number, above: number): boolean {
  return (
    kind[above] === CHAT && ((flags[above] ?? 0) & Flag.call) === 0 && ((flags[span] ?? 0) & Flag.call) !== 0
  )
}
