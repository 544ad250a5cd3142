// What agents cost over the last runs: each invocation with its own calls, not with those of agents that it starts.

import { measureSpans } from '../budgets/measure/measure-run'
import type { Measured } from '../model/budget'
import type { AgentCost, NamedCost } from '../model/line-cost'
import { percentilesOf } from '../model/percentiles'
import { present } from '../model/present'
import type { Totals } from '../model/span'
import { isNumberedStep } from '../model/step-name'
import { addTotals, isLowerBound, totalsOf } from '../model/totals'
import type { StoredRun } from '../store/reader'
import { readSpanOutlines } from '../store/span-outlines'
import type { Store } from '../store/store'

/** One invocation of an agent, or one span of a step of it. */
export interface InvocationCost {
  readonly kind: 'agent' | 'step'
  readonly agent: string
  readonly version?: string
  readonly intent?: string
  readonly step?: string
  readonly runId: string
  readonly spanId: string
  /** Ms since the epoch. */
  readonly startedAt: number
  readonly totals: Totals
}

/** By start time. */
export function invocationCosts(store: Store, run: StoredRun): InvocationCost[] {
  const spans = readSpanOutlines(store, [run.id]).get(run.id) ?? []
  const spanOf = new Map(spans.map((span) => [span.id, span]))
  return measureSpans(run, spans).flatMap((measured) => {
    const { kind, agent, calls } = measured
    if ((kind !== 'agent' && kind !== 'step') || agent === undefined) return []
    const totals = totalsOf(calls.flatMap((id) => spanOf.get(id) ?? []))
    return [{ ...namesOf(measured), kind, agent, spanId: measured.id, startedAt: measured.startedAt, totals }]
  })
}

function namesOf({ runId, agentVersion, intent, step }: Measured) {
  return { runId, ...present({ version: agentVersion, intent, step }) }
}

/** The most expensive first. */
export function agentCosts(invocations: readonly InvocationCost[]): AgentCost[] {
  return [...Map.groupBy(invocations, ({ agent }) => agent)]
    .flatMap(([agent, all]) => {
      const own = all.filter(({ kind }) => kind === 'agent')
      const newest = newestOf(own)
      if (newest === undefined) return []
      return [
        {
          ...{ agent, ...present({ version: newest.version }) },
          ...costOf(own, newest),
          totals: addTotals(own.map(({ totals }) => totals)),
          intents: namedCosts(own, ({ intent }) => intent),
          steps: namedCosts(
            all.filter(({ kind }) => kind === 'step'),
            ({ step }) => (step === undefined || isNumberedStep(step) ? undefined : step),
          ),
        },
      ]
    })
    .sort((left, right) => (right.totals.cost?.picoUsd ?? 0) - (left.totals.cost?.picoUsd ?? 0))
}

/** By name. */
function namedCosts(
  invocations: readonly InvocationCost[],
  nameOf: (invocation: InvocationCost) => string | undefined,
): NamedCost[] {
  return [...Map.groupBy(invocations, nameOf)]
    .flatMap(([name, own]) => {
      const newest = newestOf(own)
      return name === undefined || newest === undefined ? [] : [{ name, ...costOf(own, newest) }]
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}

function costOf(own: readonly InvocationCost[], newest: InvocationCost): Omit<NamedCost, 'name'> {
  const percentiles = percentilesOf(own.flatMap(({ totals }) => wholeCost(totals)))
  const { runId, spanId, startedAt } = newest
  return {
    invocations: own.length,
    picoUsd: percentiles && { p50: percentiles.p50, p95: percentiles.p95 },
    last: { runId, spanId, startTime: new Date(startedAt).toISOString() },
  }
}

/** A lower bound would make others look dear. */
function wholeCost(totals: Totals): number[] {
  return totals.cost === null || isLowerBound(totals) ? [] : [totals.cost.picoUsd]
}

function newestOf(invocations: readonly InvocationCost[]): InvocationCost | undefined {
  return invocations.reduce<InvocationCost | undefined>(
    (newest, each) => (newest && newest.startedAt >= each.startedAt ? newest : each),
    undefined,
  )
}
