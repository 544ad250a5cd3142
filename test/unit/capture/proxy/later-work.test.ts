// Work that no call waits for: in order, all of it, a moment later.

import assert from 'node:assert/strict'
import { LaterWork } from '../../../../profiler-agent/capture/proxy/later-work'

describe('LaterWork', () => {
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

  it('does everything in order, waiting for what lasts', async () => {
    const later = new LaterWork()
    const done: string[] = []
    later.add(() => void done.push('a'))
    later.add(async () => {
      await nextTurn()
      done.push('b')
    })
    later.add(() => void done.push('c'))
    assert.deepEqual(done, [])
    await later.settled()
    assert.deepEqual(done, ['a', 'b', 'c'])
  })

  it('does what is added meanwhile, too', async () => {
    const later = new LaterWork()
    const done: string[] = []
    later.add(() => later.add(() => void done.push('added')))
    await later.settled()
    assert.deepEqual(done, ['added'])
  })

  it('begins in the next turns where much waits, and not while it is added', async () => {
    const later = new LaterWork()
    let done = 0
    for (let index = 0; index < 200; index++) later.add(() => void done++)
    assert.equal(done, 0)
    for (let turn = 0; done < 200 && turn < 1000; turn++) await nextTurn()
    assert.equal(done, 200)
  })
})
