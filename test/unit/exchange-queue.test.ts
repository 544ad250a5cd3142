// Exchanges that wait for the worker: in memory, or in a spool file.

import assert from 'node:assert/strict'
import { partsOf } from '../../profiler-agent/exchange-memory'
import { ExchangeQueue } from '../../profiler-agent/exchange-queue'
import { readCopied, type SpooledExchange } from '../../profiler-agent/waiting-exchange'
import { exchangeCalled } from '../support/exchanges'

describe('ExchangeQueue', () => {
  let released: string[]
  let queue: ExchangeQueue
  beforeEach(() => {
    released = []
    queue = new ExchangeQueue(({ id }) => released.push(id))
  })
  const idsOf = (exchanges: readonly { readonly id: string }[]) => exchanges.map(({ id }) => id)
  const placeOf = (id: string): SpooledExchange => ({ id, runId: 'r', fd: 3, at: 0, length: 100 })
  const written = (id: string) => queue.written([], [placeOf(id)])
  const ever = Number.POSITIVE_INFINITY

  it('gives what has waited long enough to be written, those with secrets never', () => {
    queue.add(exchangeCalled('a'))
    queue.add({ ...exchangeCalled('b'), secrets: ['k'] })
    queue.add(exchangeCalled('c'))
    assert.deepEqual(idsOf(queue.overdue(ever)), ['a', 'c'])
    assert.deepEqual(idsOf(queue.overdue(0)), [])
  })

  it('hands over the place of what lies in a file, in its turn, and releases it when it is stored', () => {
    for (const id of ['a', 'b']) queue.add(exchangeCalled(id))
    written('b')
    assert.deepEqual([queue.count, queue.inMemory, idsOf(queue.overdue(ever))], [2, 1, ['a']])
    const [first, second] = queue.take(ever, 64)
    assert.ok(first && 'frame' in first)
    assert.deepEqual(readCopied(first).url, exchangeCalled('a').url)
    assert.deepEqual(second, placeOf('b'))
    queue.remove(['a', 'b'])
    assert.deepEqual([queue.count, released], [0, ['b']])
  })

  it('releases what was stored while it was being written, and leaves its bytes alone until then', () => {
    queue.add(exchangeCalled('a'))
    const batch = queue.overdue(ever)
    const bytes = Buffer.concat(partsOf(batch))
    queue.take(ever, 64)
    queue.remove(['a'])
    queue.add(exchangeCalled('b'))
    assert.deepEqual(Buffer.concat(partsOf(batch)), bytes)
    queue.written(batch, [placeOf('a')])
    assert.deepEqual([queue.count, released], [1, ['a']])
  })

  it('keeps in memory what could not be written', () => {
    queue.add(exchangeCalled('a'))
    queue.written(queue.overdue(ever))
    assert.deepEqual([queue.inMemory, idsOf(queue.overdue(ever))], [1, ['a']])
  })

  it('drops the copy of a request, not the usage, where too much waits', () => {
    const requestBody = new Uint8Array(200 * 1024 * 1024)
    for (const id of ['a', 'b']) queue.add({ ...exchangeCalled(id), requestBody })
    const [first] = queue.take(ever, 1)
    queue.remove(['a'])
    const [second] = queue.take(ever, 1)
    assert.ok(first && 'frame' in first && second && 'frame' in second)
    assert.equal(readCopied(first).requestBody.length, requestBody.length)
    const { requestBody: dropped, responseBody, copyTruncated } = readCopied(second)
    assert.deepEqual([dropped.length, copyTruncated], [0, true])
    assert.deepEqual(Buffer.from(responseBody), Buffer.from(exchangeCalled('b').responseBody))
  })

  it('counts a handed-over exchange that was written meanwhile as handed over', () => {
    queue.add(exchangeCalled('a'))
    queue.take(ever, 64)
    written('a')
    assert.deepEqual(queue.take(ever, 64), [])
    queue.takeBack()
    assert.deepEqual(queue.take(ever, 64), [placeOf('a')])
  })

  it('hands over no more than is asked for', () => {
    for (const id of ['a', 'b', 'c']) queue.add(exchangeCalled(id))
    assert.deepEqual(queue.take(ever, 0), [])
    assert.deepEqual(idsOf(queue.take(ever, 2)), ['a', 'b'])
  })

  it('knows the oldest, and the oldest that is in no file', () => {
    assert.deepEqual(queue.oldest, { since: ever, inMemorySince: ever })
    for (const id of ['a', 'b']) queue.add(exchangeCalled(id))
    const { since, inMemorySince } = queue.oldest
    assert.equal(inMemorySince, since)
    for (const id of ['a', 'b']) written(id)
    assert.deepEqual(queue.oldest, { since, inMemorySince: ever })
  })
})
