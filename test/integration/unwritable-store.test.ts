// `report`, `export` and `runs list` on a store in a folder that may not be written, whichever Costflame wrote it and however it ended.

import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openStore } from '../../profiler-agent/store/store'
import { Playground } from '../support/costflame'
import { type Condition, readOnlyFolder } from '../support/fault-disk'
import { inRepository } from '../support/repository'
import { skip } from '../support/skip'

const FILE = 'costflame.db'
const RUN = { id: 'kept-run', name: 'node kept.mjs', startedAt: 1_795_341_609_000, tags: {}, defaults: {} }

/** What writes a store into a folder; each holds one run. */
const STORES: Readonly<Record<string, (folder: string) => void>> = {
  'a version 1 file': (folder) => {
    const database = new DatabaseSync(join(folder, FILE))
    database.exec(readFileSync(inRepository('test', 'fixtures', 'store', 'version-1.sql'), 'utf8'))
    database.close()
  },
  'a version 1 file that writes ahead': (folder) => {
    const database = new DatabaseSync(join(folder, FILE))
    database.exec(readFileSync(inRepository('test', 'fixtures', 'store', 'version-1.sql'), 'utf8'))
    database.exec('PRAGMA journal_mode = WAL')
    database.close()
  },
  'a file that was closed in order': (folder) => {
    const store = openStore(folder)
    store.addRun(RUN)
    store.close()
  },
  'a file whose profiler was killed': (folder) => {
    const elsewhere = join(folder, 'elsewhere')
    const store = openStore(elsewhere)
    store.addRun(RUN)
    // What is written ahead is not in the file yet.
    for (const name of [FILE, `${FILE}-wal`]) copyFileSync(join(elsewhere, name), join(folder, name))
    store.close()
  },
}

describe('a store in a folder that may not be written', () => {
  let playground: Playground
  let condition: Condition | undefined
  beforeEach(() => {
    playground = new Playground()
    mkdirSync(playground.data)
  })
  afterEach(() => {
    condition?.end()
    condition = undefined
    playground.remove()
  })

  for (const [what, make] of Object.entries(STORES))
    it(`is read: ${what}`, async function () {
      make(playground.data)
      condition = readOnlyFolder(playground.data)
      if (!condition) skip(this, 'this user can write everywhere and may not mount')
      const before = readdirSync(playground.data)
      const temporary = join(playground.path, 'temporary')
      mkdirSync(temporary)
      const answers = []
      for (const args of [['runs', 'list', '--json'], ['report', '--json'], ['export']]) {
        const { code, stdout, stderr } = await playground.run(args, { TMPDIR: temporary })
        assert.equal(code, 0, stderr)
        answers.push(JSON.parse(stdout))
      }
      const isOld = what.includes('version 1')
      const [list, report, exported] = answers
      const name = isOld ? 'node agent.mjs' : RUN.name
      assert.deepEqual(
        [list.runs.map((run: { name: string }) => run.name), exported.runs[0].name],
        [[name], name],
      )
      assert.equal(report.totals.runs, 1)
      assert.equal(report.totals.cost?.picoUsd ?? 0, isOld ? 13_000_000 : 0)
      const left = readdirSync(temporary).filter((name) => name !== 'node-compile-cache')
      assert.deepEqual([readdirSync(playground.data), left], [before, []])
    })

  it('is named where it cannot be read, with what to do', async function () {
    STORES['a version 1 file']?.(playground.data)
    condition = readOnlyFolder(playground.data)
    if (!condition) skip(this, 'this user can write everywhere and may not mount')
    const { code, stderr } = await playground.run(['report'], {
      TMPDIR: '/dev/null',
    })
    assert.equal(code, 2)
    assert.match(stderr, /the store in .* cannot be written, .* Copy the folder .* --data/)
  })
})
