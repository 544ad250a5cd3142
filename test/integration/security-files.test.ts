// What the profiler leaves on disk is for its user alone: folders 0700, files 0600, and no announcement of a profiler that has gone.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import * as http from 'node:http'
import { join } from 'node:path'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { COSTFLAME, Playground } from '../support/costflame'
import { listening, originOf } from '../support/profiler-rig'
import { skip } from '../support/skip'
import { until } from '../support/until'

const OTHERS = 0o077

describe('security of files', () => {
  let playground: Playground
  let upstream: http.Server
  before(function () {
    if (process.platform === 'win32') skip(this, 'Windows has no permission bits')
  })
  beforeEach(async () => {
    playground = new Playground()
    upstream = await listening(
      http.createServer((_req, res) => {
        res.setHeader('content-type', 'application/json')
        res.end(
          '{"id":"c1","model":"gpt-5-mini","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}',
        )
      }),
    )
  })
  afterEach(async () => {
    await playground.remove()
    upstream.closeAllConnections()
    upstream.close()
  })

  const post = (ready: ReadyLine) =>
    fetch(`${ready.proxy}/openai/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hello' }] }),
    }).then((reply) => reply.text())

  /** Everything below and including the data folder with its permission bits; what waits to be stored comes and goes. */
  function modes(): Record<string, number> {
    const names = ['', ...readdirSync(playground.data, { recursive: true, encoding: 'utf8' })]
    const found = names.flatMap((name) => {
      const stat = statSync(join(playground.data, name), { throwIfNoEntry: false })
      return stat ? [[name, stat.mode & 0o777] as const] : []
    })
    return Object.fromEntries(found)
  }

  /** A profiler of a user whose new files would be open to everybody. */
  async function serveWithOpenUmask(...args: string[]) {
    const script = `umask 0; exec "$0" "$@"`
    const child = spawn(
      'sh',
      [
        '-c',
        script,
        process.execPath,
        COSTFLAME,
        'serve',
        '--upstream',
        `openai=${originOf(upstream)}`,
        ...args,
      ],
      {
        cwd: playground.path,
        env: { PATH: process.env.PATH ?? '', HOME: playground.path },
      },
    )
    const exited = once(child, 'exit')
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
    return { ready: JSON.parse(line) as ReadyLine, child, exited }
  }

  it('folders 0700 and files 0600: store, WAL and live file, whatever the umask', async () => {
    const { ready, child, exited } = await serveWithOpenUmask()
    await post(ready)
    await until('the call in the store', () => playground.storedCalls() === 1)
    const { '': data, live, spool = 0o700, ...files } = modes()
    assert.deepEqual([data, live, spool], [0o700, 0o700, 0o700])
    const names = Object.keys(files)
    for (const name of [
      'costflame.db',
      'costflame.db-shm',
      'costflame.db-wal',
      join('live', `${ready.pid}.json`),
    ])
      assert.ok(names.includes(name), name)
    assert.deepEqual(
      names.filter((name) => files[name] !== 0o600),
      [],
    )
    child.kill('SIGTERM')
    await exited
    for (const [name, mode] of Object.entries(modes())) assert.equal(mode & OTHERS, 0, name)
  })

  it('files of an earlier version that others could read are closed', async () => {
    mkdirSync(playground.data, { recursive: true })
    const first = await playground.serve('--upstream', `openai=${originOf(upstream)}`)
    first.child.kill('SIGTERM')
    await first.ended
    chmodSync(join(playground.data, 'costflame.db'), 0o644)
    const { ready } = await playground.serve('--upstream', `openai=${originOf(upstream)}`)
    await post(ready)
    await until('the call in the store', () => playground.storedCalls() === 1)
    for (const [name, mode] of Object.entries(modes()))
      if (name.startsWith('costflame.db')) assert.equal(mode, 0o600, name)
  })

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    it(`the live file is gone after ${signal}, before the last call has ended`, async () => {
      let answer: (() => void) | undefined
      const asked = new Promise<void>((resolve) => {
        upstream.removeAllListeners('request')
        upstream.on('request', (_req, res: http.ServerResponse) => {
          answer = () => res.end('{}')
          resolve()
        })
      })
      const { ready, child, ended } = await playground.serve('--upstream', `openai=${originOf(upstream)}`)
      const file = join(playground.data, 'live', `${ready.pid}.json`)
      assert.equal(JSON.parse(readFileSync(file, 'utf8')).token, ready.token)
      const call = post(ready)
      await asked
      child.kill(signal)
      await until('the live file to go', () => !existsSync(file))
      answer?.()
      assert.equal(await call, '{}')
      assert.equal((await ended).code, 0)
      assert.deepEqual(readdirSync(join(playground.data, 'live')), [])
    })

  it('a run leaves nothing that others could read', async () => {
    const { code } = await playground.run(['run', '--', process.execPath, '-e', '0'])
    assert.equal(code, 0)
    for (const [name, mode] of Object.entries(modes())) assert.equal(mode & OTHERS, 0, name)
  })

  it('the token stands in the live file and in nothing else on disk', async () => {
    const { ready, child, ended } = await playground.serve('--upstream', `openai=${originOf(upstream)}`)
    const body = JSON.stringify({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: `say ${ready.token}` }],
    })
    await fetch(`${ready.proxy}/openai/v1/chat/completions?x=${ready.token}`, {
      method: 'POST',
      headers: { 'x-costflame-token': ready.token, 'x-costflame-agent': ready.token },
      body,
    }).then((reply) => reply.text())
    await until('the call in the store', () => playground.storedCalls() === 1)
    const holders = readdirSync(playground.path, { recursive: true, encoding: 'utf8' }).filter((name) => {
      const path = join(playground.path, name)
      return statSync(path).isFile() && readFileSync(path).includes(ready.token)
    })
    assert.deepEqual(holders, [join('.costflame', 'data', 'live', `${ready.pid}.json`)])
    child.kill('SIGTERM')
    const { stderr } = await ended
    assert.equal(stderr.includes(ready.token), false)
  })
})
