// What the gate is told of a run comes to what is measured of it afterwards, whatever the order in which spans are said and moved.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Account } from '../../../../profiler-agent/budgets/gate/accounts'
import { RunSpend, type SpendingSpan } from '../../../../profiler-agent/budgets/gate/run-spend'
import { NOTHING } from '../../../../profiler-agent/budgets/gate/sums'
import { RunMeasure } from '../../../../profiler-agent/budgets/measure/run-measure'
import type { Measured, NumericLimit } from '../../../../profiler-agent/model/budget'
import { TestGate } from '../../../support/gate'
import { randomTree, type Spans } from '../measure/random-tree'

const LIMITS = [
  'inputTokens',
  'outputTokens',
  'modelCalls',
  'retries',
  'costUsd',
] as const satisfies NumericLimit[]

function measuredOf(spans: Spans): Measured[] {
  const measure = new RunMeasure({ id: 'run', startedAt: 0, endedAt: 100 })
  for (const span of spans) measure.put(span)
  return measure.all()
}

const valuesOf = ({ values }: Measured) =>
  LIMITS.map((limit) => Math.round((values[limit]?.value ?? 0) * (limit === 'costUsd' ? 1e12 : 1)))
const spentIn = ({ input, output, calls, retries, picoUsd }: Account['own']['spent']) => [
  input,
  output,
  calls,
  retries,
  picoUsd,
]

/** Says the spans to a gate in pieces, as the worker would. */
function toldOf(said: readonly SpendingSpan[], every: number) {
  const { gate } = new TestGate({})
  const spend = new RunSpend('run')
  for (const [index, span] of said.entries()) {
    spend.put([span])
    if (index % every === 0) gate.told(spend.take(), [])
  }
  gate.told(spend.take(), [])
  return (id: string) => gate.account('run', id)
}

describe('what a run spends', () => {
  it('is told as it is measured', () => {
    const shuffled = randomTree.chain((spans) =>
      fc.tuple(
        fc.constant(spans),
        fc.shuffledSubarray([...spans], { minLength: spans.length }),
        // The tree as it was supposed to be before, of the same spans.
        fc.array(fc.nat(), { minLength: spans.length, maxLength: spans.length }),
        fc.integer({ min: 1, max: 10 }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([spans, anyOrder, moves, every]) => {
        const supposed = spans.map((span, index) => ({
          ...span,
          parentId: spans[(moves[index] ?? 0) % Math.max(1, index)]?.id ?? 'run',
        }))
        const accountOf = toldOf([...supposed, ...anyOrder], every)
        for (const measured of measuredOf(spans)) {
          const account = accountOf(measured.id)
          const spent = (measured.kind === 'workflow' ? account?.whole : account?.own)?.spent ?? NOTHING
          assert.deepEqual(spentIn(spent), valuesOf(measured), `${measured.kind} ${measured.id}`)
        }
      }),
    )
  })

  it('is given back where a span is taken away', () => {
    fc.assert(
      fc.property(randomTree, fc.nat(), (spans, which) => {
        const calls = spans.filter(({ modelCall }) => modelCall)
        const gone = calls[which % Math.max(1, calls.length)]
        if (!gone || spans.some(({ parentId }) => parentId === gone.id)) return
        const accountOf = toldOf([...spans, { ...gone, isGone: true }], 3)
        for (const measured of measuredOf(spans.filter(({ id }) => id !== gone.id)))
          if (measured.kind !== 'workflow')
            assert.deepEqual(spentIn(accountOf(measured.id)?.own.spent ?? NOTHING), valuesOf(measured))
      }),
    )
  })

  it('names where each call belongs, and what a request that extends it starts from', () => {
    const spend = new RunSpend('run')
    const [call] = fc
      .sample(randomTree, { numRuns: 50, seed: 1 })
      .flat()
      .filter(
        ({ kind, status, modelCall }) =>
          kind === 'chat' && status === 'ok' && modelCall?.usage.inputTokens !== null,
      )
    assert.ok(call?.modelCall)
    const base = { attributes: {}, startedAt: 0, endedAt: 1, status: 'ok' as const }
    spend.put([
      { ...base, id: 'a', parentId: 'run', kind: 'agent', name: 'desk', agent: 'desk' },
      { ...base, id: 's', parentId: 'a', kind: 'step', name: 'plan', step: 'plan', agent: 'desk' },
      { ...call, id: 'c', parentId: 's', modelCall: { ...call.modelCall, responseId: 'resp_1', cost: null } },
    ])
    const { accounts, calls } = spend.take()
    assert.deepEqual(
      calls.map(({ id, agentId, stepId, responseIds }) => ({ id, agentId, stepId, responseIds })),
      [{ id: 'c', agentId: 'a', stepId: 's', responseIds: ['resp_1'] }],
    )
    assert.deepEqual(
      accounts
        .map(({ id, kind, parentId, spent }) => [id, kind, parentId, spent.calls, spent.unknown])
        .sort(),
      [
        ['a', 'agent', undefined, 1, 1],
        ['run', 'run', undefined, 1, 1],
        ['s', 'step', 'a', 1, 1],
      ],
    )
    assert.deepEqual(spend.take(), { accounts: [], calls: [] })
  })
})
