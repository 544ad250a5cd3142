// What `limits.bench.mjs` runs: the limits of one run held against it after each of its calls, and the processor time that took.

import { readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import type { MeasurableSpan } from '../../profiler-agent/budgets/measure/counted-call'
import { RunMeasure } from '../../profiler-agent/budgets/measure/run-measure'
import { BudgetFindings } from '../../profiler-agent/budgets/violations/budget-findings'
import { usageOf } from '../../profiler-agent/model/usage'

const LIMITS = { totalTokens: 5000, toolCalls: 3, costUsd: 0.01, inputTokensPerCall: 900, durationMs: 1000 }
const BUDGETS = {
  version: 1,
  agents: {
    lead: { limits: LIMITS, steps: { act: { limits: { inputTokens: 100 } } } },
    helper: { limits: LIMITS },
  },
  workflows: { all: { rootAgent: 'lead', limits: { totalTokens: 100_000, agents: 20 } } },
  workspace: { limits: { costUsdPerRun: 1 } },
}
/** Calls of a helper, which comes to hang under the tool of its lead only when it is over. */
const OF_A_HELPER = 4

const span = (
  said: Partial<MeasurableSpan> & Pick<MeasurableSpan, 'id' | 'kind' | 'startedAt'>,
): MeasurableSpan => ({
  ...{ name: said.kind, status: 'ok', attributes: {}, endedAt: said.startedAt + 5 },
  ...said,
})

function call(id: string, parentId: string, startedAt: number): MeasurableSpan {
  const usage = usageOf({ uncachedInputTokens: 120, cacheReadTokens: 10, outputTokens: 20 }, 'reported', null)
  return span({
    ...{ id, parentId, startedAt, kind: 'chat' },
    callSite: { file: 'agent.mjs', line: 1 + (startedAt % 7), stack: [] },
    modelCall: {
      ...{ provider: 'openai', requestModel: 'gpt-5-mini', billed: true, usage },
      ...{ attempt: { logicalId: id, number: 1 }, cost: { picoUsd: 1e9 } },
    },
  })
}

/** Milliseconds of the processor for one call, the mean over all of them. */
function msPerCall(calls: number): number {
  const measure = new RunMeasure({ id: 'run', startedAt: 0 })
  const findings = new BudgetFindings({ runId: 'run', measure, hashOf: (text) => text })
  const held = { path: 'budgets.jsonc', file: readBudgetFile(JSON.stringify(BUDGETS)) }
  const before = process.cpuUsage()
  for (let index = 0; index < calls; index++) {
    const startedAt = index * 10
    const turn = index % (OF_A_HELPER + 1)
    const helper = `helper-${index - turn}`
    const lead = { id: 'lead', kind: 'agent', name: 'lead', parentId: 'run' } as const
    measure.put(span({ ...lead, startedAt: 0, endedAt: startedAt }))
    if (turn === 0)
      measure.put(span({ id: helper, kind: 'agent', name: 'helper', parentId: 'run', startedAt }))
    const parentId = turn < OF_A_HELPER ? helper : `step-${index}`
    if (turn === OF_A_HELPER) {
      measure.put(span({ id: parentId, kind: 'step', name: 'act', parentId: 'lead', startedAt }))
      measure.put(span({ id: `tool-${index}`, kind: 'tool', parentId, startedAt }))
      measure.put(span({ id: helper, kind: 'agent', name: 'helper', parentId: `tool-${index}`, startedAt }))
    }
    measure.put(call(`call-${index}`, parentId, startedAt))
    findings.findings(held)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / calls
}

process.stdout.write(String(msPerCall(Number(process.argv[2]))))
