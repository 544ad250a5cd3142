// Anchors of places in the code: kept with their run, gone with it, and added to a store of before.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CodeAnchor } from '../../../profiler-agent/model/code-anchor'
import type { Finding } from '../../../profiler-agent/model/finding'
import type { RunRecord } from '../../../profiler-agent/model/record'
import { placeKey, readAnchors } from '../../../profiler-agent/store/anchor-rows'
import { readAnchoredFindings, readFindings, readRun } from '../../../profiler-agent/store/reader'
import { RememberingStore } from '../../../profiler-agent/store/remembering-store'
import { STORE_VERSION, versionOf } from '../../../profiler-agent/store/schema'
import { openInMemory, openStore, STORE_FILE, type Store } from '../../../profiler-agent/store/store'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'

const run: RunRecord = { id: 'r', name: 'node desk.mjs', startedAt: 1_000, tags: {}, defaults: {} }

const anchor: CodeAnchor = { code: '3.a.b', before: ['1', '2'], after: [], function: 'answer' }
const other: CodeAnchor = { code: '9.c.d', before: [], after: ['4'] }

describe('store/anchor-rows', () => {
  let folder: TestFolder
  let store: Store
  beforeEach(() => {
    folder = temporaryFolder('anchors')
    store = openStore(folder.path)
    store.addRun(run)
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  it('gives what was kept, by file, line and column', () => {
    store.keepAnchors('r', [
      { file: 'desk.mjs', line: 4, column: 9, anchor },
      { file: 'desk.mjs', line: 4, anchor: other },
    ])
    const kept = readAnchors(store, 'r')
    assert.deepEqual(kept.get(placeKey({ file: 'desk.mjs', line: 4, column: 9 })), anchor)
    assert.deepEqual(kept.get(placeKey({ file: 'desk.mjs', line: 4 })), other)
    assert.equal(kept.size, 2)
  })

  it('keeps the anchor that was taken first, and says that the run changed', () => {
    const before = readRun(store, 'r')?.revision ?? 0
    store.keepAnchors('r', [{ file: 'desk.mjs', line: 4, anchor }])
    store.keepAnchors('r', [{ file: 'desk.mjs', line: 4, anchor: other }])
    assert.deepEqual([...readAnchors(store, 'r').values()], [anchor])
    assert.equal(readRun(store, 'r')?.revision, before + 2)
  })

  it('has none for a run that is not there', () => {
    store.keepAnchors('nobody', [{ file: 'desk.mjs', line: 4, anchor }])
    assert.equal(readAnchors(store, 'nobody').size, 0)
  })

  it('removes them with their run', () => {
    store.keepAnchors('r', [{ file: 'desk.mjs', line: 4, anchor }])
    store.deleteRuns(['r'])
    assert.equal(store.prepare('SELECT count(*) AS count FROM anchors').get()?.count, 0)
  })

  it('adds its table to a store of version 3, and nothing else changes', () => {
    store.close()
    const old = new DatabaseSync(join(folder.path, STORE_FILE))
    old.exec('DROP TABLE anchors; PRAGMA user_version = 3')
    old.close()
    store = openStore(folder.path)
    assert.equal(versionOf(store.database), STORE_VERSION)
    assert.equal(readRun(store, 'r')?.name, 'node desk.mjs')
    store.keepAnchors('r', [{ file: 'desk.mjs', line: 4, anchor }])
    assert.equal(readAnchors(store, 'r').size, 1)
  })

  it('brings them along from a store in memory', () => {
    const memory = openInMemory((database) => new RememberingStore(database))
    memory.addRun({ ...run, id: 'm' })
    memory.keepAnchors('m', [{ file: 'desk.mjs', line: 4, anchor }])
    memory.repeatIn(store)
    memory.close()
    assert.deepEqual([...readAnchors(store, 'm').values()], [anchor])
  })

  it('keeps those of findings for the editor, and tells nobody else', () => {
    const location = { file: 'desk.mjs', line: 4, column: 9, anchor }
    const finding: Finding = {
      ...{ id: 'f', rule: 'waste/output', severity: 'warning', message: 'm', runId: 'r', spanIds: [] },
      ...{ evidence: {}, location, relatedLocations: [{ ...location, message: 'The call' }] },
    }
    store.writeFindings('r', [finding])
    assert.deepEqual(readAnchoredFindings(store, 'r'), [finding])
    const { anchor: _, ...place } = location
    assert.deepEqual(readFindings(store, 'r'), [
      { ...finding, location: place, relatedLocations: [{ ...place, message: 'The call' }] },
    ])
  })
})
