// A fix is shown to have worked, or not: findings of one run in the light of the next.

import assert from 'node:assert/strict'
import type { Finding } from '../../../profiler-agent/model/finding'
import { findingOutcomes } from '../../../profiler-agent/model/finding-outcome'
import type { Run, Span } from '../../../profiler-agent/model/span'
import { callSpan, costOf, runOf } from '../../support/spans'

const FOUND: Finding = {
  id: 'f1',
  rule: 'cache/volatile-prefix',
  severity: 'warning',
  message: '',
  runId: 'monday',
  spanIds: ['b', 'c'],
  location: { file: 'agent.ts', line: 12, column: 3 },
  relatedLocations: [],
  evidence: {},
  saving: { picoUsd: 60, perRun: true, assumption: '', certainty: 'expected' },
}

/** A call of `answer` in agent.ts whose input cost so much, wherever it stands in the file. */
function call(id: string, line: number, input: number, name = 'answer'): Span {
  const frame = { file: 'agent.ts', line, function: name }
  return callSpan(id, { cost: costOf(input) }, { callSite: { ...frame, stack: [frame] } })
}

const then: Run = {
  ...runOf([call('a', 12, 50), call('b', 12, 50), call('c', 12, 50), call('d', 40, 7, 'other')]),
  id: 'monday',
  findings: [FOUND],
}
const later = (spans: Span[], findings: Finding[] = []): Run => ({ ...runOf(spans), id: 'tuesday', findings })

describe('what became of a finding', () => {
  it('is gone: the same function costs less, wherever its lines are now', () => {
    const now = later([call('x', 19, 50), call('y', 19, 20), call('z', 19, 21)])
    assert.deepEqual(findingOutcomes(then, now), [
      {
        id: 'f1',
        rule: 'cache/volatile-prefix',
        location: { file: 'agent.ts', line: 12, column: 3 },
        foundIn: 'monday',
        state: 'gone',
        calls: { before: 3, after: 3 },
        predictedPicoUsd: 60,
        realisedPicoUsd: 59,
      },
    ])
  })

  it('is reckoned for as many calls as there were this time', () => {
    const now = later(['u', 'v', 'w', 'x', 'y', 'z'].map((id) => call(id, 19, 30)))
    const [outcome] = findingOutcomes(then, now)
    assert.deepEqual(outcome?.calls, { before: 3, after: 6 })
    assert.equal(outcome?.predictedPicoUsd, 120)
    assert.equal(outcome?.realisedPicoUsd, 120)
  })

  it('is open while it is found again, and nobody can say where nothing was called', () => {
    const again = later([call('x', 12, 50)], [{ ...FOUND, runId: 'tuesday' }])
    assert.deepEqual(
      findingOutcomes(then, again).map(({ state, realisedPicoUsd }) => [state, realisedPicoUsd]),
      [['open', undefined]],
    )
    const elsewhere = later([call('x', 12, 50, 'other')])
    assert.deepEqual(
      findingOutcomes(then, elsewhere).map(({ state, predictedPicoUsd }) => [state, predictedPicoUsd]),
      [['notRun', undefined]],
    )
  })

  it('says it where the fix made the calls dearer', () => {
    const now = later([call('x', 12, 60), call('y', 12, 60), call('z', 12, 60)])
    assert.equal(findingOutcomes(then, now)[0]?.realisedPicoUsd, -30)
  })

  it('leaves out findings that promise no saving', () => {
    const { saving: _, ...budget } = FOUND
    assert.deepEqual(findingOutcomes({ ...then, findings: [budget] }, later([])), [])
  })
})
