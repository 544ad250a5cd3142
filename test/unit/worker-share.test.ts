// How much the worker may be handed while calls come, and while none do.

import assert from 'node:assert/strict'
import { FULL_BATCH, type LoopClock, SMALL_BATCH, WorkerShare } from '../../profiler-agent/worker-share'

/** A main thread whose time passes as the test says. */
class Loop implements LoopClock {
  #idle = 0
  #active = 0

  now(): number {
    return this.#idle + this.#active
  }

  eventLoopUtilization() {
    return { idle: this.#idle, active: this.#active, utilization: 0 }
  }

  waits(ms: number): this {
    this.#idle += ms
    return this
  }

  works(ms: number): this {
    this.#active += ms
    return this
  }
}

/** A call comes every ten milliseconds, each of which takes so much of them. */
function rush(loop: Loop, share: WorkerShare, calls: number, msPerCall = 10): void {
  for (let call = 0; call < calls; call++) {
    share.callCame()
    loop.works(msPerCall).waits(10 - msPerCall)
  }
}

const never = Number.POSITIVE_INFINITY
const spooled = (since: number) => ({ since, inMemorySince: never })

describe('the share of the worker', () => {
  it('is all that it wants while calls leave the main thread time', () => {
    const loop = new Loop().waits(1000)
    const share = new WorkerShare(loop)
    rush(loop, share, 30, 4)
    share.worked(20)
    assert.equal(share.batchSize(spooled(loop.now())), FULL_BATCH)
  })

  it('is a little, and then a rest of sixty times as long, in a rush', () => {
    const loop = new Loop().waits(1000)
    const share = new WorkerShare(loop)
    rush(loop, share, 6)
    const since = loop.now()
    assert.equal(share.batchSize(spooled(since)), SMALL_BATCH)
    share.worked(10)
    assert.equal(share.batchSize(spooled(since)), 0)
    rush(loop, share, 59)
    assert.equal(share.batchSize(spooled(since)), 0)
    rush(loop, share, 1)
    assert.equal(share.batchSize(spooled(since)), SMALL_BATCH)
  })

  it('is never further away than two seconds', () => {
    const loop = new Loop()
    const share = new WorkerShare(loop)
    rush(loop, share, 10)
    share.worked(2000)
    rush(loop, share, 199)
    assert.equal(share.batchSize(spooled(loop.now())), 0)
    rush(loop, share, 1)
    assert.equal(share.batchSize(spooled(loop.now())), SMALL_BATCH)
  })

  it('is all that it wants soon after a rush', () => {
    const loop = new Loop()
    const share = new WorkerShare(loop)
    rush(loop, share, 20)
    share.worked(1000)
    assert.equal(share.batchSize(spooled(loop.now())), 0)
    // The two windows that are looked at last 100 ms at most.
    loop.waits(101)
    assert.equal(share.batchSize(spooled(loop.now())), FULL_BATCH)
  })

  it('is all that it wants once something has waited for five seconds, however long the rush', () => {
    const loop = new Loop()
    const share = new WorkerShare(loop)
    const since = loop.now()
    rush(loop, share, 500)
    share.worked(100)
    assert.equal(share.batchSize(spooled(since)), 0)
    rush(loop, share, 1)
    assert.equal(share.batchSize(spooled(since)), FULL_BATCH)
  })

  it('is all that it wants where something waits in memory that should be safe by now', () => {
    const loop = new Loop()
    const share = new WorkerShare(loop)
    share.worked(1_000_000)
    const since = loop.now()
    rush(loop, share, 25)
    assert.equal(share.batchSize({ since, inMemorySince: since }), 0)
    rush(loop, share, 1)
    assert.equal(share.batchSize({ since, inMemorySince: since }), FULL_BATCH)
  })
})
