// Where runs, budgets and the root of the user's code are looked for.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type Io, UsageError } from '../../../profiler-agent/cli/io'
import { budgetFile, dataFolder, prepareDataFolder, rootFolder } from '../../../profiler-agent/cli/places'
import { skip } from '../../support/skip'
import { type TestFolder, temporaryFolder, writeFiles } from '../../support/test-folders'

describe('places', () => {
  let folder: TestFolder
  beforeEach(() => {
    folder = temporaryFolder('places')
  })
  afterEach(() => folder.remove())

  const at = (cwd: string, env: Record<string, string> = {}): Io => ({
    env: { XDG_DATA_HOME: '/home/me/.local/share', ...env },
    cwd: join(folder.path, cwd),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    stdin: new PassThrough(),
    assets: '',
    version: '0',
    onSignal: () => () => undefined,
  })
  const make = (...paths: string[]) => {
    for (const path of paths) mkdirSync(join(folder.path, path), { recursive: true })
  }

  it('of runs: what the command line says, before the environment, before everything else', () => {
    make('repo/.costflame', 'repo/.git')
    const io = at('repo', { COSTFLAME_DATA: 'from-env' })
    assert.equal(dataFolder(io, 'named'), join(folder.path, 'repo/named'))
    assert.equal(dataFolder(io, undefined), join(folder.path, 'repo/from-env'))
    assert.equal(dataFolder(at('repo'), undefined), join(folder.path, 'repo/.costflame/data'))
  })

  it('of runs: the nearest .costflame upward, before the root of the repository', () => {
    make('repo/.git', 'repo/packages/a/.costflame', 'repo/packages/a/src', 'repo/packages/b')
    assert.equal(
      dataFolder(at('repo/packages/a/src'), undefined),
      join(folder.path, 'repo/packages/a/.costflame/data'),
    )
    assert.equal(dataFolder(at('repo/packages/b'), undefined), join(folder.path, 'repo/.costflame/data'))
  })

  it('of runs outside of any repository: the data folder of the user', function () {
    make('nowhere')
    if (process.platform !== 'linux') skip(this, 'the folder of the user is another one here')
    assert.equal(dataFolder(at('nowhere'), undefined), '/home/me/.local/share/costflame')
  })

  it('of code: the root of the repository', () => {
    make('repo/.git', 'repo/src')
    assert.equal(rootFolder(at('repo/src')), join(folder.path, 'repo'))
  })

  it('of the budget: the one that was named, which must exist', () => {
    writeFiles(folder.path, { 'repo/mine.jsonc': '{}' })
    assert.equal(budgetFile(at('repo'), 'mine.jsonc'), join(folder.path, 'repo/mine.jsonc'))
    assert.throws(() => budgetFile(at('repo'), 'other.jsonc'), UsageError)
  })

  it('of the budget: beside the runs, written yet or not', () => {
    make('repo/.git', 'repo/src')
    assert.equal(budgetFile(at('repo/src'), undefined), join(folder.path, 'repo/.costflame/budgets.jsonc'))
  })

  it('keep runs for their user and out of git', () => {
    const data = prepareDataFolder(join(folder.path, 'repo/.costflame/data'))
    assert.equal(statSync(data).mode & 0o777, 0o700)
    assert.equal(readFileSync(join(folder.path, 'repo/.costflame/.gitignore'), 'utf8'), 'data/\n')
  })

  it('leave a .gitignore alone that somebody wrote, and write none elsewhere', () => {
    writeFiles(folder.path, { 'repo/.costflame/.gitignore': 'mine\n' })
    prepareDataFolder(join(folder.path, 'repo/.costflame/data'))
    prepareDataFolder(join(folder.path, 'elsewhere/data'))
    assert.equal(readFileSync(join(folder.path, 'repo/.costflame/.gitignore'), 'utf8'), 'mine\n')
    assert.equal(existsSync(join(folder.path, 'elsewhere/.gitignore')), false)
  })

  it('say so below a folder where none can be made, instead of trying for ever', function () {
    if (!existsSync('/proc')) skip(this, 'this system has no /proc')
    assert.throws(() => prepareDataFolder('/proc/costflame/data'), /the data folder .* cannot be used/)
  })

  it('say which folder cannot be used', () => {
    writeFiles(folder.path, { file: '' })
    assert.throws(
      () => prepareDataFolder(join(folder.path, 'file/data')),
      /the data folder .*file\/data cannot be used/,
    )
  })
})
