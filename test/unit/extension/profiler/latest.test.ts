// The newest answer to a question that is wanted more often than it can be asked.
import assert from 'node:assert/strict'
import { Latest } from '../../../../extension/profiler/latest'

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
    await latest.refresh(ask)
    await latest.refresh(ask)
    assert.equal(waiting.length, 1)
    waiting[0]?.('rain')
    await new Promise(setImmediate)
    assert.equal(waiting.length, 2)
    waiting[1]?.('sun')
    await over
    assert.deepEqual([told, latest.value], [['rain', 'sun'], 'sun'])
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
