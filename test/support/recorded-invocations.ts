// Recorded invocations of agents for the gate, with only what a test is about left to say.

import { comparedCalls } from '../../profiler-agent/budgets/compare/compared-calls'
import type { RecordedRuns } from '../../profiler-agent/budgets/compare/judge-budgets'
import { readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import { measureDays, measureRun } from '../../profiler-agent/budgets/measure/measure-run'
import type { Run, Span, UnitPrices } from '../../profiler-agent/model/span'
import { unknownUsage, usageOf } from '../../profiler-agent/model/usage'
import { callSpan, costOf, runOf, spanOf } from './spans'

export interface SaidInvocation {
  /** Input tokens of each of its calls; output is a tenth. */
  readonly calls: readonly number[]
  readonly agent?: string
  readonly version?: string
  readonly intent?: string
  readonly model?: string
  readonly line?: number
  /** Pico-dollars of a token in; out is five times as much. */
  readonly price?: number
  readonly unpriced?: true
  /** By which name the provider answers. */
  readonly answeredBy?: string
  /** Line of the limit on `totalTokens` that refused the last call. */
  readonly stoppedAt?: number
}

/** A run of one invocation for each, a second apart. */
export function runsOf(...invocations: readonly SaidInvocation[]): Run[] {
  return invocations.map((said, index) => {
    const id = `r${index}`
    const startTime = new Date(Date.UTC(2026, 10, 22, 10, 0, index)).toISOString()
    return runOf(spansOf(id, said, startTime), { id, startTime, endTime: startTime })
  })
}

/** The same as the gate reads them. */
export function recordedRuns(...invocations: readonly SaidInvocation[]): RecordedRuns {
  const runs = runsOf(...invocations)
  const calls = new Map(
    runs.map((run) => [run.id, new Map(comparedCalls(run).map((call) => [call.spanId, call]))]),
  )
  return {
    measured: [...runs.flatMap(measureRun), ...measureDays(runs)],
    callsOf: (id) => calls.get(id) ?? new Map(),
    priceOf: (runId, spanId) => calls.get(runId)?.get(spanId),
  }
}

function spansOf(runId: string, said: SaidInvocation, startTime: string): Span[] {
  const { agent = 'desk', version, intent, calls } = said
  const labels = {
    agent,
    ...(version ? { agentVersion: version } : {}),
    ...(intent ? { intent } : {}),
  }
  const place = { id: `${runId}-a`, parentId: runId, kind: 'agent' as const, name: agent }
  const invocation = spanOf({ ...place, ...labels, startTime, endTime: startTime })
  return [
    invocation,
    ...calls.map((input, index) => callOf(`${runId}-c${index}`, invocation.id, input, said)),
    ...refused(`${runId}-refused`, invocation.id, said),
  ]
}

function refused(id: string, parentId: string, { stoppedAt, agent = 'desk' }: SaidInvocation): Span[] {
  if (stoppedAt === undefined) return []
  const attributes = {
    'costflame.budget.rule': 'budget/totalTokens',
    'costflame.budget.message': `budget exceeded: agent desk (.costflame/budgets.jsonc:${stoppedAt}). Ask less.`,
  }
  const call = { billed: false, httpStatus: 402, cost: null, usage: unknownUsage() }
  return [callSpan(id, call, { parentId, agent, status: 'blocked', attributes })]
}

function callOf(id: string, parentId: string, input: number, said: SaidInvocation): Span {
  const { price = 1000, model = 'gpt-5-mini', line = 7, agent = 'desk', unpriced } = said
  const output = input / 10
  const cost = costOf(input * price, output * price * 5)
  return callSpan(
    id,
    {
      requestModel: model,
      ...(said.answeredBy === undefined ? {} : { responseModel: said.answeredBy }),
      usage: usageOf(
        { uncachedInputTokens: input, cacheReadTokens: 0, cacheWriteTokens: {}, outputTokens: output },
        'reported',
        null,
      ),
      cost: unpriced ? null : { ...cost, prices: pricesAt(cost.prices, price) },
      ...(unpriced ? { unpricedReason: 'no price' } : {}),
    },
    { parentId, agent, callSite: { file: 'desk.mjs', line, stack: [{ file: 'desk.mjs', line }] } },
  )
}

function pricesAt(prices: UnitPrices, price: number): UnitPrices {
  return { ...prices, uncachedInput: price, output: price * 5 }
}

/** A budget file of agents, in JSON. */
export function budgetsOf(agents: object, more: object = {}) {
  return readBudgetFile(JSON.stringify({ version: 1, agents, ...more }, null, 2))
}
