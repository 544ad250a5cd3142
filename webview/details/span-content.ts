// What there is to say of a span that is no call: the sums of what is below it.

import type { SpanAnswer } from '../../profiler-agent/model/run-questions'
import type { RunColumns } from '../../profiler-agent/profile/columns'
import { summedBuckets } from './bucket-table'
import { factList, labelFacts, unpricedFact } from './facts'

/** Of the run itself the columns know what no answer is needed for. */
export function aggregate(columns: RunColumns, span: number, found: SpanAnswer | undefined): HTMLElement[] {
  const totals = span === 0 ? columns.head.totals : found?.totals
  return [
    ...factList([
      totals === undefined ? undefined : unpricedFact(totals.unpricedCalls),
      ...(found === undefined ? [] : labelFacts(found.span)),
    ]),
    ...(totals === undefined ? [] : summedBuckets(totals.usage)),
  ]
}
