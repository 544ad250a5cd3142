// Which announcements of profilers the extension believes: those of this user's own processes on this machine, and no file of a repository.

import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { liveProfilers } from '../../../../extension/profiler/data-folder'
import { announce } from '../../../../profiler-agent/live-file'
import { skip } from '../../../support/skip'
import { type TestFolder, temporaryFolder, writeFiles } from '../../../support/test-folders'

const READY = {
  event: 'ready' as const,
  version: '1.0.0',
  pid: process.pid,
  proxy: 'http://127.0.0.1:4000',
  feed: 'ws://127.0.0.1:4000/feed',
  token: 'token',
  otlp: 'http://127.0.0.1:4000/otlp',
  data: '/data',
}

describe('live profilers of a folder', () => {
  let folder: TestFolder
  beforeEach(() => {
    folder = temporaryFolder('live')
  })
  afterEach(() => folder.remove())

  const found = async () => (await liveProfilers(folder.path)).map(({ feed }) => feed)
  const plant = (ready: object, { pid = process.pid, mode = 0o600 } = {}) => {
    writeFiles(folder.path, { [`live/${pid}.json`]: JSON.stringify({ ...READY, ...ready }) })
    chmodSync(join(folder.path, 'live', `${pid}.json`), mode)
  }

  it('are those that announced themselves, until they take it back', async () => {
    assert.deepEqual(await found(), [])
    const withdraw = announce(folder.path, READY)
    assert.deepEqual(await found(), [READY.feed])
    withdraw()
    assert.deepEqual(await found(), [])
  })

  it('are not on another machine', async () => {
    for (const host of [
      'evil.example',
      '10.0.0.7',
      '127.0.0.1.evil.example',
      '[2001:db8::1]',
      'localhost.evil.example',
    ]) {
      plant({ feed: `wss://${host}/feed` })
      assert.deepEqual(await found(), [], host)
      plant({ proxy: `https://${host}` })
      assert.deepEqual(await found(), [], host)
    }
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '[::]']) {
      plant({ feed: `ws://${host}:4000/feed`, proxy: `http://${host}:4000` })
      assert.equal((await found()).length, 1, host)
    }
  })

  it('are not what came with a repository: git keeps no file for one user alone', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has no permission bits')
    for (const mode of [0o644, 0o664, 0o755, 0o640]) {
      plant({}, { mode })
      assert.deepEqual(await found(), [], mode.toString(8))
    }
  })

  it('are not a process that has gone, or another than the file says', async () => {
    plant({ pid: 2 ** 22 + 1 }, { pid: 2 ** 22 + 1 })
    plant({ pid: process.ppid }, { pid: process.pid })
    assert.deepEqual(await found(), [])
  })

  it('are not in a file that cannot be read as one', async () => {
    writeFiles(folder.path, {
      'live/1.json': '{',
      'live/2.json': '[]',
      'live/x.json.new': JSON.stringify(READY),
    })
    assert.deepEqual(await found(), [])
  })
})
