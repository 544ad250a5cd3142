// The main thread's side of the worker: what becomes of questions and calls when the worker fails.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WorkerHost, type WorkerHostOptions } from '../../profiler-agent/worker-host'
import { exchangeCalled as exchange } from '../support/exchanges'
import { inRepository } from '../support/repository'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'
import { until } from '../support/until'

describe('WorkerHost', () => {
  let folder: TestFolder
  let logged: string[]
  beforeEach(() => {
    folder = temporaryFolder('worker')
    logged = []
  })
  afterEach(() => folder.remove())

  const start = (script: string, more: Partial<WorkerHostOptions> = {}) =>
    new WorkerHost({
      script,
      ...more,
      worker: { data: folder.path, assets: inRepository('dist') },
      onState: () => undefined,
      log: (message) => logged.push(message),
    })
  const writtenScript = (text: string) => {
    writeFiles(folder.path, { 'broken.cjs': text })
    return join(folder.path, 'broken.cjs')
  }
  const broken = (text: string, more: Partial<WorkerHostOptions> = {}) => start(writtenScript(text), more)

  it('keeps bodies until they are stored, and hands each call over once', async () => {
    const host = start(inRepository('dist', 'worker.js'))
    const one = exchange('a')
    host.addExchange(one)
    await host.flush()
    assert.notEqual(one.requestBody.byteLength, 0)
    const answer = await host.ask({ ask: 'run', runId: 'r' })
    assert.equal(answer.to === 'run' && answer.run?.totals.calls, 1)
    await host.close()
    assert.deepEqual(logged, [])
  })

  it('gives up a worker that cannot start, says so once, and lets nobody wait', async () => {
    const host = broken('throw new Error("no store here")')
    await until('giving up', () => logged.some((line) => line.startsWith('recording has stopped')))
    await host.flush()
    await assert.rejects(host.ask({ ask: 'run', runId: 'r' }), /recording has stopped/)
    host.addExchange(exchange('a'))
    await host.close()
    assert.match(logged[0] ?? '', /the profiler's worker failed: .*no store here/)
  })

  /** A worker that dies on calls whose id begins with `bad`, `times` often, and notes the others, with the lengths of their requests, in a file. */
  const dying = (times: number, more: Partial<WorkerHostOptions> = {}) =>
    broken(
      `
      const { parentPort } = require('node:worker_threads')
      const { appendFileSync, existsSync, readFileSync } = require('node:fs')
      const [deaths, stored] = [${JSON.stringify(join(folder.path, 'deaths'))}, ${JSON.stringify(join(folder.path, 'stored'))}]
      const requestLength = ({ buffer, byteOffset }) => new DataView(buffer, byteOffset).getUint32(4, true)
      const died = () => (existsSync(deaths) ? readFileSync(deaths, 'utf8').length : 0)
      parentPort.on('message', (message) => {
        if (message.type === 'calls') {
          for (const { id } of message.exchanges) {
            if (id.startsWith('bad') && died() < ${times}) {
              appendFileSync(deaths, '.')
              process.exit(1)
            }
          }
          for (const { id, frame } of message.exchanges) appendFileSync(stored, id + requestLength(frame) + ' ')
          parentPort.postMessage({ type: 'stored', exchangeIds: message.exchanges.map(({ id }) => id) })
        }
        if (message.type === 'secrets') appendFileSync(stored, message.values.join() + ' ')
        if (message.type === 'note')
          appendFileSync(stored, [message.note.type, ...(message.note.spans ?? []).map(({ id }) => id)].join(':') + ' ')
        if (message.type === 'flush') parentPort.postMessage({ type: 'flushed', id: message.id })
        if (message.type === 'close') parentPort.close()
      })
      parentPort.postMessage({ type: 'ready', isKept: true })`,
      more,
    )
  const storedCalls = () => readFileSync(join(folder.path, 'stored'), 'utf8').trim().split(' ')

  it('gives what a dying worker had not stored to the next one', async () => {
    const host = dying(1)
    for (const id of ['a', 'bad', 'c']) host.addExchange(exchange(id))
    await host.flush()
    await host.close()
    assert.deepEqual(storedCalls(), ['a66', 'bad66', 'c66'])
    assert.deepEqual(logged, [])
  })

  it('says again what was said of a run', async () => {
    const host = dying(1)
    host.addRun({ id: 'r', name: 'r', startedAt: 1, tags: {}, defaults: {} })
    host.addExchange(exchange('bad'))
    await host.flush()
    await host.close()
    assert.deepEqual(storedCalls(), ['run', 'run', 'bad66'])
  })

  it('keeps declared spans in their place among the calls, those that come together in one message', async () => {
    const span = (id: string) =>
      ({ id, runId: 'r', kind: 'step', name: id, startedAt: 1, attribution: {} }) as const
    const host = dying(1)
    for (const id of ['a', 'b']) host.addSpan(span(id))
    host.addExchange(exchange('bad'))
    host.addSpan(span('c'))
    host.addExchange(exchange('d'))
    await host.stored()
    await host.close()
    assert.deepEqual(storedCalls(), ['spans:a:b', 'spans:a:b', 'bad66', 'spans:c', 'd66'])
  })

  it('tells each worker what is to be masked, before anything else and again when there is more', async () => {
    const values = ['k1']
    const secrets = { revision: 1, since: (revision: number) => values.slice(revision) }
    const host = dying(1, { secrets })
    host.addExchange(exchange('bad'))
    await host.flush()
    values.push('k2')
    secrets.revision = 2
    for (const id of ['b', 'c']) {
      host.addExchange(exchange(id))
      await host.flush()
    }
    await host.close()
    assert.deepEqual(storedCalls(), ['k1', 'k1', 'bad66', 'k2', 'b66', 'c66'])
  })

  it('drops a call that the worker dies on alone as well, says so, and stores the others', async () => {
    const host = dying(9)
    for (const id of ['a', 'bad', 'c']) host.addExchange(exchange(id))
    await host.flush()
    await host.close()
    assert.deepEqual(storedCalls(), ['a66', 'c66'])
    assert.deepEqual(logged, ['call bad not recorded: the worker failed on it three times'])
  })

  it('starts a worker that hangs again', async () => {
    const host = new WorkerHost({
      script: writtenScript(`
        const { parentPort, workerData } = require('node:worker_threads')
        const { existsSync, writeFileSync } = require('node:fs')
        const mark = require('node:path').join(workerData.data, 'hung')
        parentPort.on('message', (message) => {
          if (message.type === 'calls' && message.exchanges.length > 0) {
            if (!existsSync(mark)) { writeFileSync(mark, ''); for (;;) ; }
            parentPort.postMessage({ type: 'stored', exchangeIds: message.exchanges.map(({ id }) => id) })
          }
          if (message.type === 'flush') parentPort.postMessage({ type: 'flushed', id: message.id })
          if (message.type === 'close') parentPort.close()
        })
        parentPort.postMessage({ type: 'ready', isKept: true })`),
      worker: { data: folder.path, assets: inRepository('dist') },
      onState: () => undefined,
      log: (message) => logged.push(message),
      // Long enough for the next one, which does not hang, on a busy machine.
      stuckMs: 2000,
    })
    host.addExchange(exchange('a'))
    await host.flush()
    assert.deepEqual(logged, ['the worker hangs and is started again'])
    await host.close()
  })

  it('refuses the questions that a dying worker leaves open', async () => {
    const host = broken(`
      const { parentPort } = require('node:worker_threads')
      parentPort.on('message', (message) => {
        if (message.type === 'question') process.exit(1)
        if (message.type === 'flush') parentPort.postMessage({ type: 'flushed', id: message.id })
        if (message.type === 'close') parentPort.close()
      })
      parentPort.postMessage({ type: 'ready', isKept: true })`)
    await assert.rejects(host.ask({ ask: 'run', runId: 'r' }), /restarting its worker/)
    await host.close()
  })

  describe('with a worker that stores nothing', () => {
    const idle = () =>
      writtenScript(`
        const { parentPort } = require('node:worker_threads')
        parentPort.on('message', (message) => { if (message.type === 'close') parentPort.close() })
        parentPort.postMessage({ type: 'ready', isKept: true })`)
    const host = (data: string, script: string, mode: 'full' | 'hashes') =>
      new WorkerHost({
        script,
        worker: { data, assets: inRepository('dist') },
        onState: () => undefined,
        log: (message) => logged.push(message),
        keepsText: () => mode === 'full',
        closeMs: 1,
      })
    const spoolOf = (data: string) =>
      existsSync(join(data, 'spool')) ? readdirSync(join(data, 'spool')) : []

    it('writes what waits to the data folder, where the next one finds it', async () => {
      const first = host(folder.path, idle(), 'full')
      for (const id of ['a', 'b']) first.addExchange(exchange(id))
      await until('the calls in the spool', () => first.inMemory === 0)
      await first.close()
      assert.deepEqual(logged, [])
      const next = start(inRepository('dist', 'worker.js'))
      await next.flush()
      const answer = await next.ask({ ask: 'run', runId: 'r' })
      assert.equal(answer.to === 'run' && answer.run?.totals.calls, 2)
      await next.close()
      assert.deepEqual([spoolOf(folder.path), logged], [[], []])
    })

    it('keeps what was written when no worker starts any more', async () => {
      const mark = join(folder.path, 'dead')
      const script = writtenScript(`
        const { parentPort } = require('node:worker_threads')
        const { existsSync, writeFileSync } = require('node:fs')
        if (existsSync(${JSON.stringify(mark)})) throw new Error('no store here')
        parentPort.on('message', (message) => {
          if (message.type !== 'question') return
          writeFileSync(${JSON.stringify(mark)}, '')
          process.exit(1)
        })
        parentPort.postMessage({ type: 'ready', isKept: true })`)
      const first = host(folder.path, script, 'full')
      for (const id of ['a', 'b']) first.addExchange(exchange(id))
      await until('the calls in the spool', () => first.inMemory === 0)
      await assert.rejects(first.ask({ ask: 'run', runId: 'r' }))
      await until('giving up', () => logged.some((line) => line.startsWith('recording has stopped')))
      await first.close()
      assert.ok(logged.includes('2 calls kept for the next costflame command to record'), logged.join('\n'))
      logged = []
      const next = start(inRepository('dist', 'worker.js'))
      await next.flush()
      const answer = await next.ask({ ask: 'run', runId: 'r' })
      assert.equal(answer.to === 'run' && answer.run?.totals.calls, 2)
      await next.close()
      assert.deepEqual([spoolOf(folder.path), logged], [[], []])
    })

    it('writes no text where none is kept, nor a call that holds a credential in pieces', async () => {
      const others = ['full', 'hashes'].map((name) => join(folder.path, name))
      const script = idle()
      const [withSecret, hashes, plain] = [
        host(others[0] ?? '', script, 'full'),
        host(others[1] ?? '', script, 'hashes'),
        host(folder.path, script, 'full'),
      ]
      withSecret.addExchange({ ...exchange('a'), secrets: ['k'] })
      hashes.addExchange(exchange('a'))
      // Begun last: when it has written, the others would have.
      plain.addExchange(exchange('a'))
      await until('the call in the spool', () => plain.inMemory === 0)
      assert.deepEqual(others.map(spoolOf), [[], []])
      for (const each of [withSecret, hashes, plain]) await each.close()
      assert.deepEqual(logged, Array(2).fill('1 call not recorded: the profiler had to end'))
    })
  })
})
