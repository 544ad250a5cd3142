// The extension's reader of the feed against the real feed server, and against servers that misbehave.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { FeedClient, type FeedEvents } from '../../../extension/profiler/feed-client'
import type { AnswerBody, Question, ReadyLine, RunSummary } from '../../../profiler-agent/feed/protocol'
import { FeedServer } from '../../../profiler-agent/feed/server'

/** What is there comes before these, on however slow a machine. */
const LIMITS = { connectMs: 30_000, answerMs: 30_000 }
/** For what never comes. */
const SOON_MS = 300
const SILENT: FeedEvents = { runs: () => undefined, closed: () => undefined }

function readyFor(server: Server): ReadyLine {
  const { port } = server.address() as AddressInfo
  const proxy = `http://127.0.0.1:${port}`
  const feed = `ws://127.0.0.1:${port}/feed`
  return { event: 'ready', version: '0', pid: 1, proxy, feed, token: 'secret', otlp: '', data: '/data' }
}

describe('the reader of the feed', () => {
  let server: Server
  let closeFeed: () => void

  beforeEach(async () => {
    server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closeFeed = () => undefined
  })
  afterEach(async () => {
    closeFeed()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  /** The real feed server; its token check is the profiler's, so it accepts everybody here. */
  function serveFeed(ask: (question: Question) => Promise<AnswerBody>): FeedServer {
    const feed = new FeedServer({ version: '0.1.0', pid: 1, data: '/data', ask })
    server.on('upgrade', (request, socket, head) => feed.accept(request, socket, head))
    closeFeed = () => feed.close()
    return feed
  }

  /** A server that says these texts to whoever connects. */
  function serveTexts(...texts: readonly string[]) {
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => {
      for (const text of texts) socket.send(text)
    })
    closeFeed = () => {
      for (const socket of sockets.clients) socket.terminate()
    }
  }

  it('gets the list of runs after the greeting, and the answer to its own question', async () => {
    const feed = serveFeed(async (question) =>
      question.ask === 'deleteRuns'
        ? { to: 'deleteRuns', deleted: question.runIds.length }
        : { to: 'run', run: null },
    )
    feed.publish(1, [])
    const { promise: firstRuns, resolve } = Promise.withResolvers<readonly RunSummary[]>()
    const client = await FeedClient.connect(readyFor(server), { ...SILENT, runs: resolve }, LIMITS)
    assert.deepEqual(await firstRuns, [])
    const [none, two] = await Promise.all([
      client.ask<'run'>({ ask: 'run', runId: 'x' }),
      client.ask<'deleteRuns'>({ ask: 'deleteRuns', runIds: ['a', 'b'] }),
    ])
    assert.deepEqual([none.run, two.deleted], [null, 2])
    client.close()
  })

  it('gets columns as they are, also more of them than a reader may let pile up', async () => {
    const sent = new Uint8Array(40 * 1024 * 1024).map((_, index) => index % 251)
    const feed = serveFeed(async () => ({ to: 'columns', columns: sent.buffer }))
    const client = await FeedClient.connect(readyFor(server), SILENT, LIMITS)
    const answers = Promise.all([1, 2].map(() => client.ask<'columns'>({ ask: 'columns', runIds: ['x'] })))
    // States in between find a reader that is behind because of what it asked for.
    for (let revision = 1; revision < 200; revision++) feed.publish(revision, [])
    for (const { columns } of await answers) assert.ok(columns && Buffer.from(columns).equals(sent))
    client.close()
  })

  it('passes on why the profiler could not answer', async () => {
    serveFeed(async () => {
      throw new Error('the store is broken')
    })
    const client = await FeedClient.connect(readyFor(server), SILENT, LIMITS)
    await assert.rejects(client.ask<'run'>({ ask: 'run', runId: 'x' }), { message: 'the store is broken' })
    client.close()
  })

  it('sends the token and nothing else with it', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<string | undefined>()
    server.on('upgrade', (request, socket) => {
      resolve(request.url)
      socket.destroy()
    })
    await assert.rejects(FeedClient.connect(readyFor(server), SILENT, LIMITS))
    assert.equal(await asked, '/feed?token=secret')
  })

  it('says which side to update when the versions differ', async () => {
    serveTexts('{"type":"hello","feed":2}')
    await assert.rejects(FeedClient.connect(readyFor(server), SILENT, LIMITS), /Update the extension/)
  })

  it('gives up on a profiler that does not greet, or is refused', async () => {
    serveTexts()
    await assert.rejects(
      FeedClient.connect(readyFor(server), SILENT, { ...LIMITS, connectMs: SOON_MS }),
      /did not greet within 0\.3 s/,
    )
    const nowhere = { ...readyFor(server), feed: 'ws://127.0.0.1:1/feed' }
    await assert.rejects(FeedClient.connect(nowhere, SILENT, LIMITS), /ECONNREFUSED/)
  })

  it('rejects a question that is not answered in time', async () => {
    serveFeed(() => new Promise(() => undefined))
    const client = await FeedClient.connect(readyFor(server), SILENT, { ...LIMITS, answerMs: SOON_MS })
    await assert.rejects(client.ask<'run'>({ ask: 'run', runId: 'x' }), /no answer for 0\.3 s/)
    client.close()
  })

  it('ends open questions and says so once when the profiler goes', async () => {
    const feed = serveFeed(() => new Promise(() => undefined))
    const reasons: string[] = []
    const { promise: left, resolve } = Promise.withResolvers<void>()
    const events = {
      ...SILENT,
      closed: (why: string) => {
        reasons.push(why)
        resolve()
      },
    }
    const client = await FeedClient.connect(readyFor(server), events, LIMITS)
    const question = client.ask<'run'>({ ask: 'run', runId: 'x' })
    feed.close()
    await assert.rejects(question, { message: 'the profiler stops' })
    await left
    assert.deepEqual(reasons, ['the profiler stops'])
    await assert.rejects(client.ask<'run'>({ ask: 'run', runId: 'x' }), { message: 'the profiler stops' })
  })
})
