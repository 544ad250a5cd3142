// When an exchange is another attempt of a call, and when it only looks like one.

import assert from 'node:assert/strict'
import {
  type AttemptFacts,
  Attempts,
  attemptFactsOf,
  isRetryableStatus,
} from '../../../profiler-agent/trace/attempts'

const failed = (startedAt: number, endedAt: number, retryCount = 0): AttemptFacts => ({
  request: 'body',
  startedAt,
  endedAt,
  retryable: true,
  retryCount,
})
const succeeded = (startedAt: number, endedAt: number, retryCount = 0): AttemptFacts => ({
  ...failed(startedAt, endedAt, retryCount),
  retryable: false,
})

import { exchangeOf } from '../providers/exchange'

const BEDROCK = 'https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse'

/** One attempt of an AWS SDK, `startTime` ms after the epoch and 100 ms long. */
const awsAttempt = (callId: string, number: number, status: number, startTime: number) =>
  attemptFactsOf(
    exchangeOf({
      provider: 'bedrock',
      url: BEDROCK,
      requestHeaders: { 'amz-sdk-invocation-id': callId, 'amz-sdk-request': `attempt=${number}; max=3` },
      status,
      startTime,
      durationMs: 100,
    }),
    'body',
  )

describe('attemptFactsOf', () => {
  it("reads an AWS SDK's id of the call and number of the attempt", () => {
    assert.deepEqual(awsAttempt('7f0c', 2, 503, 1000), {
      request: '/model/amazon.nova-lite-v1%3A0/converse body',
      startedAt: 1000,
      endedAt: 1100,
      retryable: true,
      retryCount: 0,
      callId: '7f0c',
      number: 2,
    })
  })

  it('reads the retry count of the generated SDKs and an idempotency key', () => {
    const facts = attemptFactsOf(
      exchangeOf({ requestHeaders: { 'x-stainless-retry-count': '1', 'idempotency-key': 'k-1' } }),
      'body',
    )
    assert.equal(facts.retryCount, 1)
    assert.equal(facts.callId, 'k-1')
    assert.equal(facts.number, undefined)
  })

  it('takes the same body for two models in the path for two requests', () => {
    const [lite, pro] = ['amazon.nova-lite-v1:0', 'amazon.nova-pro-v1:0'].map((model) =>
      attemptFactsOf(
        exchangeOf({ url: `https://bedrock-runtime.eu-west-1.amazonaws.com/model/${model}/converse` }),
        'body',
      ),
    )
    assert.notEqual(lite?.request, pro?.request)
  })

  it('believes no header that says something else', () => {
    const facts = attemptFactsOf(
      exchangeOf({
        requestHeaders: { 'x-stainless-retry-count': 'many', 'amz-sdk-request': 'ttl=2; max=3' },
      }),
      'body',
    )
    assert.equal(facts.retryCount, 0)
    assert.equal(facts.number, undefined)
  })
})

describe('Attempts', () => {
  it("counts AWS's attempts with one id as one call, however long the pause", () => {
    const attempts = new Attempts()
    assert.deepEqual(attempts.add('a', awsAttempt('7f0c', 1, 429, 0)), { logicalId: 'a', number: 1 })
    assert.deepEqual(attempts.add('b', awsAttempt('7f0c', 2, 503, 90_000)), { logicalId: 'a', number: 2 })
    assert.deepEqual(attempts.add('c', awsAttempt('7f0c', 3, 200, 200_000)), { logicalId: 'a', number: 3 })
  })

  it("counts a call with another id of AWS's as a call of its own, though the one before it failed", () => {
    const attempts = new Attempts()
    attempts.add('a', awsAttempt('7f0c', 1, 429, 0))
    assert.deepEqual(attempts.add('b', awsAttempt('8e11', 1, 200, 500)), { logicalId: 'b', number: 1 })
  })

  it('keeps the number that the SDK says where an earlier attempt was not seen', () => {
    assert.deepEqual(new Attempts().add('b', awsAttempt('7f0c', 2, 200, 0)), { logicalId: 'b', number: 2 })
  })

  it('counts an equal idempotency key as another attempt, also after an answer that the client did not wait for', () => {
    const attempts = new Attempts()
    attempts.add('a', { ...succeeded(0, 10), callId: 'k-1' })
    assert.deepEqual(attempts.add('b', { ...succeeded(20, 30), callId: 'k-1' }), {
      logicalId: 'a',
      number: 2,
    })
  })

  it('does not take one key on different requests for one call', () => {
    const attempts = new Attempts()
    attempts.add('a', { ...failed(0, 10), callId: 'k-1' })
    assert.equal(attempts.add('b', { ...failed(20, 30), callId: 'k-1', request: 'other' }).logicalId, 'b')
  })

  it('counts the same request after a failure as its next attempt', () => {
    const attempts = new Attempts()
    assert.deepEqual(attempts.add('a', failed(0, 10)), { logicalId: 'a', number: 1 })
    assert.deepEqual(attempts.add('b', failed(500, 510)), { logicalId: 'a', number: 2 })
    assert.deepEqual(attempts.add('c', succeeded(1500, 1600)), { logicalId: 'a', number: 3 })
  })

  it('counts the same request after a success as a new call', () => {
    const attempts = new Attempts()
    attempts.add('a', succeeded(0, 10))
    assert.deepEqual(attempts.add('b', succeeded(500, 510)), { logicalId: 'b', number: 1 })
  })

  it('counts another request after a failure as a new call', () => {
    const attempts = new Attempts()
    attempts.add('a', failed(0, 10))
    assert.equal(attempts.add('b', { ...succeeded(500, 510), request: 'other' }).logicalId, 'b')
  })

  it('believes in a retry for a minute after the failure', () => {
    const attempts = new Attempts()
    attempts.add('a', failed(0, 10))
    assert.equal(attempts.add('b', succeeded(60_011, 60_020)).logicalId, 'b')
  })

  it('believes an SDK that counts its retries even later', () => {
    const attempts = new Attempts()
    attempts.add('a', failed(0, 10))
    assert.equal(attempts.add('b', succeeded(200_000, 200_010, 1)).logicalId, 'a')
  })

  it('does not take a parallel call for a retry of one that has not failed yet', () => {
    const attempts = new Attempts()
    attempts.add('a', failed(0, 1000))
    assert.equal(attempts.add('b', failed(100, 1100)).logicalId, 'b')
  })

  it('knows what failed before a restart by what the store has of it, and what was tried again already', () => {
    const attempts = new Attempts()
    const stored = (logicalId: string, number: number, endedAt: number, retryable: boolean) =>
      attempts.recall({
        asked: 'same',
        attempt: { logicalId, number },
        facts: { startedAt: endedAt - 100, endedAt, retryable },
      })
    stored('a', 1, 1000, true)
    stored('b', 1, 1000, true)
    stored('b', 2, 2000, false)
    const asked = () => 'same'
    assert.deepEqual(
      attempts.add('x', succeeded(3000, 3100), () => 'another'),
      { logicalId: 'x', number: 1 },
    )
    assert.deepEqual(attempts.add('c', failed(3000, 3100), asked), { logicalId: 'a', number: 2 })
    assert.deepEqual(attempts.add('d', succeeded(4000, 4100), asked), { logicalId: 'a', number: 3 })
    assert.deepEqual(attempts.add('e', succeeded(5000, 5100), asked), { logicalId: 'e', number: 1 })
  })

  it('gives each of two parallel failures its own retry', () => {
    const attempts = new Attempts()
    attempts.add('a', failed(0, 1000))
    attempts.add('b', failed(100, 1100))
    assert.deepEqual(attempts.add('c', succeeded(2000, 2100, 1)), { logicalId: 'a', number: 2 })
    assert.deepEqual(attempts.add('d', succeeded(2050, 2150, 1)), { logicalId: 'b', number: 2 })
  })

  it('calls retryable what the SDKs try again', () => {
    const statuses = [200, 400, 401, 404, 408, 409, 422, 429, 500, 503, 529]
    assert.deepEqual(statuses.filter(isRetryableStatus), [408, 409, 429, 500, 503, 529])
  })
})
