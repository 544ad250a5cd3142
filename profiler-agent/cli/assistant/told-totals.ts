// Sums of calls as an assistant is told of them.

import type { Totals } from '../../model/span'
import { cacheShareOf } from '../../model/totals'

export function toldTotals(totals: Totals): Readonly<Record<string, unknown>> {
  const { calls, errors, unpricedCalls, usage, cost } = totals
  return {
    ...{ calls, errors, unpricedCalls },
    /** `null`: not known. */
    usd: cost?.usd ?? null,
    isLowerBound: cost?.atLeast === true || unpricedCalls > 0,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cacheShare: cacheShareOf(totals),
  }
}
