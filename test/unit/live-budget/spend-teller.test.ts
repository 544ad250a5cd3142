import assert from 'node:assert/strict'
import { SpendTeller } from '../../../profiler-agent/live-budget/spend-teller'
import type { SpanRecord } from '../../../profiler-agent/model/record'
import { usageOf } from '../../../profiler-agent/model/usage'
import { costOf } from '../../support/spans'

const NOON = new Date(2026, 10, 20, 12)
const MIDNIGHT = new Date(2026, 10, 21, 0, 0, 1)

function chat(id: string, picoUsd: number | null, at = NOON): SpanRecord {
  const usage = usageOf({ uncachedInputTokens: 10, cacheReadTokens: null, outputTokens: 2 }, 'reported', null)
  return {
    ...{
      id,
      runId: 'r',
      parentId: 'r',
      parentBasis: 'none',
      kind: 'chat',
      name: 'chat',
      status: 'ok',
      attributes: {},
    },
    ...{ startedAt: at.getTime(), endedAt: at.getTime() + 10 },
    call: {
      ...{ prompt: [], reply: [] },
      modelCall: {
        ...{
          provider: 'openai',
          wireFormat: 'openai-chat',
          endpoint: '/',
          requestModel: 'm',
          stream: false,
          billed: true,
        },
        ...{ attempt: { logicalId: id, number: 1 }, httpStatus: 200, usage },
        cost: picoUsd === null ? null : costOf(picoUsd, 0),
      },
    },
  }
}

describe('what the worker tells of spending', () => {
  const start = (stored: SpanRecord[] = [], elsewhere = { picoUsd: 0, unknown: 0 }) => {
    const clock = { now: NOON, elsewhere }
    const teller = new SpendTeller({
      spansOf: () =>
        stored.map(({ call, ...span }) => (call ? { ...span, modelCall: call.modelCall } : span)),
      costBetween: () => clock.elsewhere,
      now: () => clock.now,
    })
    return { teller, clock }
  }

  it('is nothing before anybody has asked', () => {
    const { teller } = start()
    teller.write('r', [chat('a', 5)])
    assert.equal(teller.take(), undefined)
  })

  it('is whole: what is stored, and from then on what is written', () => {
    const { teller } = start([chat('a', 5)], { picoUsd: 5, unknown: 0 })
    teller.ask('r')
    const first = teller.take()
    assert.deepEqual(
      first?.accounts.map(({ id, spent }) => [id, spent.picoUsd, spent.calls]),
      [['r', 5, 1]],
    )
    assert.deepEqual(first?.day, { day: '2026-11-20', picoUsd: 5, unknown: 0 })
    teller.write('r', [chat('b', 7), chat('c', null)])
    const next = teller.take()
    assert.deepEqual(
      next?.accounts.map(({ id, spent }) => [id, spent.picoUsd, spent.calls, spent.unknown]),
      [['r', 12, 3, 1]],
    )
    assert.deepEqual(next?.day, { day: '2026-11-20', picoUsd: 12, unknown: 1 })
    assert.equal(teller.take(), undefined)
  })

  it('counts the day over all runs, anew at midnight and when another process wrote', () => {
    const { teller, clock } = start()
    teller.ask('r')
    teller.write('another run', [chat('x', 3), chat('yesterday', 100, new Date(2026, 10, 19, 23))])
    assert.equal(teller.take()?.day?.picoUsd, 3)
    clock.elsewhere = { picoUsd: 30, unknown: 2 }
    teller.changedElsewhere()
    assert.deepEqual(teller.take()?.day, { day: '2026-11-20', picoUsd: 30, unknown: 2 })
    clock.now = MIDNIGHT
    // The store has what is being written already.
    clock.elsewhere = { picoUsd: 4, unknown: 0 }
    teller.write('r', [chat('new', 4, MIDNIGHT)])
    assert.deepEqual(teller.take()?.day, { day: '2026-11-21', picoUsd: 4, unknown: 0 })
  })
})
