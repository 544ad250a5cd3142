// Changes are gathered, analysed once and told; what waits at the end is analysed and not told.

import assert from 'node:assert/strict'
import { ToldChanges } from '../../profiler-agent/told-changes'

function changes(analyse: (runId: string) => void = () => undefined) {
  const analysed: string[] = []
  let told = 0
  let hear: () => void = () => undefined
  const changed = new ToldChanges({
    analyse: (runId) => {
      analysed.push(runId)
      analyse(runId)
    },
    tell: () => {
      told++
      hear()
    },
  })
  const nextTelling = () => new Promise<void>((resolve) => (hear = resolve))
  return { changed, analysed, nextTelling, told: () => told }
}

describe('told changes', () => {
  it('analyses each run once for all its calls of one moment, then tells', async () => {
    const { changed, analysed, nextTelling } = changes()
    for (const runId of ['a', 'b', 'a']) changed.add(runId)
    assert.deepEqual(analysed, [])
    await nextTelling()
    assert.deepEqual(analysed, ['a', 'b'])
    changed.add('b')
    await nextTelling()
    assert.deepEqual(analysed, ['a', 'b', 'b'])
    changed.end()
  })

  it('tells at once what is waiting when somebody asks for it', () => {
    const { changed, analysed, told } = changes()
    changed.flush()
    assert.equal(told(), 0)
    changed.add('a')
    changed.flush()
    assert.deepEqual([analysed, told()], [['a'], 1])
    changed.end()
  })

  it('analyses a run again after a rest, also where nothing more is said of it', async () => {
    const busyUntil = (until: number) => {
      while (performance.now() < until);
    }
    const { changed, analysed, nextTelling } = changes(() => busyUntil(performance.now() + 60))
    changed.add('a')
    await nextTelling()
    changed.add('a')
    while (analysed.length < 2) await nextTelling()
    assert.deepEqual(analysed, ['a', 'a'])
    changed.end()
  })

  it('analyses what is waiting at the end, and tells nothing more', () => {
    const { changed, analysed, told } = changes()
    changed.add('a')
    changed.end()
    assert.deepEqual([analysed, told()], [['a'], 0])
  })
})
