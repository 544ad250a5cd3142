// The command of an escalation, as a real process: what it is told, and what becomes of it.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandEnvironment } from '../../../profiler-agent/escalation/command-environment'
import { runCommand } from '../../../profiler-agent/escalation/run-command'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'
import { until } from '../../support/until'

describe('escalation/run-command', () => {
  let folder: TestFolder
  const never = new AbortController().signal

  beforeEach(() => {
    folder = temporaryFolder('command')
  })
  afterEach(() => folder.remove())

  const script = (text: string): string => {
    const path = join(folder.path, 'notify.cjs')
    writeFileSync(path, text)
    return path
  }
  const run = (text: string, args: readonly string[] = [], input = '{}\n', timeoutMs = 30_000) =>
    runCommand([process.execPath, script(text), ...args], input, {
      ...{ cwd: folder.path, env: process.env, timeoutMs, signal: never },
    })
  const written = (name: string) => readFileSync(join(folder.path, name), 'utf8')

  it('hands the summary to its standard input, in the folder of the repository', async () => {
    const input = `{"schema":"costflame.escalation/1","text":"${'é'.repeat(100_000)}"}\n`
    const result = await run(
      `const { readFileSync, writeFileSync } = require('node:fs')
       writeFileSync('got.json', readFileSync(0))`,
      [],
      input,
    )
    assert.deepEqual(result, { ok: true, exitCode: 0 })
    assert.equal(written('got.json'), input)
  })

  it('starts it without a shell', async () => {
    const args = ['$HOME', '; touch hacked', '`id`', 'two words', '*']
    const result = await run(
      `require('node:fs').writeFileSync('args', JSON.stringify(process.argv.slice(2)))`,
      args,
    )
    assert.deepEqual(result, { ok: true, exitCode: 0 })
    assert.deepEqual(JSON.parse(written('args')), args)
  })

  it('says how it failed, with its last line', async () => {
    const result = await run(`console.error('no such queue:\\nsupport\\n'); process.exit(3)`)
    assert.deepEqual(result, { ok: false, exitCode: 3, error: 'it ended with exit code 3: support' })
  })

  it('says that it is not there, and that it may not be executed', async () => {
    const options = { cwd: folder.path, env: process.env, timeoutMs: 30_000, signal: never }
    assert.deepEqual(await runCommand(['no-such-program-of-ours'], '', options), {
      ...{ ok: false, error: 'no-such-program-of-ours is not found' },
    })
    const plain = script('')
    assert.deepEqual(await runCommand([plain], '', options), {
      ...{ ok: false, error: `${plain} may not be executed` },
    })
    const nul = await runCommand(['a\0b'], '', options)
    assert.match('error' in nul ? nul.error : '', /cannot be started/)
  })

  it('does not mind that it reads nothing', async () => {
    assert.deepEqual(await run('process.stdin.destroy()', [], 'x'.repeat(1_000_000)), {
      ok: true,
      exitCode: 0,
    })
  })

  it('ends it when it takes too long', async () => {
    assert.deepEqual(await run('setInterval(() => {}, 1000)', [], '{}\n', 1_000), {
      ok: false,
      error: 'it took longer than 1 s and was ended, with all that it had started',
    })
  })

  it('ends it with all that it started, where the profiler ends', async () => {
    const ending = new AbortController()
    const text = `const { spawn } = require('node:child_process')
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
       require('node:fs').writeFileSync('pids.new', process.pid + ' ' + child.pid)
       require('node:fs').renameSync('pids.new', 'pids')
       setInterval(() => {}, 1000)`
    const result = runCommand([process.execPath, script(text)], '', {
      ...{ cwd: folder.path, env: process.env, timeoutMs: 60_000, signal: ending.signal },
    })
    await until('both processes', () => existsSync(join(folder.path, 'pids')))
    ending.abort()
    assert.deepEqual(await result, { ok: false, error: 'the profiler ended before it did' })
    const pids = written('pids').split(' ').map(Number)
    await until('both processes to be gone', () => !pids.some(isAlive))
  })

  it('does not wait for what it leaves behind', async () => {
    const result = await run(
      `const { spawn } = require('node:child_process')
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
       require('node:fs').writeFileSync('pids', String(child.pid))
       child.unref()
       process.exit(0)`,
    )
    assert.deepEqual(result, { ok: true, exitCode: 0 })
    process.kill(Number(written('pids')), 'SIGKILL')
  })

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0)
      // A child that is over stays as a name in the list until whoever inherits it asks.
      return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
    } catch {
      return false
    }
  }
})

describe('escalation/command-environment', () => {
  it('leaves out what was seen as a credential, and all that would profile the command', () => {
    const env = {
      ...{
        PATH: '/bin',
        TICKETS_TOKEN: 'own-of-the-command',
        OPENAI_API_KEY: 'canary-key-1',
        URL: 'x?k=canary-key-1',
      },
      ...{
        COSTFLAME_PROXY: 'http://127.0.0.1:7',
        COSTFLAME_TOKEN: 't',
        COSTFLAME_ESCALATE_LEAD: 'https://hook',
      },
      ...{ OPENAI_BASE_URL: 'http://127.0.0.1:7/r/1/openai/v1', EMPTY: '', GONE: undefined },
    }
    assert.deepEqual(commandEnvironment(env, { isSecret: (text) => text.includes('canary-key-1') }), {
      ...{ PATH: '/bin', TICKETS_TOKEN: 'own-of-the-command', EMPTY: '', COSTFLAME_DISABLE: '1' },
    })
  })
})
