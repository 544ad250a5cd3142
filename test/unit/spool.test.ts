// Spool files: every byte comes back, whoever reads them; files go when they are not needed any more, and not before.

import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ExchangeMemory, partsOf } from '../../profiler-agent/exchange-memory'
import { hasLeftCalls, Spool } from '../../profiler-agent/spool'
import { readSpooled } from '../../profiler-agent/waiting-exchange'
import { exchangeCalled, plainExchange } from '../support/exchanges'
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
  const packed = (id: string) => new ExchangeMemory().pack(exchangeCalled(id))

  it('gives back what was written', async () => {
    const long = { ...exchangeCalled('long'), requestBody: new Uint8Array(200_000).fill(7) }
    const exchanges = [...['a', 'é', '日本 🌊'].map(exchangeCalled), long, exchangeCalled('b')]
    const memory = new ExchangeMemory()
    const places = (await opened().write(exchanges.map((each) => memory.pack(each)))) ?? []
    assert.deepEqual(
      places.map((place) => plainExchange(readSpooled(place))),
      exchanges.map(plainExchange),
    )
  })

  it('is open to its user alone', async () => {
    await opened().write([packed('a')])
    const [file = ''] = files()
    assert.equal(statSync(folder()).mode & 0o777, 0o700)
    assert.equal(statSync(join(folder(), file)).mode & 0o777, 0o600)
  })

  it('leaves what a process that is gone did not get stored to one other, and not to itself', async () => {
    const first = opened()
    const [a] = (await first.write(['a', 'b'].map(packed))) ?? []
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
    await first.write([packed('a')])
    first.close()
    const second = opened()
    second.keepsLeft = true
    for (const place of second.takeOver()) second.release(place)
    const [kept] = files()
    assert.ok(kept)
    const [b] = (await second.write([packed('b')])) ?? []
    assert.ok(b)
    second.release(b)
    await until('the file is gone', () => files().length === 1)
    assert.deepEqual(files(), [kept])
  })

  it('passes over what a process had not written to the end when it died', async () => {
    const first = opened()
    await first.write([packed('a')])
    first.close()
    const [file = ''] = files()
    appendFileSync(join(folder(), file), Buffer.concat(partsOf([packed('b')])).subarray(0, 100))
    assert.deepEqual(
      opened()
        .takeOver()
        .map(({ id }) => id),
      ['a'],
    )
  })

  it('leaves alone what belongs to a process that lives, and what is none of ours', async () => {
    const first = opened()
    await first.write([packed('a')])
    first.close()
    const [file = ''] = files()
    renameSync(join(folder(), file), join(folder(), `${process.ppid}-1-00000000`))
    appendFileSync(join(folder(), 'notes.txt'), 'mine')
    assert.equal(hasLeftCalls(data.path), false)
    assert.deepEqual(opened().takeOver(), [])
  })

  it('says that it cannot write, and throws nothing', async () => {
    appendFileSync(folder(), 'a file in its place')
    assert.equal(await opened().write([packed('a')]), undefined)
    assert.deepEqual(opened().takeOver(), [])
    assert.equal(hasLeftCalls(data.path), false)
  })
})
