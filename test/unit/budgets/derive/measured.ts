// Measured invocations, as a test says them in a line.

import type { Measured, MeasuredValue, NumericLimit } from '../../../../profiler-agent/model/budget'

type Said = Partial<Omit<Measured, 'values'>> & {
  readonly values?: Readonly<Partial<Record<NumericLimit, number | MeasuredValue>>>
}

/** At noon of 20 November 2026 unless it is said; over; nothing called. */
export function measuredOf({ values = {}, ...said }: Said): Measured {
  const startedAt = said.startedAt ?? new Date(2026, 10, 20, 12).getTime()
  const asValues = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? { value } : value,
  ])
  return {
    ...{ kind: 'agent', runId: 'run', id: `span-${startedAt}`, isOver: true, use: {}, calls: [] },
    ...said,
    startedAt,
    endedAt: startedAt + 1000,
    values: Object.fromEntries(asValues),
  }
}

/** 212 order-status lookups: p50 2,900, p95 4,100 and p99 5,000 tokens (ranks 106, 202 and 210). */
export function orderStatusLookups(more: Said = {}): Measured[] {
  return Array.from({ length: 212 }, (_, index) => {
    const rank = index + 1
    const totalTokens = rank <= 106 ? 2900 : rank <= 202 ? 4100 : 5000
    return measuredOf({
      ...{
        id: `lookup-${index}`,
        agent: 'support-agent',
        agentVersion: '1.4.0',
        intent: 'order-status-lookup',
      },
      ...more,
      values: { totalTokens, costUsd: 0.001, ...more.values },
    })
  })
}
