// `costflame python-api` writes one file, and never over what a user wrote.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Io } from '../../../profiler-agent/cli/io'
import { pythonApi } from '../../../profiler-agent/cli/python-api'
import { type TestFolder, temporaryFolder, writeFiles } from '../../support/test-folders'

describe('costflame python-api', () => {
  let folder: TestFolder
  let out: PassThrough

  beforeEach(() => {
    folder = temporaryFolder('python-api')
    out = new PassThrough()
    writeFiles(folder.path, { 'assets/costflame.py': 'API = 1\n' })
    mkdirSync(join(folder.path, 'project', 'src'), { recursive: true })
  })
  afterEach(() => folder.remove())

  const io = (version = '1.2.3'): Io => ({
    env: {},
    cwd: join(folder.path, 'project'),
    stdout: out,
    stderr: out,
    stdin: new PassThrough(),
    assets: join(folder.path, 'assets'),
    version,
    onSignal: () => () => undefined,
  })
  const target = () => join(folder.path, 'project', 'src', 'costflame.py')
  const said = () => String(out.read() ?? '').split('\n')[0]

  it('writes the file into the folder, and says so', async () => {
    assert.equal(await pythonApi(io(), 'src', {}), 0)
    assert.equal(said(), `Wrote ${join('src', 'costflame.py')}.`)
    assert.match(readFileSync(target(), 'utf8'), /^API = 1\n\n# costflame 1\.2\.3 sha256:[0-9a-f]{64}\n$/)
  })

  it('without a folder writes into the current one', async () => {
    await pythonApi(io(), undefined, {})
    assert.equal(said(), 'Wrote costflame.py.')
    assert.ok(existsSync(join(folder.path, 'project', 'costflame.py')))
  })

  it('leaves a file alone that is as it would be', async () => {
    await pythonApi(io(), 'src', {})
    said()
    assert.equal(await pythonApi(io(), 'src', {}), 0)
    assert.equal(
      said(),
      `${join('src', 'costflame.py')} is already there, as this version of Costflame writes it.`,
    )
  })

  it('replaces a file of an earlier version that nobody changed, with any line ends', async () => {
    await pythonApi(io('1.0.0'), 'src', {})
    said()
    writeFiles(folder.path, {
      'project/src/costflame.py': readFileSync(target(), 'utf8').replaceAll('\n', '\r\n'),
    })
    assert.equal(await pythonApi(io('1.2.3'), 'src', {}), 0)
    assert.equal(said(), `Replaced ${join('src', 'costflame.py')}.`)
    assert.match(readFileSync(target(), 'utf8'), /# costflame 1\.2\.3/)
  })

  for (const [what, text] of [
    ['that was changed', 'API = 2\n\n# costflame 1.2.3 sha256:'.concat('0'.repeat(64), '\n')],
    ['that is the user’s own', 'def cost(): ...\n'],
    ['that is empty', ''],
  ] as const)
    it(`refuses to write over a file ${what}, unless told to`, async () => {
      writeFiles(folder.path, { 'project/src/costflame.py': text })
      await assert.rejects(pythonApi(io(), 'src', {}), { name: 'UsageError', message: /--force/ })
      assert.equal(readFileSync(target(), 'utf8'), text)
      assert.equal(await pythonApi(io(), 'src', { force: true }), 0)
      assert.match(readFileSync(target(), 'utf8'), /^API = 1\n/)
    })

  it('asks for a folder that is there', async () => {
    await assert.rejects(pythonApi(io(), 'nowhere', {}), { name: 'UsageError', message: /no such folder/ })
  })
})
