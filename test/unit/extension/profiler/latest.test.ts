// The newest answer to a question that is wanted more often than it can be asked.
import assert from 'node:assert/strict'
import { Latest } from '../../../../extension/profiler/latest'
import { until } from '../../../support/until'

describe('the latest answer', () => {
  function asked() {
    const told: string[] = []
    const waiting: ((answer: string) => void)[] = []
    const latest = new Latest<string>('the weather', 'none', {
      changed: () => told.push(latest.value),
      failed: (what, error) => told.push(`${what}: ${error instanceof Error ? error.message : error}`),
    })
    const ask = () => new Promise<string>((resolve) => waiting.push(resolve))
    return { told, waiting, latest, ask }
  }

  it('is asked for once more where it was wanted while it was asked', async () => {
    const { told, waiting, latest, ask } = asked()
    const over = latest.refresh(ask)
    await until('the question', () => waiting.length === 1)
    await latest.refresh(ask)
    await latest.refresh(ask)
    assert.equal(waiting.length, 1)
    waiting[0]?.('rain')
    await until('the second question', () => waiting.length === 2)
    waiting[1]?.('sun')
    await over
    assert.deepEqual([told, latest.value], [['rain', 'sun'], 'sun'])
  })

  it('is not asked for sooner than it may be', async () => {
    const told = { changed: () => undefined, failed: () => undefined }
    const latest = new Latest<number>('the time', 0, told, 60)
    const askedAt: number[] = []
    const ask = () => Promise.resolve(askedAt.push(performance.now()))
    for (let wish = 0; wish < 3; wish++) await latest.refresh(ask)
    assert.equal(latest.value, 3)
    for (const index of [1, 2])
      assert.ok((askedAt[index] ?? 0) - (askedAt[index - 1] ?? 0) >= 50, String(askedAt))
  })

  it('is asked for again after a failure, though nobody wishes for it', async () => {
    const told = { changed: () => undefined, failed: () => undefined }
    const latest = new Latest<string>('the weather', 'none', told, 0, 5)
    let asked = 0
    await latest.refresh(() => (asked++ < 2 ? Promise.reject(new Error('busy')) : Promise.resolve('sun')))
    await until('the answer', () => latest.value === 'sun')
    assert.equal(asked, 3)
  })

  it('stays as it was where there is nothing to ask, or no answer', async () => {
    const { told, latest } = asked()
    await latest.refresh(() => undefined)
    await latest.refresh(() => Promise.reject(new Error('gone')))
    assert.deepEqual([told, latest.value], [['the weather: gone'], 'none'])
    await latest.refresh(() => Promise.resolve('snow'))
    assert.equal(latest.value, 'snow')
  })
})
