// `costflame/api` in real programs under the real command: what they declare is in the run, and what they do is what they do without us.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Run, Span } from '../../profiler-agent/model/span'
import { hasModelCall } from '../../profiler-agent/model/totals'
import { type Ended, Playground } from '../support/costflame'
import { FeedReader } from '../support/feed-reader'
import { NODE } from '../support/hooked-program'
import { liveProfiler } from '../support/live-profiler'
import { RecordingServer } from '../support/recording-server'
import { inRepository } from '../support/repository'

const PROGRAMS = ['desk.mjs', 'ask.mjs', 'server.mjs', 'copies.mjs', 'threads.mjs', 'ends.mjs', 'alone.cjs']

describe('costflame/api', function () {
  this.timeout(240_000)
  let provider: RecordingServer
  let playground: Playground

  before(async () => {
    provider = await RecordingServer.start()
  })
  after(() => provider.stop())
  beforeEach(() => {
    playground = new Playground(
      Object.fromEntries(
        PROGRAMS.map((name) => [name, readFileSync(inRepository('test', 'agents', 'api', name), 'utf8')]),
      ),
    )
    mkdirSync(join(playground.path, 'node_modules'))
    symlinkSync(inRepository(), join(playground.path, 'node_modules', 'costflame'), 'dir')
    mkdirSync(join(playground.path, 'vendor'))
    copyFileSync(inRepository('dist', 'api', 'index.cjs'), join(playground.path, 'vendor', 'costflame.cjs'))
  })
  afterEach(() => playground.remove())

  const environment = () => ({ OPENAI_BASE_URL: `${provider.origin}/v1`, OPENAI_API_KEY: 'sk-test' })
  const profiled = (args: readonly string[], flags: readonly string[] = []): Promise<Ended> =>
    playground.run(['run', ...flags, '--', NODE, ...args], environment())
  const alone = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> => {
    const [script = '', ...rest] = args
    const program = new Playground({}, join(playground.path, script))
    return program.run(rest, { ...environment(), ...more }).finally(() => program.remove())
  }
  async function runOf(args: readonly string[], flags?: readonly string[]): Promise<Run> {
    const { code, stderr } = await profiled(args, flags)
    assert.equal(code, 0, stderr)
    const [run] = await playground.exported()
    assert.ok(run)
    return run
  }

  it('puts what a program declares into the run, with its lines and labels', async () => {
    const run = await runOf(['desk.mjs'])
    const declared = run.spans.filter(({ callSite, modelCall }) => callSite && !modelCall)
    assert.deepEqual(declared.map((span) => pathOf(run, span)).sort(), [
      'agent desk',
      'agent desk > retrieval policies',
      'agent desk > step draft',
      'agent desk > step plan a',
      'agent desk > step plan b',
      'agent desk > step plan c',
      'agent desk > tool research',
      'agent desk > tool research > agent researcher',
    ])
    const desk = spanNamed(run, 'desk')
    assert.deepEqual(
      [desk.agentVersion, desk.intent, desk.tags, desk.outcome, desk.callSite?.file, desk.callSite?.line],
      ['1.4', 'refund', { plan: 'gold' }, { status: 'resolved', value: 12.5, by: 'refund' }, 'desk.mjs', 9],
    )
    const researcher = spanNamed(run, 'researcher')
    assert.deepEqual(
      [researcher.agentVersion, researcher.intent, researcher.tags],
      [undefined, 'refund', { plan: 'gold', depth: '2' }],
    )
    assert.equal(spanNamed(run, 'research').attributes['gen_ai.tool.call.id'], 'call_7')
    assert.equal(spanNamed(run, 'policies').attributes['costflame.retrieval.documents'], 2)
    for (const span of declared) assert.deepEqual([span.parentBasis, span.status], ['header', 'ok'])
  })

  for (const flags of [[], ['--content', 'hashes']])
    it(`knows each call where it was made ${flags.join(' ')}`, async () => {
      const run = await runOf(['desk.mjs'], flags)
      assert.deepEqual(placesOfCalls(run), [
        'agent desk > step draft',
        'agent desk > step draft',
        'agent desk > step plan a',
        'agent desk > step plan b',
        'agent desk > step plan c',
        'agent desk > tool research > agent researcher',
      ])
      assert.equal(spanNamed(run, 'desk').outcome?.status, 'resolved')
    })

  it('keeps the invocations of a server apart', async () => {
    const run = await runOf(['server.mjs'])
    const invocations = run.spans.filter(({ kind }) => kind === 'agent')
    assert.equal(invocations.length, 20)
    for (const { id, tenant, outcome, tags } of invocations) {
      assert.deepEqual([outcome?.status, tags?.who], [`resolved ${tenant}`, tenant])
      const calls = run.spans.filter((span) => hasModelCall(span) && ancestorsOf(run, span).includes(id))
      assert.deepEqual(
        calls.map((call) => [call.tenant, call.tags?.who, call.step]),
        [[tenant, tenant, 'plan']],
      )
    }
  })

  it('is one module in a process, however often it is loaded', async () => {
    const { stdout, stderr } = await profiled(['copies.mjs'])
    const names = ['agent', 'parent', 'run', 'step'].map((name) => `x-costflame-${name}`)
    assert.equal(stdout, `true ${names.join(' ')}\n`, stderr)
    const [run] = await playground.exported()
    assert.ok(run)
    assert.deepEqual(placesOfCalls(run), ['agent desk > step plan > tool search'])
    // Its own frames are nobody's lines, wherever the file lies.
    const files = new Set(run.spans.flatMap(({ callSite }) => callSite?.stack.map(({ file }) => file) ?? []))
    assert.deepEqual([...files].sort(), ['ask.mjs', 'copies.mjs'])
  })

  it('follows into threads', async () => {
    const run = await runOf(['threads.mjs'])
    assert.deepEqual(placesOfCalls(run), [
      'agent desk > step in its own thread',
      'agent desk > step in the pool',
    ])
    assert.deepEqual(
      run.spans.filter(({ kind }) => kind === 'step').map(({ intent }) => intent),
      ['count', 'count'],
    )
  })

  for (const [how, status] of [
    ['return', 'ok'],
    ['exit', 'error'],
    ['throw', 'error'],
    ['uncaught', 'error'],
    ['rejected', 'error'],
  ] as const)
    it(`tells everything of a program that ends by ${how}, which ends as ever`, async () => {
      const without = await alone(['ends.mjs', how])
      const { code, stdout } = await profiled(['ends.mjs', how])
      assert.deepEqual([code, stdout], [without.code, without.stdout])
      const [run] = await playground.exported()
      assert.ok(run)
      const desk = spanNamed(run, 'desk')
      assert.deepEqual([desk.status, desk.outcome?.status], [status, 'half'])
      assert.ok(desk.durationMs >= 100, `${desk.durationMs} ms`)
      assert.equal(spanNamed(run, 'before').status, 'ok')
    })

  it('hands the place to requests that no hook sees', async () => {
    playground.write({
      'plain.mjs': `import { agent, headers, step } from 'costflame/api'
        await agent('desk', () => step('plan', () => fetch(\`\${process.env.OPENAI_BASE_URL}/chat/completions\`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers() },
          body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'plan' }] }),
        })))`,
    })
    const run = await runOf(['plain.mjs'], ['--no-hook'])
    assert.deepEqual(placesOfCalls(run), ['agent desk > step plan'])
    const [call] = provider.calls.slice(-1)
    assert.deepEqual(
      Object.keys(call?.headers ?? {}).filter((name) => name.startsWith('x-costflame')),
      [],
    )
  })

  it('tells everything of a program that exits before anything asynchronous happened', async function () {
    // An exit waits for 200 ms at most, whatever else the machine has to do.
    this.retries(5)
    playground.write({
      'quick.cjs': `const { agent, outcome, step } = require('costflame/api')
        agent('desk', () => {
          step('plan', () => undefined)
          outcome('half')
          process.exit(4)
        })`,
    })
    assert.equal((await profiled(['quick.cjs'])).code, 4)
    const [run] = await playground.exported()
    assert.ok(run)
    assert.equal(pathOf(run, spanNamed(run, 'plan')), 'agent desk > step plan')
    assert.deepEqual(
      [spanNamed(run, 'desk').status, spanNamed(run, 'desk').outcome?.status],
      ['error', 'half'],
    )
  })

  it('shows an outcome outside of any agent on the run', async () => {
    playground.write({
      'job.mjs': `import { outcome } from 'costflame/api'; outcome('done', { value: 2 })`,
    })
    const run = await runOf(['job.mjs'])
    assert.deepEqual(
      run.spans.map(({ kind, outcome }) => [kind, outcome]),
      [['run', { status: 'done', value: 2 }]],
    )
  })

  it('gives back and throws the same with a profiler, without one, and with one that is gone', async () => {
    const nobody = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => nobody.once('listening', resolve))
    const { port } = nobody.address() as AddressInfo
    await new Promise((resolve) => nobody.close(resolve))
    const without = await alone(['alone.cjs'])
    assert.equal(
      without.stdout,
      [
        ...['7 promise', 'true rows query', '[ 1, 2 ] undefined undefined undefined undefined'],
        ...['true', 'true', 'undefined undefined undefined object', 'unhandled true', ''],
      ].join('\n'),
    )
    const gone = await alone(['alone.cjs'], {
      COSTFLAME_PROXY: `http://127.0.0.1:${port}`,
      COSTFLAME_TOKEN: 't',
    })
    const under = await profiled(['alone.cjs'])
    assert.deepEqual([gone.stdout, gone.stderr, gone.code], [without.stdout, '', 0])
    assert.deepEqual([under.stdout, under.code], [without.stdout, 0])
  })

  it('leaves nothing behind without a profiler', async () => {
    playground.write({
      'off.cjs': `const before = process.listenerCount('exit')
        const { agent, headers } = require('costflame/api')
        agent('desk', () => console.log(headers(), process.listenerCount('exit') - before,
          Symbol.for('costflame.context') in globalThis, process.getActiveResourcesInfo().length))`,
    })
    const switches: readonly Readonly<Record<string, string>>[] = [
      {},
      { COSTFLAME_PROXY: 'http://127.0.0.1:9', COSTFLAME_DISABLE: '1' },
    ]
    for (const switchedOff of switches)
      assert.equal((await alone(['off.cjs'], switchedOff)).stdout, '{} 0 false 0\n')
  })

  it('tells a profiler that took the place of a dead one what that one may not have heard', async () => {
    playground.write({
      'long.mjs': `import { createInterface } from 'node:readline'
        import { agent, outcome, step } from 'costflame/api'
        await agent('desk', async () => {
          step('before', () => undefined)
          console.log('killed?')
          for await (const _ of createInterface({ input: process.stdin })) break
          step('after', () => undefined)
          outcome('resolved')
        })`,
    })
    const { child, ended, line } = playground.start(['run', '--', NODE, 'long.mjs'], environment())
    assert.equal(await line(), 'killed?')
    const first = await liveProfiler(playground.data)
    process.kill(first.pid, 'SIGKILL')
    const { proxy, token } = await liveProfiler(playground.data, first.pid)
    // Answered when everything before it is in the store: its worker works.
    await fetch(`${proxy}/ingest`, { method: 'POST', headers: { 'x-costflame-token': token } })
    child.stdin?.end('\n')
    const { code, stderr } = await ended
    assert.equal(code, 0, stderr)
    const [run] = await playground.exported().catch((error: Error) => {
      throw new Error(`${error.message} The command said: ${stderr}`)
    })
    assert.ok(run)
    assert.equal(spanNamed(run, 'desk').outcome?.status, 'resolved')
    assert.deepEqual(pathOf(run, spanNamed(run, 'after')), 'agent desk > step after')
  })

  it('is held up by no profiler that hangs, and costs it few connections', async () => {
    playground.write({
      'steps.cjs': `const { agent, step } = require('costflame/api')
        const pause = () => new Promise((resolve) => setTimeout(resolve, 45))
        agent('desk', async () => {
          for (let n = 0; n < 40; n++) await step('plan', pause)
          console.log('done')
        })`,
    })
    const sockets: Socket[] = []
    const hung = createTcpServer({ pauseOnConnect: true }, (socket) => {
      sockets.push(socket.on('error', () => socket.destroy()))
    })
    hung.listen(0, '127.0.0.1')
    await once(hung, 'listening')
    const { port } = hung.address() as AddressInfo
    const proxy = { COSTFLAME_PROXY: `http://127.0.0.1:${port}` }
    assert.deepEqual(await alone(['steps.cjs'], proxy), {
      code: 0,
      signal: null,
      stdout: 'done\n',
      stderr: '',
    })
    assert.ok(sockets.length <= 10, `${sockets.length} connections`)
    for (const socket of sockets) socket.destroy()
    hung.close()
  })

  it('shows a span while it goes on', async () => {
    const { ready } = await playground.serve()
    playground.write({
      'open.mjs': `import { agent } from 'costflame/api'
        agent('desk', () => new Promise((resolve) => process.stdin.once('data', resolve).once('end', resolve)))`,
    })
    const feed = await FeedReader.open(ready)
    const place = { COSTFLAME_PROXY: ready.proxy, COSTFLAME_TOKEN: ready.token, COSTFLAME_RUN: 'open' }
    const program = new Playground({}, join(playground.path, 'open.mjs'))
    const { child, ended } = program.start([], place)
    await feed.state((runs) => runs.some(({ id }) => id === 'open'))
    const [open] = await playground.exported('open')
    assert.equal(open && spanNamed(open, 'desk').durationMs, 0)
    const before = feed.runs.find(({ id }) => id === 'open')?.revision ?? 0
    child.stdin?.end()
    await ended
    await feed.state((runs) => runs.some(({ id, revision }) => id === 'open' && revision > before))
    feed.close()
    const [over] = await playground.exported('open')
    assert.ok(over && spanNamed(over, 'desk').durationMs > 0)
    await program.remove()
  })

  it('names line and field of what is wrong, to those who have the token', async () => {
    const { ready } = await playground.serve()
    const post = (body: string, token = ready.token) =>
      fetch(`${ready.proxy}/ingest`, { method: 'POST', headers: { 'x-costflame-token': token }, body })
    const span = {
      type: 'span',
      id: 'a',
      kind: 'agent',
      name: 'desk',
      startedAt: Date.now(),
      endedAt: Date.now(),
    }
    assert.equal((await post(JSON.stringify(span), 'guessed')).status, 401)
    const taken = await post(JSON.stringify(span))
    assert.deepEqual([taken.status, await taken.json()], [200, { accepted: 1 }])
    const refused = await post(`${JSON.stringify(span)}\n${JSON.stringify({ ...span, startedAt: 'noon' })}`)
    assert.equal(refused.status, 400)
    assert.match(await refused.text(), /line 2: startedAt is no time in ms since the epoch/)
    const [run] = await playground.exported()
    assert.deepEqual(run && spanNamed(run, 'desk').kind, 'agent')
  })
})

function spanNamed(run: Run, name: string): Span {
  const span = run.spans.find((each) => each.name === name)
  assert.ok(span, `${name} among ${run.spans.map((each) => each.name).join(', ')}`)
  return span
}

/** Declared spans above a span, the outermost first, and itself: `agent desk > step plan`. */
function pathOf(run: Run, span: Span): string {
  const above = ancestorsOf(run, span).flatMap((id) => run.spans.find((each) => each.id === id) ?? [])
  return [...above.reverse(), span]
    .filter(({ kind, callSite, modelCall }) => kind !== 'run' && callSite && !modelCall)
    .map(({ kind, name }) => `${kind} ${name}`)
    .join(' > ')
}

function placesOfCalls(run: Run): string[] {
  return run.spans
    .filter(hasModelCall)
    .map((span) => pathOf(run, span))
    .sort()
}

function ancestorsOf(run: Run, span: Span): string[] {
  const parent = run.spans.find((each) => each.id === span.parentId)
  return parent ? [parent.id, ...ancestorsOf(run, parent)] : []
}
