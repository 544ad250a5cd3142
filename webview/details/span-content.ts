// What there is to say of a span that is no call: the sums of what is below it.

import { formatCount } from '../../profiler-agent/model/quantity'
import type { SpanAnswer } from '../../profiler-agent/model/run-questions'
import { counted, t } from '../words'
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
            t('Calls'),
            attempts === calls
              ? formatCount(calls)
              : t('{0} in {1}', formatCount(calls), counted(attempts, 'attempt')),
          ],
      errors === 0 ? undefined : [t('Failed'), counted(errors, 'attempt')],
      unpricedFact(totals.unpricedCalls),
      span.status === 'ok' ? undefined : [t('Status'), span.status],
      ...labelFacts(span),
    ]),
    ...summedBuckets(found),
  ]
}
