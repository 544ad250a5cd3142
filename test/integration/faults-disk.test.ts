// A store that cannot be written, read or understood, from the start or in the middle of the work: every call passes, nothing
// is lost without a word, and what waits is written when it can be.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openStore } from '../../profiler-agent/store/store'
import { nodeWithFileLimit, readOnlyFile, readOnlyFolder, smallDisk } from '../support/fault-disk'
import { inTrial } from '../support/fault-trial'
import { type FaultUpstream, startFaultUpstream } from '../support/fault-upstream'
import { skip } from '../support/skip'
import { type TestFolder, temporaryFolder } from '../support/test-folders'

const STORE = 'costflame.db'
const CANNOT_WRITE = /the store cannot be written/
const KEPT_IN_MEMORY = /kept in memory until the store can be written/
const WRITTEN_AGAIN = /can be written again; nothing was lost/
const MB = 1024 * 1024

/** So much text that no two calls share, so that a small disk is soon full. */
function newText(): string {
  return Array.from({ length: 4000 }, () => Math.random().toString(36).slice(2)).join(' ')
}

describe('faults: a full disk', () => {
  let upstream: FaultUpstream
  let folder: TestFolder
  before(async () => {
    upstream = await startFaultUpstream()
  })
  after(() => upstream.close())
  beforeEach(() => {
    folder = temporaryFolder('disk')
  })
  afterEach(() => folder.remove())

  it('in the middle, with room again later: what waited is written', async function () {
    const disk = smallDisk(folder.path, 32 * MB)
    if (!disk)
      skip(this, 'this user may not mount a small disk; the limit on file sizes below is tried instead')
    try {
      const ballast = join(folder.path, 'ballast')
      writeFileSync(ballast, Buffer.alloc(30 * MB))
      await inTrial({ upstream: upstream.url, data: folder.path }, async (trial) => {
        const full = trial.says(CANNOT_WRITE)
        for (let n = 0; n < 10; n++) await trial.calls(8, { padding: newText() })
        await full
        rmSync(ballast)
        await trial.says(WRITTEN_AGAIN)
        await trial.calls(4)
        await trial.stop()
        trial.judge({ fault: 'the disk is full, and has room again later', how: disk.how })
        assert.equal(trial.absent, 0)
      })
    } finally {
      disk.end()
    }
  })

  it('to the end: the loss is said', async function () {
    const disk = smallDisk(folder.path, 4 * MB)
    if (!disk)
      skip(this, 'this user may not mount a small disk; the limit on file sizes below is tried instead')
    try {
      await inTrial({ upstream: upstream.url, data: folder.path }, async (trial) => {
        for (let n = 0; n < 10; n++) await trial.calls(8, { padding: newText() })
        await trial.stop()
        trial.judge({ fault: 'the disk is full to the end', how: disk.how })
      })
    } finally {
      disk.end()
    }
  })

  it('from the start', async function () {
    const disk = smallDisk(folder.path, 1 * MB)
    if (!disk)
      skip(this, 'this user may not mount a small disk; the limit on file sizes below is tried instead')
    try {
      const prepare = () => fill(join(folder.path, 'ballast'))
      await inTrial({ upstream: upstream.url, data: folder.path, prepare }, async (trial) => {
        await trial.says(KEPT_IN_MEMORY)
        await trial.calls(8)
        rmSync(join(folder.path, 'ballast'))
        await trial.says(WRITTEN_AGAIN)
        await trial.calls(8)
        await trial.stop()
        trial.judge({ fault: 'the disk is full from the start, and has room later', how: disk.how })
        assert.equal(trial.absent, 0)
      })
    } finally {
      disk.end()
    }
  })

  it('files that may grow no further: the loss is said', () =>
    inTrial(
      {
        upstream: upstream.url,
        data: join(folder.path, 'data'),
        launcher: nodeWithFileLimit(folder.path, 2000),
      },
      async (trial) => {
        for (let n = 0; n < 10; n++) await trial.calls(8, { padding: newText() })
        await trial.stop()
        trial.judge({ fault: 'files may grow no further', how: '`RLIMIT_FSIZE`' })
      },
    ))
})

/** Writes until nothing fits any more. */
function fill(file: string): void {
  for (let size = MB; size >= 1; size = Math.floor(size / 2))
    try {
      writeFileSync(file, Buffer.alloc(size), { flag: 'a' })
    } catch {
      // Full for this size; a smaller one may still fit.
    }
}

describe('faults: a store that may not be written', () => {
  let upstream: FaultUpstream
  let folder: TestFolder
  before(async () => {
    upstream = await startFaultUpstream()
  })
  after(() => upstream.close())
  beforeEach(() => {
    folder = temporaryFolder('disk')
    openStore(folder.path).close()
  })
  afterEach(() => folder.remove())

  it('a read-only folder from the start', async function () {
    const folderIs = readOnlyFolder(folder.path)
    if (!folderIs) skip(this, 'this user can write everywhere and may not mount')
    try {
      await inTrial({ upstream: upstream.url, data: folder.path }, async (trial) => {
        await trial.calls(8)
        await trial.stop()
        trial.judge({
          fault: 'the data folder is read-only from the start',
          how: folderIs.how,
          isSound: false,
        })
      })
    } finally {
      folderIs.end()
    }
  })

  it('a read-only folder from the start, which may be written later', async function () {
    const folderIs = readOnlyFolder(folder.path)
    if (!folderIs) skip(this, 'this user can write everywhere and may not mount')
    try {
      await inTrial({ upstream: upstream.url, data: folder.path }, async (trial) => {
        await trial.says(KEPT_IN_MEMORY)
        await trial.calls(8)
        await trial.announced()
        folderIs.end()
        await trial.says(WRITTEN_AGAIN)
        await trial.calls(8)
        await trial.stop()
        trial.judge({
          fault: 'the data folder is read-only from the start, and may be written later',
          how: folderIs.how,
        })
        assert.equal(trial.absent, 0)
      })
    } finally {
      folderIs.end()
    }
  })

  it('a read-only file from the start, and room just before the end', async function () {
    const file = readOnlyFile(join(folder.path, STORE))
    if (!file) skip(this, 'this user can write everywhere, and the file system has no immutable flag')
    try {
      await inTrial({ upstream: upstream.url, data: folder.path }, async (trial) => {
        await trial.says(KEPT_IN_MEMORY)
        await trial.calls(8)
        await trial.announced()
        file.end()
        await trial.stop()
        trial.judge({ fault: 'the store is read-only until the profiler ends', how: file.how })
        assert.equal(trial.absent, 0)
      })
    } finally {
      file.end()
    }
  })

  it('a read-only file from the start', async function () {
    const file = readOnlyFile(join(folder.path, STORE))
    if (!file) skip(this, 'this user can write everywhere, and the file system has no immutable flag')
    try {
      await inTrial({ upstream: upstream.url, data: folder.path }, async (trial) => {
        await trial.calls(8)
        await trial.stop()
        trial.judge({ fault: 'the store is read-only from the start', how: file.how })
      })
    } finally {
      file.end()
    }
  })

  it('a file that is read-only for a while', async function () {
    await inTrial({ upstream: upstream.url, data: folder.path }, async (trial) => {
      await trial.calls(8)
      await trial.announced()
      const files = [STORE, `${STORE}-wal`].flatMap((name) => readOnlyFile(join(folder.path, name)) ?? [])
      const [first] = files
      if (!first) skip(this, 'this user can write everywhere, and the file system has no immutable flag')
      await trial.calls(8)
      for (const file of files) file.end()
      await trial.calls(8)
      await trial.stop()
      trial.judge({ fault: 'the store is read-only for a while', how: first.how })
    })
  })
})

describe('faults: a store that cannot be read', () => {
  let upstream: FaultUpstream
  let folder: TestFolder
  before(async () => {
    upstream = await startFaultUpstream()
  })
  after(() => upstream.close())
  beforeEach(() => {
    folder = temporaryFolder('disk')
  })
  afterEach(() => folder.remove())

  const damages: Record<string, (file: string) => void> = {
    'random bytes': (file) => writeFileSync(file, randomBytes(40_000)),
    'cut off in the middle': (file) => {
      filledStore(file)
      truncateSync(file, Math.floor(readFileSync(file).length / 2))
    },
    'random pages in the middle': (file) => {
      filledStore(file)
      writeFileSync(file, withNoise(readFileSync(file)))
    },
    empty: (file) => writeFileSync(file, ''),
    'a folder in its place': (file) => mkdirSync(file),
    'of a newer version': (file) => {
      filledStore(file)
      const database = new DatabaseSync(file)
      database.exec('PRAGMA user_version = 99')
      database.close()
    },
  }
  for (const [what, damage] of Object.entries(damages)) {
    it(`${what}: calls pass`, () =>
      inTrial(
        { upstream: upstream.url, data: folder.path, prepare: (data) => damage(join(data, STORE)) },
        async (trial) => {
          await trial.calls(8)
          await trial.stop()
          trial.judge({ fault: `the store is ${what}`, isSound: what === 'empty' })
        },
      ))
  }

  it('overwritten in the middle of the work: calls pass', () =>
    inTrial({ upstream: upstream.url, data: folder.path }, async (trial) => {
      await trial.calls(20)
      await trial.announced()
      const file = join(folder.path, STORE)
      writeFileSync(file, withNoise(readFileSync(file)))
      await trial.calls(20)
      await trial.stop()
      trial.judge({ fault: 'the store is overwritten in the middle of the work', isSound: false })
    }))

  it('deleted in the middle of the work: calls pass', () =>
    inTrial({ upstream: upstream.url, data: folder.path }, async (trial) => {
      await trial.calls(20)
      await trial.announced()
      for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder.path, STORE + suffix), { force: true })
      await trial.calls(20)
      await trial.stop()
      trial.judge({ fault: 'the store is deleted in the middle of the work' })
    }))
})

function filledStore(file: string): void {
  const store = openStore(join(file, '..'))
  const contents = Array.from({ length: 200 }, (_, n) => ({ hash: `${n}`, text: newText().slice(0, 3000) }))
  store.addRun({ id: 'old', name: 'old', startedAt: 0, tags: {}, defaults: {} })
  store.write('old', { spans: [], contents }, 0)
  store.close()
}

/** Keeps the first page, so that it still looks like a store. */
function withNoise(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, 4096), randomBytes(Math.max(0, bytes.length - 4096))])
}
