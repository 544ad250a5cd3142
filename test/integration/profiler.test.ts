// `costflame serve` over its sockets: how it announces itself, who may talk to it, what it answers, and what it survives.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { decodeServerMessage } from '../../profiler-agent/feed/codec'
import type { AnswerBody, Question, ReadyLine, ServerMessage } from '../../profiler-agent/feed/protocol'
import { localDay } from '../../profiler-agent/model/local-day'
import { usdOf } from '../../profiler-agent/model/money'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { openStore, STORE_FILE } from '../../profiler-agent/store/store'
import { Playground, type Started } from '../support/costflame'
import { FeedReader } from '../support/feed-reader'
import { temporaryFolder } from '../support/test-folders'

type Serve = Started & { readonly ready: ReadyLine }

describe('the profiler', () => {
  let playground: Playground
  let simulator: Simulator
  let profiler: Serve
  beforeEach(async () => {
    playground = new Playground()
    simulator = await startSimulator({ port: 0, countTokens: (text) => text.split(/\s+/).length })
    profiler = await playground.serve('--upstream', `openai=${simulator.url}`)
  })
  afterEach(async () => {
    await playground.remove()
    await simulator.close()
  })

  const tokenHeader = () => ({ 'x-costflame-token': profiler.ready.token })
  const call = (prompt: string, path = '/openai/v1/chat/completions', headers = {}) =>
    fetch(`${profiler.ready.proxy}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test', ...headers },
      body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: prompt }] }),
    })
  const ingest = (body: string, headers: Record<string, string> = tokenHeader()) =>
    fetch(`${profiler.ready.proxy}/ingest`, { method: 'POST', headers, body })

  describe('announces itself', () => {
    it('by one line on standard output, and by the same in a file for its user', async () => {
      const { ready, child, ended } = profiler
      assert.deepEqual(Object.keys(ready), [
        'event',
        'version',
        'pid',
        'proxy',
        'feed',
        'token',
        'otlp',
        'data',
      ])
      assert.match(ready.proxy, /^http:\/\/127\.0\.0\.1:\d+$/)
      const port = new URL(ready.proxy).port
      assert.equal(ready.feed, `ws://127.0.0.1:${port}/feed`)
      assert.equal(ready.otlp, `http://127.0.0.1:${port}/otlp`)
      assert.equal(ready.pid, child.pid)
      assert.equal(ready.data, playground.data)
      const file = join(ready.data, 'live', `${ready.pid}.json`)
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), ready)
      assert.equal(statSync(file).mode & 0o777, 0o600)
      child.kill('SIGTERM')
      const { code, stdout } = await ended
      assert.deepEqual([code, existsSync(file)], [0, false])
      assert.equal(stdout, `${JSON.stringify(ready)}\n`)
    })

    it('and clears away what a killed one left', async () => {
      profiler.child.kill('SIGKILL')
      await profiler.ended
      const next = await playground.serve()
      assert.deepEqual(readdirSync(join(playground.data, 'live')), [`${next.ready.pid}.json`])
    })
  })

  describe('refuses', () => {
    it('a feed without its token', async () => {
      assert.equal(await refusedWith(profiler.ready.feed), 401)
      assert.equal(await refusedWith(`${profiler.ready.feed}?token=wrong`), 401)
    })

    it('a feed from a web page, token or not', async () => {
      const origin = 'https://evil.example'
      assert.equal(await refusedWith(profiler.ready.feed, { origin, ...tokenHeader() }), 403)
    })

    it('another name for this machine', async () => {
      assert.equal(await refusedWith(profiler.ready.feed, { host: 'evil.example', ...tokenHeader() }), 403)
    })

    it('sockets to any other place', async () => {
      assert.equal(await refusedWith(profiler.ready.feed.replace('/feed', '/other'), tokenHeader()), 404)
    })

    it('what programs tell it without the token', async () => {
      assert.equal((await ingest('{}', {})).status, 401)
    })

    it('lines that it cannot read, by their number', async () => {
      const end = JSON.stringify({ type: 'runEnd', runId: 'x', endedAt: 5 })
      for (const line of ['{', '[]', '{"type":"run"}', '{"type":"runEnd","runId":"../x","endedAt":5}']) {
        const response = await ingest(`${end}\n\n${line}\n`)
        assert.equal(response.status, 400)
        assert.match(await response.text(), /line 3: /)
      }
    })

    it('providers that it does not know, and says which it does', async () => {
      const response = await call('hello', '/nowhere/v1/chat/completions')
      assert.ok(response.status >= 400)
      assert.match(await response.text(), /nowhere/)
    })
  })

  describe('survives', () => {
    afterEach(async () => {
      assert.equal((await call('still there')).status, 200)
    })

    it('request lines that are no URL', async () => {
      for (const line of [
        'GET // HTTP/1.1',
        'GET http://[ HTTP/1.1',
        'POST /%zz HTTP/1.1',
        'GET ?token=x HTTP/1.1',
      ])
        await raw(
          profiler.ready,
          `${line}\r\nhost: ${new URL(profiler.ready.proxy).host}\r\nconnection: close\r\n\r\n`,
        )
    })

    it('an upgrade to what is no URL', async () => {
      const { host } = new URL(profiler.ready.proxy)
      const head = `host: ${host}\r\nconnection: upgrade\r\nupgrade: websocket`
      await raw(profiler.ready, `GET // HTTP/1.1\r\n${head}\r\n\r\n`)
    })

    it('a program that leaves in the middle of telling it something', async () => {
      const sending = request(`${profiler.ready.proxy}/ingest`, {
        method: 'POST',
        headers: { ...tokenHeader(), 'content-length': 1000 },
      })
      sending.on('error', () => 'we broke it off ourselves')
      sending.write('{"type":')
      await once(sending, 'socket').then(([socket]) => socket.connecting && once(socket, 'connect'))
      sending.destroy()
    })

    it('a reader of the feed that says nonsense', async () => {
      const reader = new WebSocket(profiler.ready.feed, { headers: tokenHeader() })
      await once(reader, 'open')
      reader.send('nonsense')
      const [code] = await once(reader, 'close')
      assert.equal(code, 1008)
    })
  })

  it('stops in good time with a reader that does not answer its close', async () => {
    const { host, port } = new URL(profiler.ready.proxy)
    const socket = connect(Number(port), '127.0.0.1')
    const key = Buffer.from('0123456789abcdef').toString('base64')
    socket.write(
      `GET /feed?token=${profiler.ready.token} HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
        `sec-websocket-key: ${key}\r\nsec-websocket-version: 13\r\n\r\n`,
    )
    await once(socket, 'data')
    socket.pause()
    await call('hello')
    const began = performance.now()
    profiler.child.kill('SIGTERM')
    assert.equal((await profiler.ended).code, 0)
    // A WebSocket's own patience would be 30 s.
    assert.ok(performance.now() - began < 29_000)
    socket.destroy()
    assert.equal(playground.storedCalls(), 1)
  })

  it('goes on when nobody reads what it says', async () => {
    const { child, ended, line } = playground.start(['serve'], { SSL_CERT_FILE: '/nowhere' })
    child.stderr?.destroy()
    const ready = JSON.parse(await line()) as ReadyLine
    const { status } = await fetch(`${ready.proxy}/nobody`)
    child.kill('SIGTERM')
    assert.deepEqual([status, (await ended).code], [404, 0])
  })

  it('keeps every call that was answered, however soon it is told to stop', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => call(`call ${n}`).then((response) => response.text())),
    )
    profiler.child.kill('SIGTERM')
    assert.equal((await profiler.ended).code, 0)
    assert.equal(playground.storedCalls(), 20)
  })

  it('has in its store whatever it has told its readers of, even when it is killed', async () => {
    const feed = await Feed.open(profiler.ready)
    const told = feed.state(({ runs }) => (runs[0]?.totals.calls ?? 0) >= 3)
    for (const prompt of ['one', 'two', 'three']) await (await call(prompt)).text()
    await told
    profiler.child.kill('SIGKILL')
    await profiler.ended
    assert.equal(playground.storedCalls(), 3)
  })

  it('goes on with a run where another profiler left it, with all of its findings', async () => {
    playground.write({
      '.costflame/budgets.jsonc': '{"version": 1, "workspace": {"limits": {"costUsdPerRun": 0.000000001}}}',
    })
    await call('hello', '/r/mine/openai/v1/chat/completions')
    profiler.child.kill('SIGTERM')
    await profiler.ended
    profiler = await playground.serve('--upstream', `openai=${simulator.url}`)
    await call('again', '/r/mine/openai/v1/chat/completions')
    profiler.child.kill('SIGTERM')
    await profiler.ended
    const [run] = await playground.exported('mine')
    assert.equal(run?.totals.calls, 2)
    const [overrun] = run?.findings ?? []
    assert.equal(overrun?.rule, 'budget/costUsdPerRun')
    assert.equal(overrun?.evidence.value, run?.totals.cost?.usd)
  })

  it('finds a violated limit while the run goes on, and on the whole day with what other profilers recorded', async () => {
    playground.write({
      '.costflame/budgets.jsonc': JSON.stringify({
        version: 1,
        agents: { desk: { limits: { totalTokens: 1 } } },
        workspace: { limits: { costUsdPerDay: 0.0000001 } },
      }),
    })
    const feed = await FeedReader.open(profiler.ready)
    const asDesk = { 'x-costflame-agent': 'desk' }
    await (await call('hello', '/r/mine/openai/v1/chat/completions', asDesk)).text()
    await feed.state((runs) => runs.some(({ id, findings }) => id === 'mine' && findings === 2))
    assert.equal(feed.runs.find(({ id }) => id === 'mine')?.active, true)
    feed.close()
    const [run] = await playground.exported('mine')
    assert.equal(run?.endTime, undefined)
    assert.deepEqual(run?.findings.map(({ rule }) => rule).sort(), [
      'budget/costUsdPerDay',
      'budget/totalTokens',
    ])
    const other = await playground.serve('--upstream', `openai=${simulator.url}`)
    const second = await FeedReader.open(other.ready)
    const body = JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'me too' }] })
    const address = `${other.ready.proxy}/r/theirs/openai/v1/chat/completions`
    await (
      await fetch(address, { method: 'POST', headers: { authorization: 'Bearer sk-test' }, body })
    ).text()
    await second.state((runs) => runs.some(({ id, findings }) => id === 'theirs' && findings === 1))
    second.close()
    const [theirs] = await playground.exported('theirs')
    const [day] = theirs?.findings ?? []
    // At midnight the first run belongs to the day before.
    const days = day?.evidence.invocations as string[]
    const ofDay = [run, theirs].filter((each) => days.includes(localDay(Date.parse(each?.startTime ?? ''))))
    const sum = ofDay.reduce((total, each) => total + (each?.totals.cost?.picoUsd ?? 0), 0)
    assert.deepEqual([day?.rule, day?.evidence.value], ['budget/costUsdPerDay', usdOf(sum)])
  })

  it('gives a run whose announcement comes late its name and labels', async () => {
    await (await call('hello', '/r/late/openai/v1/chat/completions')).text()
    const announced = { id: 'late', name: 'node agent.mjs', startedAt: 1_763_805_600_000 }
    await ingest(JSON.stringify({ type: 'run', ...announced, tags: { a: 'b' }, defaults: { agent: 'desk' } }))
    await (await call('again', '/r/late/openai/v1/chat/completions')).text()
    profiler.child.kill('SIGTERM')
    await profiler.ended
    const [run] = await playground.exported('late')
    assert.deepEqual([run?.name, run?.tags, run?.totals.calls], ['node agent.mjs', { a: 'b' }, 2])
    assert.equal(run?.spans.filter((span) => span.kind === 'chat' && span.agent === 'desk').length, 1)
  })

  it('keeps a new run and its calls while another program holds the store, and writes them afterwards', async function () {
    this.timeout(240_000)
    const says = (what: RegExp) =>
      new Promise<void>((resolve) =>
        profiler.child.stderr?.on('data', (text: string) => what.test(text) && resolve()),
      )
    const isTold = says(/the store cannot be written/)
    const isWritten = says(/can be written again; nothing was lost/)
    const other = openStore(playground.data)
    other.database.exec('BEGIN IMMEDIATE')
    await (await call('first', '/r/held/openai/v1/chat/completions')).text()
    await (await call('second', '/r/held/openai/v1/chat/completions')).text()
    await isTold
    other.database.exec('ROLLBACK')
    other.close()
    await isWritten
    const [run] = await playground.exported('held')
    assert.deepEqual([run?.id, run?.totals.calls], ['held', 2])
  })

  it('lets requests that name no run share one', async () => {
    await (await call('hello')).text()
    await (await call('other', '/r/named/openai/v1/chat/completions')).text()
    await (await call('again')).text()
    profiler.child.kill('SIGTERM')
    await profiler.ended
    const runs = await playground.exported('all')
    assert.deepEqual(runs.map((run) => run.totals.calls).toSorted(), [1, 2])
    // Nothing more comes through a profiler that has stopped.
    for (const { endTime = '', spans } of runs) {
      const lastCall = spans.find(({ kind }) => kind === 'run')?.endTime ?? ''
      const difference = Date.parse(endTime) - Date.parse(lastCall)
      assert.ok(difference >= 0 && difference <= 1, `${endTime} after ${lastCall}`)
    }
  })

  describe('answers on the feed', () => {
    let feed: Feed
    beforeEach(async () => {
      await (await call('hello', '/r/mine/openai/v1/chat/completions', callSiteHeaders)).text()
      feed = await Feed.open(profiler.ready)
      await feed.state(({ runs }) => runs.some((run) => run.id === 'mine' && run.totals.calls === 1))
    })
    afterEach(() => feed.close())
    const callSiteHeaders = { 'x-costflame-callsite': 'agent.mjs:3:5;main', 'x-costflame-agent': 'desk' }

    it('who it is, first of all', () => {
      assert.deepEqual(feed.messages[0], {
        type: 'hello',
        feed: 1,
        version: profiler.ready.version,
        pid: profiler.ready.pid,
        data: playground.data,
      })
    })

    it('what a run is made of', async () => {
      const { run } = await feed.ask({ ask: 'run', runId: 'mine' }, 'run')
      assert.deepEqual(
        run?.spans.map((span) => span.kind),
        ['run', 'agent', 'step', 'chat'],
      )
      assert.ok(run?.spans.at(-1)?.modelCall?.segments.length)
      assert.equal((await feed.ask({ ask: 'run', runId: 'gone' }, 'run')).run, null)
    })

    it('what a run cost on which line', async () => {
      const { detail } = await feed.ask({ ask: 'runDetail', runId: 'mine' }, 'runDetail')
      assert.equal(detail?.summary.id, 'mine')
      assert.deepEqual(
        detail?.callSites.map(({ callSite, totals }) => [callSite.line, totals.calls]),
        [[3, 1]],
      )
      assert.equal((await feed.ask({ ask: 'runDetail', runId: 'gone' }, 'runDetail')).detail, null)
    })

    it('what a process needs to be profiled', async () => {
      const environment = {
        NODE_OPTIONS: '--max-old-space-size=512',
        OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      }
      const { variables } = await feed.ask({ ask: 'environment', environment }, 'environment')
      assert.match(variables.NODE_OPTIONS ?? '', /--max-old-space-size=512/)
      assert.match(variables.NODE_OPTIONS ?? '', /hooks\/node\.cjs/)
      assert.ok(variables.OPENAI_BASE_URL?.startsWith(profiler.ready.proxy))
    })

    it('a page with the flame graph', async () => {
      const { html } = await feed.ask({ ask: 'html', runId: 'mine' }, 'html')
      assert.match(html ?? '', /^<!doctype html>/)
      assert.ok(html?.includes('id="costflame-data"'))
    })

    it('that it deleted runs, and shows the rest', async () => {
      const { deleted } = await feed.ask({ ask: 'deleteRuns', runIds: ['mine', 'gone'] }, 'deleteRuns')
      assert.equal(deleted, 1)
      await feed.state(({ runs }) => runs.length === 0)
    })

    it('a run that goes on after it was deleted anew', async () => {
      await feed.ask({ ask: 'deleteRuns', runIds: ['mine'] }, 'deleteRuns')
      await (await call('more', '/r/mine/openai/v1/chat/completions')).text()
      await feed.state(({ runs }) => runs[0]?.id === 'mine' && runs[0].totals.calls === 1)
    })

    it('what other processes recorded in the same folder', async () => {
      const other = await playground.serve('--upstream', `openai=${simulator.url}`)
      const told = feed.state(({ runs }) => runs.some((run) => run.id === 'theirs'))
      await fetch(`${other.ready.proxy}/r/theirs/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hi' }] }),
      })
      await told
    })
  })
})

describe('the store between processes', () => {
  it('takes what two of them write at once', async () => {
    const folder = temporaryFolder('store')
    const store = openStore(folder.path)
    const writer = `
      const { DatabaseSync } = require('node:sqlite')
      const database = new DatabaseSync(process.argv[1], { timeout: 5000 })
      const insert = database.prepare("INSERT INTO contents (hash, text, characters) VALUES (?, '', 0)")
      process.stdout.write('ready')
      process.stdin.once('data', () => {
        for (let n = 0; n < 200; n++) { database.exec('BEGIN IMMEDIATE'); insert.run('theirs ' + n); database.exec('COMMIT') }
        process.exit(0)
      })`
    const child = spawn(process.execPath, ['--no-warnings', '-e', writer, join(folder.path, STORE_FILE)])
    await once(child.stdout, 'data')
    const ended = once(child, 'exit')
    child.stdin.write('go')
    for (let n = 0; n < 200; n++) {
      store.write('r', { spans: [], contents: [{ hash: `ours ${n}`, text: '' }] }, 0)
      await new Promise(setImmediate)
    }
    assert.deepEqual(await ended, [0, null])
    assert.equal(store.prepare('SELECT count(*) AS n FROM contents').get()?.n, 400)
    store.close()
    folder.remove()
  })
})

/** A reader of the feed. */
class Feed {
  readonly messages: ServerMessage[] = []
  readonly #waiting = new Set<() => void>()
  #nextId = 1

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const decoded = decodeServerMessage(data.toString())
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.message)
      this.messages.push(decoded.value)
      for (const wake of [...this.#waiting]) wake()
    })
  }

  static async open(ready: ReadyLine): Promise<Feed> {
    const feed = new Feed(new WebSocket(ready.feed, { headers: { 'x-costflame-token': ready.token } }))
    await once(feed.socket, 'open')
    return feed
  }

  close(): void {
    this.socket.terminate()
  }

  /** The newest state, once it is as wanted. */
  state(isWanted: (state: Extract<ServerMessage, { type: 'state' }>) => boolean): Promise<unknown> {
    return this.#first(() => {
      const state = this.messages.findLast((message) => message.type === 'state')
      return state?.type === 'state' && isWanted(state) ? state : undefined
    })
  }

  async ask<To extends AnswerBody['to']>(
    question: Question,
    to: To,
  ): Promise<Extract<AnswerBody, { to: To }>> {
    const id = this.#nextId++
    this.socket.send(JSON.stringify({ type: 'question', id, question }))
    const reply = await this.#first(() =>
      this.messages.find(
        (message) => (message.type === 'answer' || message.type === 'failure') && message.id === id,
      ),
    )
    if (reply.type !== 'answer' || reply.body.to !== to) throw new Error(JSON.stringify(reply))
    // The line above checked it.
    return reply.body as Extract<AnswerBody, { to: To }>
  }

  #first<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

/** The HTTP status with which an upgrade is refused. */
async function refusedWith(url: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(url, { headers })
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (req, response) => {
      resolve(response.statusCode ?? 0)
      req.destroy()
    })
    socket.once('open', () => reject(new Error('it was let in')))
    socket.on('error', () => 'the refusal itself')
  })
}

/** Sends bytes as they are; resolves when the profiler has closed the connection. */
async function raw(ready: ReadyLine, text: string): Promise<void> {
  const socket = connect(Number(new URL(ready.proxy).port), '127.0.0.1')
  socket.resume().write(text)
  await once(socket, 'close')
}
