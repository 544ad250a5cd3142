// What a budget does to calls on the wire: refuses them in their own format, caps their output, and leaves all others alone.

import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Admission, CallGate, GatedCall } from '../../profiler-agent/model/call-gate'
import { ENCODINGS } from '../support/content-encodings'
import { ENDLESS_REPLIES } from '../support/endless-replies'
import { type Script, TOKEN, text, useHarness } from '../support/proxy-harness'

const REFUSAL = {
  rule: 'budget/totalTokens',
  message: 'budget exceeded: support-agent may use 6,000 tokens, and 6,120 are used (budgets.jsonc:9).',
}

/** A gate that decides by a script, and keeps what it was asked. */
function scriptedGate(decide: (call: GatedCall) => Admission | Promise<Admission>) {
  const asked: GatedCall[] = []
  const gate: CallGate = {
    concerns: (_runId, { agent }) => agent === 'support-agent',
    admit: (call) => {
      asked.push(call)
      return decide(call)
    },
  }
  return { gate, asked }
}

/** The servers' ends of the connections that are made from now on. */
function serverConnections(): readonly Socket[] {
  const connections: Socket[] = []
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { readonly socket: Socket }
    connections.push(socket)
  })
  return connections
}

const echo: Script = (_req, res, body) => {
  res.writeHead(200, { 'content-type': 'application/json' })
  res.end(body)
}
const ASKED = { method: 'POST', headers: { 'x-costflame-agent': 'support-agent' } }
const CHAT = '/openai/v1/chat/completions'
const BODY = '{"model":"m","messages":[{"role":"user","content":"Wo ist mein Päckchen?"}]}'

describe('proxy with a budget', () => {
  const start = useHarness()

  it('refuses with 402 in the format of the call, and sends nothing up', async () => {
    const { gate, asked } = scriptedGate(() => ({ passes: false, refusal: REFUSAL }))
    const proxy = await start(echo, { gate })
    const answer = await proxy.send(CHAT, ASKED, BODY)
    assert.equal(answer.status, 402)
    assert.equal(answer.headers['x-should-retry'], 'false')
    assert.equal(answer.headers['x-costflame-budget'], 'exceeded')
    assert.deepEqual(JSON.parse(text(answer.body)), {
      error: { message: REFUSAL.message, type: 'insufficient_quota', param: null, code: 'budget_exceeded' },
    })
    assert.equal(proxy.received.length, 0)
    const [exchange] = await proxy.settled()
    assert.equal(exchange?.id, asked[0]?.id)
    assert.equal(exchange?.status, 402)
    assert.equal(exchange?.end, 'complete')
    assert.deepEqual(exchange?.budget, { stop: 'refused', ...REFUSAL })
    assert.equal(text(exchange?.requestBody), BODY)
  })

  it('asks once, with the whole request, and lets pass what the gate lets pass', async () => {
    let ended = 0
    const hold = { output: () => undefined, ended: () => void ended++ }
    const { gate, asked } = scriptedGate(async () => ({ passes: true, hold }))
    const proxy = await start(echo, { gate })
    const body = `{"max_tokens":300,${BODY.slice(1)}`
    assert.equal(text((await proxy.send(CHAT, ASKED, body)).body), body)
    await proxy.send(CHAT, { method: 'POST' }, body)
    await proxy.settled()
    assert.equal(asked.length, 1)
    assert.equal(ended, 1)
    const [call] = asked
    assert.deepEqual(
      [call?.model, call?.outputCap, call?.provider, call?.path, text(call?.body)],
      ['m', 300, 'openai', '/v1/chat/completions', body],
    )
  })

  it('lowers the cap of a request in its bytes, and says so in the record', async () => {
    const { gate } = scriptedGate(() => ({ passes: true, outputCap: 800 }))
    const proxy = await start(echo, { gate })
    await proxy.send(CHAT, ASKED, BODY)
    assert.equal(text(proxy.received[0]?.body), `{"max_completion_tokens":800,${BODY.slice(1)}`)
    const [exchange] = await proxy.settled()
    assert.equal(text(exchange?.requestBody), BODY)
    assert.deepEqual(exchange?.budget, { outputCap: 800 })
  })

  it('knows what is in a compressed request, and sends one that it changes in plain bytes', async () => {
    const { gate, asked } = scriptedGate(({ outputCap }) =>
      outputCap === undefined ? { passes: true, outputCap: 800 } : { passes: true },
    )
    const proxy = await start(echo, { gate })
    const packed = { ...ASKED, headers: { ...ASKED.headers, 'content-encoding': 'gzip' } }
    const capped = gzipSync(`{"max_tokens":9,${BODY.slice(1)}`)
    await proxy.send(CHAT, packed, gzipSync(BODY))
    await proxy.send(CHAT, packed, capped)
    await proxy.send(CHAT, packed, 'no gzip')
    assert.deepEqual(
      asked.map(({ model, outputCap, body }) => [model, outputCap, body.length]),
      [
        ['m', undefined, Buffer.byteLength(BODY)],
        ['m', 9, Buffer.byteLength(BODY) + 15],
        ['', undefined, 7],
      ],
    )
    const [first, second, third] = proxy.received
    assert.equal(text(first?.body), `{"max_completion_tokens":800,${BODY.slice(1)}`)
    assert.equal(first?.rawHeaders.includes('content-encoding'), false)
    assert.deepEqual([second?.body, text(third?.body)], [capped, 'no gzip'])
    assert.equal(second?.rawHeaders.includes('content-encoding'), true)
  })

  it('lets calls pass when the gate breaks, and says so once', async () => {
    const { gate } = scriptedGate(() => Promise.reject(new Error('broken gate')))
    const proxy = await start(echo, { gate })
    for (const _ of [1, 2]) assert.equal((await proxy.send(CHAT, ASKED, BODY)).status, 200)
    assert.equal(proxy.logged.filter((line) => line.includes('broken gate')).length, 1)
  })

  it('records a call whose client left while the gate was deciding', async () => {
    const decided = Promise.withResolvers<Admission>()
    const isAsked = Promise.withResolvers<void>()
    const { gate } = scriptedGate(() => {
      isAsked.resolve()
      return decided.promise
    })
    const proxy = await start(echo, { gate })
    const connections = serverConnections()
    const call = proxy.open(CHAT, ASKED)
    call.on('error', () => undefined).end(BODY)
    await isAsked.promise
    const [connection] = connections
    call.destroy()
    if (connection) await once(connection, 'close')
    decided.resolve({ passes: true })
    const [exchange] = await proxy.settled()
    assert.equal(exchange?.end, 'aborted')
    assert.equal(proxy.received.length, 0)
  })

  describe('streams', () => {
    const WORDS = [1, 2, 3, 4, 5].map((word) =>
      Buffer.from(ENDLESS_REPLIES['openai-chat']?.word(`word${word} `) ?? []),
    )
    const ERROR = `data: ${JSON.stringify({
      error: { message: REFUSAL.message, type: 'insufficient_quota', param: null, code: 'budget_exceeded' },
    })}\n\n`
    const asksForStream = `{"stream":true,${BODY.slice(1)}`
    const hold = {
      output: (tokens: number) => (tokens >= 5 ? REFUSAL : undefined),
      ended: () => undefined,
    }
    const held: Admission = { passes: true, hold }

    for (const [encoding, encode] of Object.entries(ENCODINGS))
      it(`end with an error behind the last whole event, though they came in ${encoding}`, async () => {
        const { gate } = scriptedGate(() => held)
        const wish: (string | undefined)[] = []
        const aborted = Promise.withResolvers<void>()
        const proxy = await start(
          (req, res) => {
            wish.push(req.headers['accept-encoding']?.toString())
            const contentEncoding = encoding === 'identity' ? {} : { 'content-encoding': encoding }
            res.writeHead(200, { 'content-type': 'text/event-stream', ...contentEncoding })
            res.on('close', () => aborted.resolve())
            // Whole events and the beginning of one more, which nobody gets to see; the upstream goes on.
            res.write(encode(Buffer.concat([...WORDS, Buffer.from('data: {"id"')])))
          },
          { gate },
        )
        const answer = await proxy.send(
          CHAT,
          { ...ASKED, headers: { ...ASKED.headers, 'accept-encoding': 'gzip' } },
          asksForStream,
        )
        assert.equal(answer.headers['content-encoding'], undefined)
        assert.equal(text(answer.body), text(Buffer.concat(WORDS)) + ERROR)
        await aborted.promise
        assert.deepEqual(wish, ['identity'])
        const [exchange] = await proxy.settled()
        assert.deepEqual(
          [exchange?.status, exchange?.end, exchange?.error, exchange?.budget],
          [200, 'truncated', REFUSAL.message, { stop: 'ended', ...REFUSAL }],
        )
      })

    it('of JSON elements stay an array', async () => {
      const { gate } = scriptedGate(() => held)
      const element = (word: string) => `{"candidates":[{"content":{"parts":[{"text":"${word}"}]}}]}`
      const proxy = await start(
        (_req, res) => {
          res.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' })
          res.write(`[${element('word1 word2 word3')}\r\n,\r\n${element(' word4 word5 word6')}\r\n,`)
        },
        { gate, upstreams: {} },
      )
      const path = '/google/@127.0.0.1:PORT/v1beta/models/gemini-2.5-flash:streamGenerateContent'
      const headers = { ...ASKED.headers, 'x-costflame-token': TOKEN }
      const answer = await proxy.send(
        path.replace('127.0.0.1:PORT', new URL(proxy.upstream).host),
        { ...ASKED, headers },
        '{"contents":[]}',
      )
      assert.deepEqual(JSON.parse(text(answer.body)), [
        JSON.parse(element('word1 word2 word3')),
        JSON.parse(element(' word4 word5 word6')),
        { error: { code: 402, message: REFUSAL.message, status: 'FAILED_PRECONDITION' } },
      ])
    })

    it('that stay within their budget pass byte for byte, whole replies too', async () => {
      const ended: string[] = []
      const { gate } = scriptedGate(({ path }) => ({
        passes: true,
        hold: { output: () => undefined, ended: () => void ended.push(path) },
      }))
      const body = `${text(Buffer.concat(WORDS))}: bye\r\n\r\ndata: [DONE]`
      const proxy = await start(
        (_req, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end(body),
        { gate, spliceUsage: false },
      )
      assert.equal(text((await proxy.send(CHAT, ASKED, asksForStream)).body), body)
      assert.deepEqual(ended, ['/v1/chat/completions'])
    })

    it('are not ended once the model has said that it is through', async () => {
      const { gate } = scriptedGate(() => held)
      const last =
        'data: {"choices":[{"delta":{"content":"and a very long last word indeed"},"finish_reason":"stop"}]}\n\n'
      const body = `${last}data: [DONE]\n\n`
      const proxy = await start(
        (_req, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end(body),
        { gate, spliceUsage: false },
      )
      assert.equal(text((await proxy.send(CHAT, ASKED, asksForStream)).body), body)
    })
  })
})
