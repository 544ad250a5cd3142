// Findings of a run from both sources: the rules of the analysis and the budget file.

import assert from 'node:assert/strict'
import { measurableSpan } from '../../profiler-agent/budgets/measure/measure-run'
import type { Span } from '../../profiler-agent/model/span'
import { findingsOfRun, loadBudget } from '../../profiler-agent/run-findings'
import { callSpan, costOf } from '../support/spans'

const call = (id: string, picoUsd: number | null) =>
  callSpan(id, { cost: picoUsd === null ? null : costOf(picoUsd, 0) })
const find = (spans: readonly Span[], budget?: string) =>
  findingsOfRun({
    runId: 'run',
    exchanges: [],
    limits: {
      run: () => ({ startedAt: 0, activeAt: 1 }),
      spans: () => spans.map(measurableSpan),
    },
    textOf: () => undefined,
    hashOf: (text) => text,
    ...(budget === undefined ? {} : { budget: loadBudget('.costflame/budgets.jsonc', budget) }),
  })
const budgetOf = (usd: number) => `{"version": 1, "workspace": {"limits": {"costUsdPerRun": ${usd}}}}`

describe('findingsOfRun', () => {
  it('finds nothing where nothing is limited', () => {
    assert.deepEqual(find([call('a', 5e12)]), [])
  })

  it('adds up every inference of every exchange', () => {
    const [finding] = find([call('a', 1e12), call('b.1', 0.6e12), call('b.2', 0.6e12)], budgetOf(2))
    assert.equal(finding?.rule, 'budget/costUsdPerRun')
    assert.equal(finding?.evidence.value, 2.2)
    assert.deepEqual(finding?.spanIds, ['a', 'b.1', 'b.2'])
  })

  it('says that nobody knows where calls have no price', () => {
    const [finding] = find([call('a', 1e12), call('b', null)], budgetOf(1))
    assert.deepEqual([finding?.rule, finding?.severity], ['budget/costUsdPerRun', 'info'])
  })

  it('shows mistakes in the budget file at their place, and holds the run to what is right in it', () => {
    const text = '{"version": 1, "workspace": {"limits": {"costUsdPerRun": 1}},\n "typo": 1}'
    const findings = find([call('a', 2e12)], text)
    assert.deepEqual(
      findings.map(({ rule, severity, location }) => [rule, severity, location]),
      [
        ['profiler/budget-file', 'error', { file: '.costflame/budgets.jsonc', line: 2, column: 2 }],
        ['budget/costUsdPerRun', 'warning', undefined],
      ],
    )
    assert.match(findings[0]?.message ?? '', /^unknown key "typo".* The rest of the file counts\.$/)
  })
})
