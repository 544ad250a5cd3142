// Time that adds up: what each span worked itself, beside what is below it.

import { at, type RunColumns } from './columns'

/**
 * Milliseconds by span: its duration without the times that any of its children covers. Children that ran at once cover
 * their time once, so the self time of a parent that only waited for them is 0, and sums of self times are work, not waiting.
 */
export function ownTimes(columns: RunColumns): Float64Array {
  const { count, parent, start, duration } = columns
  const own = Float64Array.from(duration)
  // Children stand behind their parents, siblings by start: one pass finds how far each parent is covered so far.
  const coveredTo = Float64Array.from(start)
  for (let span = 1; span < count; span++) {
    const above = at(parent, span)
    const end = Math.min(at(start, above) + at(duration, above), at(start, span) + at(duration, span))
    const from = Math.max(at(coveredTo, above), at(start, span))
    if (end > from) {
      own[above] = Math.max(0, at(own, above) - (end - from))
      coveredTo[above] = end
    }
  }
  return own
}
