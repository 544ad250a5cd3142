import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { headOfFrame } from '../../../profiler-agent/feed/binary-frame'
import {
  decodeClientMessage,
  decodeReadyLine,
  decodeServerFrame,
  decodeServerMessage,
} from '../../../profiler-agent/feed/codec'
import { inRepository } from '../../support/repository'

const HELLO = { type: 'hello', feed: 1, version: '0.1.0', pid: 7, data: '/shop/.costflame/data' }
const READY = {
  event: 'ready',
  version: '0.1.0',
  pid: 7,
  proxy: 'http://127.0.0.1:4000',
  feed: 'ws://127.0.0.1:4000/feed',
  token: 't',
  otlp: 'http://127.0.0.1:4000/otlp',
  data: '/shop/.costflame/data',
}

function recordedRun() {
  const path = inRepository('test', 'fixtures', 'runs', 'support-desk.costflame.json')
  return JSON.parse(readFileSync(path, 'utf8')).runs[0]
}

describe('the codec of the feed', () => {
  it('lets whole messages through as they are', () => {
    const answer = { type: 'answer', id: 3, body: { to: 'run', run: recordedRun() } }
    const question = { type: 'question', id: 1, question: { ask: 'environment', environment: { A: 'b' } } }
    assert.deepEqual(decodeServerMessage(JSON.stringify(HELLO)), { ok: true, value: HELLO })
    assert.deepEqual(decodeServerMessage(JSON.stringify(answer)), { ok: true, value: answer })
    assert.deepEqual(decodeClientMessage(JSON.stringify(question)), { ok: true, value: question })
    assert.deepEqual(decodeReadyLine(JSON.stringify(READY)), { ok: true, value: READY })
  })

  it('lets through what is asked and answered about limits', () => {
    const use = {
      scope: { kind: 'step', agent: 'order-status', step: 'plan' },
      limit: 'totalTokens',
      allowed: 6000,
      n: 2,
      percentiles: { p50: 2900, p95: 4100, p99: 4100 },
      verdict: 'fine',
      last: [{ runId: 'r', spanId: 's', startTime: '2026-11-20T10:00:00.000Z', value: null, isOver: false }],
    }
    const agents = [{ agent: 'order-status', intents: [], steps: ['plan'] }]
    const answer = (limits: readonly unknown[]) =>
      decodeServerMessage(JSON.stringify({ type: 'answer', id: 1, body: { to: 'budgets', limits, agents } }))
    assert.equal(answer([use, { ...use, n: 0, percentiles: null, last: [] }]).ok, true)
    assert.deepEqual(answer([{ ...use, scope: { kind: 'step', agent: 'order-status' } }]), {
      ok: false,
      message: 'body.limits[0].scope.step: expected a text',
    })
    for (const question of [
      { ask: 'budgets' },
      { ask: 'budgets', text: '{}' },
      { ask: 'stopRun', runId: 'r' },
      { ask: 'olderRuns', runId: 'r', limit: 100 },
    ])
      assert.equal(decodeClientMessage(JSON.stringify({ type: 'question', id: 1, question })).ok, true)
  })

  it('lets through what a page asks about its run, and what is answered', () => {
    const questions = [
      { ask: 'columns', runIds: ['a', 'b'] },
      { ask: 'span', runId: 'a', spanId: 's' },
      { ask: 'parts', runId: 'a', spanIds: ['s'] },
      { ask: 'limits', runId: 'a' },
      { ask: 'otherRuns', runId: 'a' },
    ]
    for (const question of questions)
      assert.equal(decodeClientMessage(JSON.stringify({ type: 'question', id: 1, question })).ok, true)
    const [span] = recordedRun().spans
    const bodies = [
      { to: 'columns', columns: null },
      { to: 'span', found: { span, totals: recordedRun().totals, byBucket: null, attempts: [] } },
      { to: 'span', found: null },
      { to: 'parts', segments: [[], [{ path: 'system', kind: 'system', tokens: 4, picoUsd: null }]] },
      { to: 'otherRuns', runs: [{ id: 'b', name: 'x', startTime: 't', picoUsd: null, calls: 0 }] },
    ]
    for (const body of bodies)
      assert.equal(decodeServerMessage(JSON.stringify({ type: 'answer', id: 1, body })).ok, true)
  })

  it('takes columns of a run from behind their message, in memory of their own', () => {
    const head = headOfFrame({ type: 'answer', id: 3, body: { to: 'columns', columns: null } })
    const frame = Uint8Array.from([9, 9, 9, ...head, 1, 2, 3, 4]).subarray(3)
    const decoded = decodeServerFrame(frame)
    const columns = Uint8Array.from([1, 2, 3, 4]).buffer
    assert.deepEqual(decoded, {
      ok: true,
      value: { type: 'answer', id: 3, body: { to: 'columns', columns } },
    })
    for (const length of [0, 3, head.length - 1])
      assert.deepEqual(decodeServerFrame(head.subarray(0, length)), {
        ok: false,
        message: 'a binary frame that is cut short',
      })
  })

  it('lets keys through that it does not know yet', () => {
    assert.equal(decodeServerMessage(JSON.stringify({ ...HELLO, colour: 'red' })).ok, true)
  })

  it('tells another version from a broken message, and what to update', () => {
    const newer = decodeServerMessage('{"type":"hello","feed":2}')
    assert.deepEqual(newer, {
      ok: false,
      message:
        'The profiler speaks feed version 2, this extension version 1. Update the extension, or stop that profiler.',
    })
    const older = decodeServerMessage('{"type":"hello","feed":0}')
    assert.ok(!older.ok && older.message.includes('Update the profiler'))
  })

  it('says where a message is wrong', () => {
    const wrong = (message: unknown) => {
      const decoded = decodeServerMessage(JSON.stringify(message))
      return decoded.ok ? undefined : decoded.message
    }
    assert.equal(wrong({ type: 'state', revision: 1, runs: [{ id: 5 }] }), 'runs[0].id: expected a text')
    assert.equal(wrong({ type: 'weather' }), 'type: unknown "weather"')
    assert.equal(wrong({ type: 'answer', id: 1, body: { to: 'run' } }), 'body.run: expected an object')
    const run = { ...recordedRun(), totals: { calls: '3' } }
    assert.equal(
      wrong({ type: 'answer', id: 1, body: { to: 'run', run } }),
      'body.run.totals.calls: expected a number',
    )
    assert.match(decodeReadyLine('listening on 4000').ok ? '' : 'not ok', /not ok/)
  })

  it('throws on nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const decode of [decodeServerMessage, decodeClientMessage, decodeReadyLine]) decode(text)
      }),
    )
  })
})
