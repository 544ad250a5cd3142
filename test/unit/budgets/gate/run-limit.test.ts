// A run against its limit: when it is over, by which call, and at which line most was spent.

import assert from 'node:assert/strict'
import { overrunOf, type SpentCall } from '../../../../profiler-agent/budgets/gate/run-limit'

const CENT = 10_000_000_000

const call = (spanId: string, picoUsd: number, line?: number): SpentCall => ({
  spanId,
  picoUsd,
  ...(line === undefined ? {} : { callSite: { file: 'agent.mjs', line, column: 5, stack: [] } }),
})

/** Against a limit of three cents that stands at 4:30. */
const overrun = (calls: readonly SpentCall[]) =>
  overrunOf({
    runId: 'r',
    limit: { value: 0.03, position: { line: 4, column: 30 } },
    file: '.costflame/budgets.jsonc',
    calls,
    hashOf: (text) => `id of ${text}`,
  })

describe('overrunOf', () => {
  it('lets a run be within its limit that costs exactly that', () => {
    assert.equal(overrun([call('a', 2 * CENT), call('b', CENT)]), undefined)
  })

  it('finds a run over its limit by the least there is', () => {
    assert.ok(overrun([call('a', 3 * CENT + 1)]))
  })

  it('says that a run with calls of unknown cost has cost at least so much', () => {
    const finding = overrun([call('a', 4 * CENT), { ...call('b', 0), isLowerBound: true }])
    assert.match(
      finding?.message ?? '',
      /^This run has cost at least \$0\.04, more than its limit of \$0\.03 /,
    )
  })

  it('names the call that went over, the line that spent most and the limit itself', () => {
    const finding = overrun([
      call('a', CENT, 7),
      call('b', 1.5 * CENT, 9),
      call('c', CENT, 7),
      call('d', CENT, 7),
    ])
    assert.deepEqual(finding, {
      id: 'id of budget/cos',
      rule: 'budget/costUsdPerRun',
      severity: 'warning',
      message:
        'This run has cost $0.045, more than its limit of $0.03 (costUsdPerRun). 67 % of it was spent by the 3 calls made here.',
      runId: 'r',
      spanIds: ['c'],
      location: { file: 'agent.mjs', line: 7, column: 5 },
      relatedLocations: [
        { file: '.costflame/budgets.jsonc', line: 4, column: 30, message: 'The limit is set here' },
      ],
      evidence: { limitUsd: 0.03, picoUsd: 4.5 * CENT, calls: 4, exceededAtCall: 'c' },
    })
  })

  it('has no place of its own where no call has one', () => {
    const finding = overrun([call('a', 4 * CENT)])
    assert.equal(finding?.location, undefined)
    assert.equal(finding?.message, 'This run has cost $0.04, more than its limit of $0.03 (costUsdPerRun).')
  })
})
