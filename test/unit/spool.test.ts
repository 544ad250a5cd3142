// Spool files: every byte comes back, whoever reads them; files go when they are not needed any more, and not before.

import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import { hasLeftCalls, Spool } from '../../profiler-agent/spool'
import { frameOf, framesInOne, partsOf, readFrame, readSpooled } from '../../profiler-agent/spooled-exchange'
import { exchangeCalled } from '../support/exchanges'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { until } from '../support/until'

describe('Spool', () => {
  let data: TestFolder
  const open: Spool[] = []
  beforeEach(() => {
    data = temporaryFolder('spool')
  })
  afterEach(() => {
    for (const spool of open.splice(0)) spool.close()
    data.remove()
  })

  function opened(): Spool {
    const spool = new Spool(data.path)
    open.push(spool)
    return spool
  }
  const folder = () => join(data.path, 'spool')
  const files = () => (existsSync(folder()) ? readdirSync(folder()) : [])
  const plain = (exchange: HttpExchange) => ({
    ...exchange,
    requestBody: Buffer.from(exchange.requestBody).toString('hex'),
    responseBody: Buffer.from(exchange.responseBody).toString('hex'),
  })

  it('gives back what was written', async () => {
    const exchanges = ['a', 'é', '日本 🌊', 'b'].map(exchangeCalled)
    const places = (await opened().write(exchanges)) ?? []
    assert.deepEqual(
      places.map((place) => plain(readSpooled(place))),
      exchanges.map(plain),
    )
  })

  it('is open to its user alone', async () => {
    await opened().write([exchangeCalled('a')])
    const [file = ''] = files()
    assert.equal(statSync(folder()).mode & 0o777, 0o700)
    assert.equal(statSync(join(folder(), file)).mode & 0o777, 0o600)
  })

  it('leaves what a process that is gone did not get stored to one other, and not to itself', async () => {
    const first = opened()
    const [a] = (await first.write(['a', 'b'].map(exchangeCalled))) ?? []
    assert.ok(a)
    first.release(a)
    assert.equal(hasLeftCalls(data.path), false)
    first.close()
    assert.equal(hasLeftCalls(data.path), true)
    const taken = opened().takeOver()
    assert.deepEqual(
      taken.map(({ id, runId }) => [id, runId]),
      [
        ['a', 'r'],
        ['b', 'r'],
      ],
    )
    assert.deepEqual(
      taken.map((place) => readSpooled(place).id),
      ['a', 'b'],
    )
    assert.deepEqual(opened().takeOver(), [])
  })

  it('removes a file when everything in it is stored, and keeps what another left where nothing is stored for good', async () => {
    const first = opened()
    await first.write([exchangeCalled('a')])
    first.close()
    const second = opened()
    second.keepsLeft = true
    for (const place of second.takeOver()) second.release(place)
    const [kept] = files()
    assert.ok(kept)
    const [b] = (await second.write([exchangeCalled('b')])) ?? []
    assert.ok(b)
    second.release(b)
    await until('the file is gone', () => files().length === 1)
    assert.deepEqual(files(), [kept])
  })

  it('passes over what a process had not written to the end when it died', async () => {
    const first = opened()
    await first.write([exchangeCalled('a')])
    first.close()
    const [file = ''] = files()
    appendFileSync(join(folder(), file), framesInOne([frameOf(exchangeCalled('b'))]).subarray(0, 100))
    assert.deepEqual(
      opened()
        .takeOver()
        .map(({ id }) => id),
      ['a'],
    )
  })

  it('leaves alone what belongs to a process that lives, and what is none of ours', async () => {
    const first = opened()
    await first.write([exchangeCalled('a')])
    first.close()
    const [file = ''] = files()
    renameSync(join(folder(), file), join(folder(), `${process.ppid}-1-00000000`))
    appendFileSync(join(folder(), 'notes.txt'), 'mine')
    assert.equal(hasLeftCalls(data.path), false)
    assert.deepEqual(opened().takeOver(), [])
  })

  it('says that it cannot write, and throws nothing', async () => {
    appendFileSync(folder(), 'a file in its place')
    assert.equal(await opened().write([exchangeCalled('a')]), undefined)
    assert.deepEqual(opened().takeOver(), [])
    assert.equal(hasLeftCalls(data.path), false)
  })

  it('reads any bytes without a throw, and whole frames as they are', () => {
    const property = fc.property(
      fc.uint8Array(),
      fc.uint8Array(),
      fc.uint8Array(),
      (request, reply, tail) => {
        const exchange = { ...exchangeCalled('a'), requestBody: request, responseBody: reply }
        const written = frameOf(exchange)
        assert.deepEqual(Buffer.concat(partsOf(written)), framesInOne([written]))
        const whole = Buffer.concat([framesInOne([written]), tail])
        const frame = readFrame(whole, 0)
        assert.ok(frame)
        assert.deepEqual(plain(frame.exchange), plain(exchange))
        assert.doesNotThrow(() => readFrame(whole, frame.length))
        assert.equal(readFrame(whole.subarray(0, frame.length - 1), 0), undefined)
      },
    )
    fc.assert(property)
  })
})
