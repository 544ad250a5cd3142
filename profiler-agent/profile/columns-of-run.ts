// Turns a run as it is saved (an object a span) into columns.

import type { Run, Segment } from '../model/span'
import type { RunColumns } from './columns'
import { ColumnsBuilder } from './columns-builder'
import { depthFirst, placesOf } from './span-order'

const NO_SEGMENTS: readonly Segment[] = []

export function columnsOf(run: Run): RunColumns {
  const { spans, ...head } = run
  const order = depthFirst(placesOf(spans))
  const builder = new ColumnsBuilder(head, order)
  const zero = Date.parse(run.startTime) || 0
  for (let index = 0; index < order.count; index++) {
    const span = spans[order.span[index] ?? -1]
    if (span !== undefined) builder.set(index, { ...span, start: Date.parse(span.startTime) - zero || 0 })
  }
  return builder.finish((index) => spans[order.span[index] ?? -1]?.modelCall?.segments ?? NO_SEGMENTS)
}
