// Finds spans by id in columns, whose ids are packed bytes: without decoding every one of them. Pure.

import { at, type RunColumns } from '../../profiler-agent/profile/columns'

/** Index of the span with an id; −1 where there is none. */
export function spanWithId({ id: { bytes, end }, count }: RunColumns, id: string): number {
  const wanted = new TextEncoder().encode(id)
  let start = 0
  for (let span = 0; span < count; span++) {
    const stop = at(end, span)
    if (stop - start === wanted.length && wanted.every((byte, index) => at(bytes, start + index) === byte))
      return span
    start = stop
  }
  return -1
}
