// What violations look like, only where the numbers say so.

import assert from 'node:assert/strict'
import { type Judged, looksLike, type Sample } from '../../../../profiler-agent/budgets/violations/looks-like'

/** One after the other, each of its own session; `more` by index. */
function samples(values: readonly number[], more: (index: number) => Partial<Sample> = () => ({})): Sample[] {
  return values.map((value, index) => ({
    ...{ id: `i${index}`, value, startedAt: index, input: value },
    ...more(index),
  }))
}

const judge = (list: readonly Sample[], more: Partial<Judged> = {}) => {
  const worst = list.toSorted((left, right) => right.value - left.value)[0]?.id ?? ''
  return looksLike({ limit: 'totalTokens', allowed: 6000, samples: list, worst, ...more })
}

describe('a violation looks like', () => {
  it('a regression where the latest are all over by a similar factor, and typical was within', () => {
    assert.deepEqual(judge(samples([3000, 3200, 2900, 3100, 9000, 9300, 8800, 9100])), {
      is: 'regression',
      why: 'typical was 3,000 tokens, within the limit; of the latest 4, all are over it, at about 9,000 tokens (3 ×)',
    })
  })

  it('a regression by the baseline where all of this run is over', () => {
    assert.deepEqual(judge(samples([9000, 9300, 8800]), { baseline: 3000 }), {
      is: 'regression',
      why: 'typical was 3,000 tokens, within the limit; of the latest 3, all are over it, at about 9,000 tokens (3 ×)',
    })
    assert.equal(judge(samples([9000, 9300, 8800])), undefined)
  })

  it('no regression where two are over, or by any factor', () => {
    assert.equal(judge(samples([3000, 3200, 2900, 9000, 9300])), undefined)
    assert.equal(judge(samples([3000, 3200, 2900, 6100, 14_000, 9000])), undefined)
  })

  it('an attack where one input is many times larger than all others', () => {
    assert.deepEqual(judge(samples([2000, 2100, 1900, 40_000, 2000, 2200])), {
      is: 'attack',
      why: 'one input came to 40,000 tokens, 18 × the 2,200 tokens of the largest of all 5 others',
    })
  })

  it('an attack by the tenant that alone is far above all others', () => {
    const list = samples([2000, 2100, 1900, 40_000, 2000, 2200, 38_000], (index) => ({
      tenant: index === 3 || index === 6 ? 'mallory' : `tenant-${index}`,
      input: 500,
    }))
    assert.equal(
      judge(list)?.why,
      'tenant mallory came to 40,000 tokens, 18 × the 2,200 tokens of the largest of all 5 others',
    )
  })

  it('no attack where the loop was long and the input as usual', () => {
    const list = samples([2000, 2100, 1900, 40_000, 2000, 2200], () => ({ input: 500 }))
    assert.equal(judge(list), undefined)
  })

  it('an intent to split where two groups stand apart, mixed in time', () => {
    const values = Array.from({ length: 20 }, (_, index) =>
      index % 3 === 2 ? 9000 + index * 5 : 3000 + index * 5,
    )
    assert.deepEqual(judge(samples(values)), {
      is: 'split',
      why: 'there are two groups with nothing in between: 14 at about 3,045 tokens, 6 at about 9,040 tokens',
    })
  })

  it('nothing where values are spread evenly around the limit', () => {
    const values = Array.from({ length: 20 }, (_, index) => 2000 + ((index * 7) % 20) * 400)
    assert.equal(judge(samples(values)), undefined)
  })

  it('nothing of a single invocation', () => {
    assert.equal(judge(samples([9000])), undefined)
  })
})
