// When an exchange is another attempt of a call, and when it only looks like one.

import assert from 'node:assert/strict'
import { type AttemptFacts, Attempts, isRetryableStatus } from '../../../profiler-agent/trace/attempts'

const failed = (startedAt: number, endedAt: number, retryCount = 0): AttemptFacts => ({
  bodyHash: 'body',
  startedAt,
  endedAt,
  retryable: true,
  retryCount,
})
const succeeded = (startedAt: number, endedAt: number, retryCount = 0): AttemptFacts => ({
  ...failed(startedAt, endedAt, retryCount),
  retryable: false,
})

describe('Attempts', () => {
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
    assert.equal(attempts.add('b', { ...succeeded(500, 510), bodyHash: 'other' }).logicalId, 'b')
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
