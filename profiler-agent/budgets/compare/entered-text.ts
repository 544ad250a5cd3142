// How much more retrieved text, or other results of tools, an invocation takes in: what makes prompts longer.

import type { Baseline, Measured, NumericLimit } from '../../model/budget'
import type { EnteredText } from '../../model/comparison'
import { percentilesOf } from '../../model/percentiles'

/** Limits that such text uses up. */
const FED: readonly NumericLimit[] = [
  ...(['costUsd', 'inputTokens', 'totalTokens', 'inputTokensPerCall'] as const),
  ...(['contextGrowthPerStep', 'costUsdPerRun'] as const),
]
/** Less is not worth a word. */
const LEAST_TOKENS = 20
const LEAST_SHARE = 0.1

/** By the median of each side; retrieved text before other results, of which it is a part. `undefined` where neither grew. */
export function enteredText(
  limit: NumericLimit,
  head: readonly Measured[],
  base: readonly Measured[] | Baseline | undefined,
): EnteredText | undefined {
  if (!FED.includes(limit) || base === undefined) return undefined
  for (const kind of ['retrievalTokens', 'toolResultTokens'] as const) {
    const [before, after] = [
      isMeasured(base) ? medianOf(base, kind) : base.values[kind]?.p50,
      medianOf(head, kind),
    ]
    if (before === undefined || after === undefined) continue
    if (after - before >= Math.max(LEAST_TOKENS, before * LEAST_SHARE))
      return { kind, base: before, head: after }
  }
  return undefined
}

function isMeasured(base: readonly Measured[] | Baseline): base is readonly Measured[] {
  return Array.isArray(base)
}

function medianOf(measured: readonly Measured[], limit: NumericLimit): number | undefined {
  return percentilesOf(measured.flatMap(({ values }) => values[limit]?.value ?? []))?.p50
}
