// The main thread's side of the worker: what becomes of questions and calls when the worker fails.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import { WorkerHost } from '../../profiler-agent/worker-host'
import { inRepository } from '../support/repository'
import { type TestFolder, temporaryFolder, writeFiles } from '../support/test-folders'
import { until } from '../support/until'

function exchange(id: string): HttpExchange {
  return {
    id,
    runId: 'r',
    provider: 'openai',
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    requestHeaders: {},
    requestBody: new TextEncoder().encode(
      '{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}]}',
    ),
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: new TextEncoder().encode('{"id":"x","model":"gpt-5-mini","choices":[]}'),
    startTime: Date.now(),
    durationMs: 5,
    end: 'complete',
    copyTruncated: false,
    attribution: {},
  }
}

describe('WorkerHost', () => {
  let folder: TestFolder
  let logged: string[]
  beforeEach(() => {
    folder = temporaryFolder('worker')
    logged = []
  })
  afterEach(() => folder.remove())

  const start = (script: string) =>
    new WorkerHost({
      script,
      worker: { data: folder.path, assets: inRepository('dist') },
      onState: () => undefined,
      log: (message) => logged.push(message),
    })
  const broken = (text: string) => {
    writeFiles(folder.path, { 'broken.cjs': text })
    return start(join(folder.path, 'broken.cjs'))
  }

  it('hands bodies over without copying them', async () => {
    const host = start(inRepository('dist', 'worker.js'))
    const one = exchange('a')
    host.addExchange(one)
    assert.equal(one.requestBody.byteLength, 0)
    await host.flush()
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

  it('says how many calls a dying worker had not stored, and starts another', async () => {
    const host = broken(`
      const { parentPort } = require('node:worker_threads')
      parentPort.on('message', (message) => {
        if (message.type === 'exchange') process.exit(1)
        if (message.type === 'flush') parentPort.postMessage({ type: 'flushed', id: message.id })
        if (message.type === 'close') parentPort.close()
      })`)
    host.addExchange(exchange('a'))
    await until('the loss', () => logged.length > 0)
    assert.deepEqual(logged, ['1 call not recorded: the worker stopped before storing'])
    await host.flush()
    await host.close()
  })

  it('refuses the questions that a dying worker leaves open', async () => {
    const host = broken(`
      const { parentPort } = require('node:worker_threads')
      parentPort.on('message', (message) => {
        if (message.type === 'question') process.exit(1)
        if (message.type === 'close') parentPort.close()
      })`)
    await assert.rejects(host.ask({ ask: 'run', runId: 'r' }), /restarting its worker/)
    await host.close()
  })
})
