// What a declared function gives back reaches the caller as it is, and its span ends when the work behind it does.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import { follow } from '../../../profiler-agent/api/following'

const failure = new TypeError('as thrown')

/** A span that notes what it is told, and runs its work in a context of its own. */
function span() {
  const told: unknown[] = []
  const storage = new AsyncLocalStorage<string>()
  return {
    told,
    here: () => storage.getStore(),
    ended: (value?: unknown) => void told.push(value === undefined ? 'ended' : { ended: value }),
    failed: () => void told.push('failed'),
    run: <Result>(work: () => Result) => storage.run('inside', work),
  }
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('api/following', () => {
  for (const value of [7, 'text', null, { a: 1 }, [1, 2], new Map(), () => 1])
    it(`gives ${JSON.stringify(value) ?? 'a function'} on, and the span is over`, () => {
      const followed = span()
      assert.equal(follow(value, followed), value)
      assert.deepEqual(followed.told, [{ ended: value }])
    })

  it('ends with a promise, whose value is the same object', async () => {
    const followed = span()
    const value = { answer: 42 }
    const result = follow(Promise.resolve(value), followed)
    assert.deepEqual(followed.told, [])
    assert.equal(await result, value)
    assert.deepEqual(followed.told, [{ ended: value }])
  })

  it('fails with a promise, whose error is the same object', async () => {
    const followed = span()
    await assert.rejects(follow(Promise.reject(failure), followed), (error) => error === failure)
    assert.deepEqual(followed.told, ['failed'])
  })

  it('leaves a promise of another make with its methods, and starts nothing before somebody asks', async () => {
    let started = 0
    class Query extends Promise<string> {
      static override get [Symbol.species]() {
        return Promise
      }
      // biome-ignore lint/suspicious/noThenProperty: a lazy promise is what is tested
      override then<A, B>(
        onValue?: ((value: string) => A | PromiseLike<A>) | null,
        onError?: ((error: unknown) => B | PromiseLike<B>) | null,
      ): Promise<A | B> {
        started++
        return super.then(onValue, onError)
      }
      raw() {
        return 'raw'
      }
    }
    const followed = span()
    const query = new Query((resolve) => resolve('rows'))
    const result = follow(query, followed)
    assert.equal(result, query)
    assert.equal(result.raw(), 'raw')
    assert.deepEqual([started, followed.told], [0, []])
    assert.equal(await result, 'rows')
    assert.deepEqual([started, followed.told], [1, [{ ended: 'rows' }]])
    assert.equal(await result, 'rows')
    assert.equal(followed.told.length, 1, 'it ends once')
  })

  it('passes the rejection of such a promise on', async () => {
    const followed = span()
    const lazy = {
      // biome-ignore lint/suspicious/noThenProperty: a lazy promise is what is tested
      then: (_onValue: unknown, onError: (error: unknown) => void) => onError(failure),
    }
    await assert.rejects(Promise.resolve(follow(lazy, followed)), (error) => error === failure)
    assert.deepEqual(followed.told, ['failed'])
  })

  it('runs an async generator in the context of its span, to its end', async () => {
    const followed = span()
    async function* words() {
      yield followed.here()
      await new Promise(setImmediate)
      yield followed.here()
      return 'all'
    }
    const generator = words()
    const result = follow(generator, followed)
    assert.equal(result, generator)
    const seen: unknown[] = []
    for await (const word of result) {
      seen.push(word, followed.here())
      assert.deepEqual(followed.told, [])
    }
    assert.deepEqual(seen, ['inside', undefined, 'inside', undefined])
    assert.deepEqual(followed.told, ['ended'])
  })

  it('ends a generator that nobody reads to its end, when it is closed', async () => {
    const followed = span()
    async function* numbers() {
      for (let number = 0; ; number++) yield number
    }
    for await (const number of follow(numbers(), followed)) if (number === 2) break
    assert.deepEqual(followed.told, ['ended'])
  })

  it('fails with a generator, async or not, and the error is the same object', async () => {
    const [one, other] = [span(), span()]
    async function* breaking() {
      yield 1
      throw failure
    }
    function* breakingAtOnce() {
      yield 1
      throw failure
    }
    const isFailure = (error: unknown) => error === failure
    await assert.rejects(allOf(follow(breaking(), one)), isFailure)
    assert.throws(() => [...follow(breakingAtOnce(), other)], isFailure)
    assert.deepEqual([one.told, other.told], [['failed'], ['failed']])
  })

  it('follows the generator that a promise brings', async () => {
    const followed = span()
    async function* one() {
      yield followed.here()
    }
    const generator = await follow(Promise.resolve(one()), followed)
    assert.deepEqual(followed.told, [])
    assert.deepEqual(await allOf(generator), ['inside'])
    assert.deepEqual(followed.told, ['ended'])
  })

  it('ends with a stream, and once more when it has been read', async () => {
    const followed = span()
    const stream = Readable.from(['a', 'b'])
    assert.equal(follow(stream, followed), stream)
    assert.equal(followed.told.length, 1)
    assert.deepEqual(await allOf(stream), ['a', 'b'])
    assert.deepEqual(followed.told.slice(1), ['ended'])
  })

  it('leaves frozen things alone', async () => {
    const followed = span()
    const frozen = Object.freeze({
      next: () => ({ done: true, value: 1 }),
      [Symbol.iterator]() {
        return this
      },
    })
    assert.equal(follow(frozen, followed), frozen)
    assert.deepEqual(followed.told, ['ended'])
  })

  it('gives on what throws when it is looked at', () => {
    const followed = span()
    const touchy = new Proxy(
      {},
      {
        get: () => {
          throw failure
        },
        getPrototypeOf: () => {
          throw failure
        },
      },
    )
    assert.equal(follow(touchy, followed), touchy)
    assert.deepEqual(followed.told, ['ended'])
  })
})
