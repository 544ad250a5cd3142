// What there is to say of a span that is no call: the sums of what is below it.

import { formatCount, formatPlural } from '../../profiler-agent/model/quantity'
import type { SpanAnswer } from '../../profiler-agent/model/run-questions'
import { summedBuckets } from './bucket-table'
import { factList, labelFacts, unpricedFact } from './facts'

export function aggregate(found: SpanAnswer): HTMLElement[] {
  const { totals, span } = found
  const { calls, attempts, errors } = totals
  return [
    ...factList([
      calls === 0
        ? undefined
        : [
            'Calls',
            attempts === calls
              ? formatCount(calls)
              : `${formatCount(calls)} in ${formatPlural(attempts, 'attempt')}`,
          ],
      errors === 0 ? undefined : ['Failed', formatPlural(errors, 'attempt')],
      unpricedFact(totals.unpricedCalls),
      span.status === 'ok' ? undefined : ['Status', span.status],
      ...labelFacts(span),
    ]),
    ...summedBuckets(found),
  ]
}
