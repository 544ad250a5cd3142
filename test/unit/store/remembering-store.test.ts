// A store in memory that becomes a file later: everything it was told, in order, up to a bound.

import assert from 'node:assert/strict'
import type { SpanRecord } from '../../../profiler-agent/model/record'
import { readContent, readFindings, readRuns, readSpans } from '../../../profiler-agent/store/reader'
import { RememberingStore } from '../../../profiler-agent/store/remembering-store'
import { openInMemory, openStore, type Store } from '../../../profiler-agent/store/store'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'

const finding = {
  ...{ id: 'f', rule: 'cache/volatile-prefix', severity: 'info' as const, message: 'changes' },
  ...{ runId: 'r', spanIds: [], relatedLocations: [], evidence: {} },
}
const step = (id: string, runId = 'r'): SpanRecord => ({
  runId,
  ...{ id, kind: 'step', name: id, parentBasis: 'none', startedAt: 10, endedAt: 20 },
  ...{ status: 'ok', attributes: {} },
})

describe('RememberingStore', () => {
  let folder: TestFolder
  let file: Store
  const memoryOf = (maxBytes?: number) => openInMemory((database) => new RememberingStore(database, maxBytes))
  const fill = (memory: RememberingStore) => {
    for (const id of ['r', 'gone']) {
      memory.addRun({ id, name: `run ${id}`, startedAt: 1, tags: {}, defaults: {} })
      memory.write(
        id,
        { spans: [step(`${id}-1`, id)], contents: [{ hash: 'a'.repeat(64), text: 'where is it?' }] },
        20,
      )
      memory.writeFindings(id, [{ ...finding, runId: id }])
    }
    memory.endRun('r', 30)
    memory.deleteRuns(['gone'])
  }
  beforeEach(() => {
    folder = temporaryFolder('remembering')
    file = openStore(folder.path)
  })
  afterEach(() => {
    file.close()
    folder.remove()
  })

  it('gives a file what it was told, beside what the file has', () => {
    file.addRun({ id: 'before', name: 'before', startedAt: 0, tags: {}, defaults: {} })
    const memory = memoryOf()
    fill(memory)
    memory.repeatIn(file)
    assert.deepEqual(
      readRuns(file).map(({ id, name, endedAt }) => [id, name, endedAt]),
      [
        ['r', 'run r', 30],
        ['before', 'before', undefined],
      ],
    )
    assert.deepEqual(readSpans(file, 'r'), readSpans(memory, 'r'))
    assert.equal(readContent(file, 'a'.repeat(64)), 'where is it?')
    assert.deepEqual(readFindings(file, 'r'), [finding])
    assert.equal(memory.forgotten, 0)
  })

  it('gives all or nothing', () => {
    const memory = memoryOf()
    fill(memory)
    file
      .prepare(
        "CREATE TRIGGER no_end BEFORE UPDATE OF ended_at ON runs WHEN new.ended_at = 30 BEGIN SELECT RAISE(ABORT, 'full'); END",
      )
      .run()
    assert.throws(() => memory.repeatIn(file), /full/)
    assert.deepEqual(readRuns(file), [])
    file.prepare('DROP TRIGGER no_end').run()
    memory.repeatIn(file)
    assert.equal(readSpans(file, 'r').length, 1)
  })

  it('forgets what comes past its bound, and counts it', () => {
    const memory = memoryOf(10_000)
    fill(memory)
    memory.write('r', { spans: [], contents: [{ hash: 'b'.repeat(64), text: 'x'.repeat(6000) }] }, 20)
    memory.write('r', { spans: [step('r-3')], contents: [] }, 20)
    memory.repeatIn(file)
    assert.equal(memory.forgotten, 3)
    assert.deepEqual(
      readSpans(file, 'r').map(({ id }) => id),
      ['r-1'],
    )
  })
})
