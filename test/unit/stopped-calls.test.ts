// What the store keeps of calls that a budget has stopped: refused before they went up, or ended while their reply streamed.

import assert from 'node:assert/strict'
import { decodeRunFile, encodeRunFile } from '../../profiler-agent/formats/json'
import type { AvoidedInput, HttpExchange } from '../../profiler-agent/model/exchange'
import { present } from '../../profiler-agent/model/present'
import { columnsOf } from '../../profiler-agent/profile/columns-of-run'
import { sumsOf } from '../../profiler-agent/profile/measures'
import { spanTree } from '../../profiler-agent/profile/span-tree'
import { exchangeCalled } from '../support/exchanges'
import { callsOf, storedRun } from './traps/stored-run'

const RULE = 'budget/totalTokens'
const MESSAGE = 'budget exceeded: support-agent may use 6,000 tokens'

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function refused(id: string, avoided?: AvoidedInput): HttpExchange {
  const error = { message: MESSAGE, type: 'insufficient_quota', param: null, code: 'budget_exceeded' }
  return {
    ...exchangeCalled(id),
    runId: 'r1',
    status: 402,
    responseBody: bytes(JSON.stringify({ error })),
    budget: { stop: 'refused', rule: RULE, message: MESSAGE, ...present({ avoided }) },
  }
}

describe('calls that a budget stops', () => {
  it('are blocked, cost nothing and count nowhere where they were refused', async () => {
    const run = await storedRun([refused('no')])
    const [span] = callsOf(run)
    assert.equal(span?.status, 'blocked')
    assert.equal(span?.attributes['costflame.budget.rule'], RULE)
    assert.equal(span?.attributes['costflame.budget.message'], MESSAGE)
    const { billed, cost, unpricedReason, httpStatus, error, usage } = span?.modelCall ?? {}
    assert.deepEqual([billed, cost, unpricedReason, httpStatus], [false, null, undefined, 402])
    assert.deepEqual(error, { status: 402, code: 'budget_exceeded', message: MESSAGE })
    assert.deepEqual(
      [usage?.inputTokens, usage?.uncachedInputTokens, usage?.cacheReadTokens, usage?.outputTokens],
      [null, null, null, null],
    )
    assert.equal(usage?.origin, 'unknown')
    const { calls, attempts, errors, unpricedCalls, cost: total } = run.totals
    assert.deepEqual([calls, attempts, errors, unpricedCalls, total?.picoUsd], [0, 0, 0, 0, 0])
  })

  it('say what they avoided: their input at the price of the model, or of the request before', async () => {
    const run = await storedRun([
      refused('new', { inputTokens: 1_000 }),
      refused('cached', { inputTokens: 1_000, picoUsd: 25_000_000 }),
      refused('unknown'),
    ])
    const avoided = callsOf(run).map(({ id, attributes }) => [id, attributes['costflame.avoided_pico_usd']])
    // $0.25 a million tokens.
    assert.deepEqual(Object.fromEntries(avoided), {
      new: 250_000_000,
      cached: 25_000_000,
      unknown: undefined,
    })
    assert.equal(run.totals.cost?.picoUsd, 0)
    const tree = spanTree(columnsOf(run))
    assert.equal(sumsOf(tree, 'avoided')[0], 275_000_000)
    assert.ok(Number.isNaN(sumsOf(tree, 'cost')[0]))
  })

  it('keep what is known of their usage where their reply was ended', async () => {
    const start = {
      type: 'message_start',
      message: {
        ...{ id: 'msg_7', type: 'message', role: 'assistant', model: 'claude-haiku-4-5', content: [] },
        usage: { input_tokens: 210, output_tokens: 1 },
      },
    }
    const run = await storedRun([
      {
        ...exchangeCalled('cut'),
        ...{ runId: 'r1', provider: 'anthropic', url: 'https://api.anthropic.com/v1/messages' },
        requestBody: bytes('{"model":"claude-haiku-4-5","stream":true,"max_tokens":900,"messages":[]}'),
        responseHeaders: { 'content-type': 'text/event-stream' },
        responseBody: bytes(`event: message_start\ndata: ${JSON.stringify(start)}\n\n`),
        ...{ end: 'truncated', error: MESSAGE },
        budget: { stop: 'ended', rule: RULE, message: MESSAGE, outputCap: 800 },
      },
    ])
    const [span] = callsOf(run)
    assert.equal(span?.status, 'truncated')
    assert.equal(span?.attributes['costflame.budget.rule'], RULE)
    assert.equal(span?.attributes['costflame.budget.output_cap'], 800)
    const { usage, billed, cost } = span?.modelCall ?? {}
    assert.deepEqual([usage?.origin, usage?.inputTokens, usage?.outputTokens], ['partial', 210, null])
    assert.deepEqual([billed, cost?.atLeast], [true, true])
  })

  it('are still a valid run file', async () => {
    const run = await storedRun([refused('no')])
    const { runs } = decodeRunFile(encodeRunFile([run]))
    assert.equal(runs[0]?.spans.find(({ id }) => id === 'no')?.status, 'blocked')
  })
})
