// What a group of invocations measured, as the budget file keeps it: percentiles, mean use by model, prices.

import type {
  Baseline,
  BudgetScope,
  MeanUse,
  Measured,
  NumericLimit,
  PercentileValues,
  UseOfModel,
} from '../../model/budget'
import { localDay } from '../../model/local-day'
import { usdOf } from '../../model/money'
import { percentilesOf } from '../../model/percentiles'
import { DERIVED_LIMITS } from '../file/derived-limit'

/** Measured beside what limits are derived from: what people set limits for, and what the output of a call is reserved by. */
const EVIDENCE: Readonly<Record<BudgetScope['kind'], readonly NumericLimit[]>> = {
  agent: ['retrievalTokens', 'outputTokensPerCall', 'modelCalls', 'toolCalls'],
  step: ['outputTokensPerCall'],
  workflow: [],
  run: [],
  day: [],
}

/** Without the hash of prices. `own` is not empty. Values that are known only in part are left out; a limit of which none is known has no percentiles. */
export function baselineOf(kind: BudgetScope['kind'], own: readonly Measured[], headroom: number): Baseline {
  const names = [...DERIVED_LIMITS[kind], ...EVIDENCE[kind]]
  return {
    invocations: own.length,
    measuredAt: localDay(own.reduce((last, { startedAt }) => Math.max(last, startedAt), 0)),
    headroom,
    values: Object.fromEntries(
      names.flatMap((name) => {
        const percentiles = percentilesOf(knownValues(own, name))
        return percentiles && percentiles.p99 > 0 ? [[name, tidy(percentiles)] as const] : []
      }),
    ),
    perInvocation: meanUse(own),
  }
}

/** Those of which everything is known. */
export function knownValues(own: readonly Measured[], name: NumericLimit): number[] {
  return own.flatMap(({ values }) => {
    const measured = values[name]
    return measured?.value == null || measured.atLeast ? [] : [measured.value]
  })
}

function meanUse(own: readonly Measured[]): Record<string, MeanUse> {
  const models = [...new Set(own.flatMap(({ use }) => Object.keys(use)))].sort()
  const mean = (sum: number) => significant(sum / own.length)
  return Object.fromEntries(
    models.map((model) => {
      const uses = own.flatMap(({ use }) => use[model] ?? [])
      const sum = (of: (use: UseOfModel) => number) => uses.reduce((total, use) => total + of(use), 0)
      const isPriced = uses.every(({ unpricedCalls }) => unpricedCalls === 0)
      return [
        model,
        {
          calls: mean(sum((use) => use.calls)),
          uncachedInput: mean(sum((use) => use.uncachedInput)),
          cacheRead: mean(sum((use) => use.cacheRead)),
          cacheWrite: mean(sum((use) => use.cacheWrite)),
          output: mean(sum((use) => use.output)),
          usd: isPriced ? mean(usdOf(sum((use) => use.picoUsd))) : null,
        },
      ]
    }),
  )
}

function tidy({ p50, p95, p99 }: PercentileValues): PercentileValues {
  return { p50: significant(p50), p95: significant(p95), p99: significant(p99) }
}

/** Dollars and means have many digits; tokens and counts stay as they are. */
function significant(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6))
}
