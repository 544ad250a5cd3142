// Old runs and the oldest of too many go; what others still need stays; the file gets smaller.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { HashedBlock, SpanRecord } from '../../../profiler-agent/model/record'
import { DEFAULT_RETENTION } from '../../../profiler-agent/model/retention'
import { fileBytes, freedBytes, removeRuns, runsToPrune } from '../../../profiler-agent/store/prune'
import { readContent, readRuns, type StoredRun } from '../../../profiler-agent/store/reader'
import { openStore, STORE_FILE, type Store } from '../../../profiler-agent/store/store'
import { modelCallOf } from '../../support/spans'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'

const NOW = Date.parse('2026-11-22T10:00:00.000Z')
const DAY = 24 * 60 * 60 * 1000

/** Text that takes 0.8 bytes a character however it is packed. */
function noise(characters: number, seed: number): string {
  let state = seed + 1
  const codes = Array.from({ length: characters }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return 33 + Math.floor((state / 2 ** 32) * 85)
  })
  return codes.map((code) => String.fromCharCode(code)).join('')
}

describe('store/prune', () => {
  let folder: TestFolder
  let store: Store
  beforeEach(() => {
    folder = temporaryFolder('prune')
    store = openStore(folder.path)
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  /** A run whose only call has these texts in its prompt; recorded so many days ago. */
  function add(id: string, daysAgo: number, texts: readonly string[], startedAt = NOW): void {
    store.addRun({ id, name: id, startedAt, tags: {}, defaults: {} })
    const prompt: HashedBlock[] = texts.map((text, index) => ({
      path: `messages[${index}]`,
      kind: 'user',
      hash: hashOf(text),
    }))
    const { segments: _, ...modelCall } = modelCallOf({})
    const span: SpanRecord = {
      ...{
        id: `${id}.call`,
        runId: id,
        parentBasis: 'none',
        kind: 'chat',
        name: 'chat',
        status: 'ok',
        attributes: {},
      },
      ...{ startedAt, endedAt: startedAt + 5, call: { modelCall, prompt, reply: [] } },
    }
    store.write(
      id,
      { spans: [span], contents: texts.map((text) => ({ hash: hashOf(text), text })) },
      startedAt + 5,
    )
    store.database.prepare('UPDATE runs SET stored_at = ? WHERE id = ?').run(NOW - daysAgo * DAY, id)
  }
  const hashOf = (text: string) => hash('sha256', text)
  const going = (said: Partial<Parameters<typeof runsToPrune>[1]> = {}) =>
    runsToPrune(store, { retention: DEFAULT_RETENTION, now: NOW, isLive: () => false, ...said }).map(
      ({ id }) => id,
    )

  it('lets go of runs that nobody touched for 30 days', () => {
    add('old', 30.1, ['a'])
    add('young', 29.9, ['b'])
    assert.deepEqual(going(), ['old'])
    assert.deepEqual(going({ retention: { ...DEFAULT_RETENTION, days: 10 } }), ['old', 'young'])
    assert.deepEqual(going({ retention: { ...DEFAULT_RETENTION, days: 31 } }), [])
  })

  it('counts what was imported from its import on', () => {
    add('imported', 1, ['a'], NOW - 900 * DAY)
    assert.deepEqual(going(), [])
  })

  it('never lets go of a run that goes on', () => {
    add('live', 90, ['a'])
    add('over', 90, ['b'])
    const isLive = ({ id }: StoredRun) => id === 'live'
    assert.deepEqual(going({ isLive }), ['over'])
    assert.deepEqual(going({ isLive, retention: { days: 0, maxBytes: 0 } }), ['over'])
  })

  it('lets go of the oldest until the rest fits', () => {
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) add(id, 8 - index, [noise(100_000, index)])
    const bytes = fileBytes(store)
    assert.deepEqual(going({ retention: { days: 30, maxBytes: bytes } }), [])
    assert.deepEqual(going({ retention: { days: 30, maxBytes: bytes - 50_000 } }), ['a'])
    assert.deepEqual(going({ retention: { days: 30, maxBytes: bytes - 150_000 } }), ['a', 'b'])
    assert.deepEqual(going({ retention: { days: 7.5, maxBytes: bytes - 150_000 } }), ['a', 'b'])
    assert.deepEqual(going({ retention: { days: 30, maxBytes: 0 } }), ['a', 'b', 'c', 'd'])
  })

  it('knows what comes back: content that others need does not', () => {
    const shared = noise(200_000, 1)
    add('first', 3, [shared, noise(50_000, 2)])
    add('second', 2, [shared])
    const [first = 0, both = 0] = freedBytes(store, ['first', 'second'])
    assert.ok(first > 39_000 && first < 45_000, String(first))
    assert.ok(both > 195_000 && both < 210_000, String(both))
  })

  it('gives the room back and keeps what others need', () => {
    const shared = noise(200_000, 1)
    add('first', 3, [shared, noise(1_000_000, 2)])
    add('second', 2, [shared])
    store.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const path = join(folder.path, STORE_FILE)
    const before = statSync(path).size
    const bytes = removeRuns(store, ['first'])
    assert.equal(bytes, before - statSync(path).size)
    assert.ok(bytes > 780_000 && bytes < 850_000, String(bytes))
    assert.equal(readContent(store, hashOf(shared)), shared)
    assert.equal(readContent(store, hashOf(noise(1_000_000, 2))), undefined)
    assert.deepEqual(
      readRuns(store).map(({ id }) => id),
      ['second'],
    )
    assert.equal(store.database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  })

  it('gives room back from a file that could not, too', () => {
    store.database.exec('PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM')
    add('old', 3, [noise(1_000_000, 2)])
    assert.ok(removeRuns(store, ['old']) > 780_000)
    assert.equal(store.prepare('PRAGMA auto_vacuum').get()?.auto_vacuum, 2)
  })

  it('lets others read and write meanwhile', () => {
    add('old', 3, [noise(3_000_000, 2)])
    add('new', 1, ['n'])
    const other = openStore(folder.path)
    const reading = other.database.prepare('SELECT id FROM runs ORDER BY id').iterate()
    assert.deepEqual({ ...reading.next().value }, { id: 'new' })
    removeRuns(store, ['old'])
    assert.deepEqual({ ...reading.next().value }, { id: 'old' })
    assert.equal(reading.next().done, true)
    assert.equal(store.prepare('PRAGMA busy_timeout').get()?.timeout, 5000)
    other.addRun({ id: 'more', name: 'more', startedAt: NOW, tags: {}, defaults: {} })
    other.close()
  })
})
