// Request bodies on their way up: each chunk passes as it comes, unless the body has to be looked at whole.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type http from 'node:http'
import { answerOf, listen, portOf, text, useHarness } from '../support/proxy-harness'

describe('proxy uploads', () => {
  const start = useHarness()
  let upstream: http.Server
  let answer: (req: http.IncomingMessage, res: http.ServerResponse) => void
  beforeEach(async () => {
    answer = (req, res) => void req.resume().once('end', () => res.end('fine'))
    upstream = await listen((req, res) => {
      upstream.emit('arrival', req)
      answer(req, res)
    })
  })
  afterEach(async () => {
    upstream.closeAllConnections()
    await new Promise((resolve) => upstream.close(resolve))
  })
  const begin = async (headers: http.OutgoingHttpHeaders, path = '/openai/v1/files') => {
    const origin = `http://127.0.0.1:${portOf(upstream)}`
    const proxy = await start(() => undefined, { upstreams: { openai: origin } })
    return { proxy, call: proxy.open(path, { method: 'POST', headers }) }
  }
  const firstChunk = () =>
    new Promise<{ req: http.IncomingMessage; chunk: string }>((resolve) =>
      upstream.once('arrival', (req: http.IncomingMessage) =>
        req.once('data', (chunk: Buffer) => resolve({ req, chunk: chunk.toString() })),
      ),
    )

  for (const headers of [{ 'content-length': '10' }, { 'transfer-encoding': 'chunked' }])
    it(`pass as they come, with ${Object.keys(headers)[0]} as the client gave it`, async () => {
      const { proxy, call } = await begin(headers)
      const isThere = firstChunk()
      call.write('first')
      const { req, chunk } = await isThere
      assert.equal(chunk, 'first')
      for (const [name, value] of Object.entries(headers)) assert.equal(req.headers[name], value)
      call.end('-last')
      assert.equal(text((await answerOf(call)).body), 'fine')
      const [exchange] = await proxy.settled()
      assert.equal(text(exchange?.requestBody), 'first-last')
      assert.equal(exchange?.end, 'complete')
    })

  it('break off upstream when the client does', async () => {
    const { proxy, call } = await begin({ 'content-length': '10' })
    call.on('error', () => undefined)
    const isThere = firstChunk()
    call.write('first')
    const { req } = await isThere
    const isBroken = once(req, 'error')
    call.destroy()
    await isBroken
    const [exchange] = await proxy.settled()
    assert.equal(exchange?.end, 'aborted')
    assert.equal(text(exchange?.requestBody), 'first')
  })

  it('may be answered before they are over', async () => {
    answer = (_req, res) => void res.writeHead(413).end('too large')
    const { proxy, call } = await begin({ 'content-length': '10' })
    call.write('first')
    const [reply] = (await once(call, 'response')) as [http.IncomingMessage]
    assert.equal(reply.statusCode, 413)
    reply.resume()
    await once(reply, 'end')
    call.destroy()
    assert.equal((await proxy.settled())[0]?.status, 413)
  })

  it('are held where they may lack the wish for usage', async () => {
    const { call } = await begin({ 'transfer-encoding': 'chunked' }, '/openai/v1/chat/completions')
    call.write('{"stream":true,')
    const isThere = firstChunk()
    call.end('"messages":[]}')
    const { req, chunk } = await isThere
    assert.equal(chunk, '{"stream_options":{"include_usage":true},"stream":true,"messages":[]}')
    assert.equal(req.headers['content-length'], String(chunk.length))
    await answerOf(call)
  })
})
