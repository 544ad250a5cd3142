// Findings of a run from both sources: the rules of the analysis and the budget file.

import assert from 'node:assert/strict'
import type { TracedExchange } from '../../profiler-agent/pipeline'
import { findingsOfRun, loadBudget } from '../../profiler-agent/run-findings'
import type { PricedInference } from '../../profiler-agent/trace/exchange-facts'
import { costOf, modelCallOf } from '../support/spans'

const inference = (picoUsd: number | null): PricedInference => {
  const { requestModel, usage, billed } = modelCallOf()
  return { kind: 'chat', requestModel, usage, billed, cost: picoUsd === null ? null : costOf(picoUsd, 0) }
}
const exchange = (id: string, ...costs: (number | null)[]): TracedExchange => ({
  exchange: { id, provider: 'openai', startTime: 0 },
  endTime: 0,
  inferences: costs.map(inference),
  prompt: [],
})
const find = (exchanges: readonly TracedExchange[], budget?: string) =>
  findingsOfRun({
    runId: 'r',
    exchanges,
    textOf: () => undefined,
    hashOf: (text) => text,
    ...(budget === undefined ? {} : { budget: loadBudget('.costflame/budgets.jsonc', budget) }),
  })
const budgetOf = (usd: number) => `{"version": 1, "workspace": {"limits": {"costUsdPerRun": ${usd}}}}`

describe('findingsOfRun', () => {
  it('finds nothing where nothing is limited', () => {
    assert.deepEqual(find([exchange('a', 5e12)]), [])
  })

  it('adds up every inference of every exchange', () => {
    const [finding] = find([exchange('a', 1e12), exchange('b', 0.6e12, 0.6e12)], budgetOf(2))
    assert.equal(finding?.rule, 'budget/costUsdPerRun')
    assert.equal(finding?.evidence.picoUsd, 2.2e12)
    assert.deepEqual(finding?.spanIds, ['b'])
  })

  it('does not blame a call whose cost nobody knows', () => {
    assert.deepEqual(find([exchange('a', 1e12), exchange('b', null)], budgetOf(1)), [])
  })

  it('shows mistakes in the budget file at their place, and holds the run to what is right in it', () => {
    const text = '{"version": 1, "workspace": {"limits": {"costUsdPerRun": 1}},\n "typo": 1}'
    const findings = find([exchange('a', 2e12)], text)
    assert.deepEqual(
      findings.map(({ rule, severity, location }) => [rule, severity, location]),
      [
        ['budget/costUsdPerRun', 'warning', undefined],
        ['profiler/budget-file', 'error', { file: '.costflame/budgets.jsonc', line: 2, column: 2 }],
      ],
    )
    assert.match(findings[1]?.message ?? '', /^unknown key "typo".* The rest of the file counts\.$/)
  })
})
