// Work in steps: at once where it is short, in turns of the event loop where it is not.

import assert from 'node:assert/strict'
import { atOnce, inTurns, type Steps } from '../../../profiler-agent/capture/steps'

describe('work in steps', () => {
  function* sum(steps: number): Steps<number> {
    let done = 0
    for (; done < steps; done++) yield
    return done
  }

  it('is done at once where it is short', () => {
    assert.equal(inTurns(sum(10)), 10)
    assert.equal(atOnce(sum(10)), 10)
  })

  it('lets others have their turn where it is long', async () => {
    let isOver = false
    let turns = 0
    const others = () => {
      turns++
      if (!isOver) setImmediate(others)
    }
    function* long(): Steps<string> {
      for (let step = 0; step < 5; step++) {
        const until = performance.now() + 3
        while (performance.now() < until);
        yield
      }
      return 'done'
    }
    const result = inTurns(long())
    assert.ok(result instanceof Promise)
    setImmediate(others)
    assert.equal(await result, 'done')
    isOver = true
    assert.ok(turns >= 4, `${turns} turns`)
  })

  it('waits for what it is given to wait for, and throws what that throws', async () => {
    function* waiting(awaited: Promise<unknown>): Steps<string> {
      try {
        yield awaited
        return 'fine'
      } catch (error) {
        return String(error)
      }
    }
    assert.equal(await inTurns(waiting(Promise.resolve())), 'fine')
    assert.equal(await inTurns(waiting(Promise.reject(new Error('no')))), 'Error: no')
    function* failing(): Steps<never> {
      yield Promise.resolve()
      throw new Error('late')
    }
    await assert.rejects(Promise.resolve(inTurns(failing())), /late/)
  })
})
