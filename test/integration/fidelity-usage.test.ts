// The splice of `include_usage` through a real profiler: one insertion in the request, one event out of the reply, every other byte as it was.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import * as zlib from 'node:zlib'
import * as fc from 'fast-check'
import { type Rig, type Script, useRig } from '../support/profiler-rig'

const CHAT = '/openai/v1/chat/completions'
const OPTION = '"stream_options":{"include_usage":true},'
const chunk = (choices: string, usage: string) =>
  `{"id":"c1","object":"chat.completion.chunk", "model":"gpt-5-mini","choices":${choices},"usage":${usage}}`
const EVENTS = [
  chunk('[{"index":0,"delta":{"content":"\\"choices\\":[],\\"usage\\":{} é😀"}}]', 'null'),
  chunk('[{"index":0,"delta":{},"finish_reason":"stop"}]', 'null'),
]
const USAGE = chunk('[]', '{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}')

function streamOf(end: string, withUsage: boolean): string {
  const events = [...EVENTS, ...(withUsage ? [USAGE] : []), '[DONE]'].map(
    (data) => `data: ${data}${end}${end}`,
  )
  return `: hello${end}${end}${events.join('')}`
}

describe('fidelity of the usage splice', () => {
  const start = useRig()

  /** Answers the pieces that `replies` holds, each in a write of its own that has reached the profiler before the next. */
  const inPieces =
    (replies: { pieces: readonly Buffer[] }): Script =>
    (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      res.socket?.setNoDelay(true)
      const [...pieces] = replies.pieces
      const next = () => {
        const piece = pieces.shift()
        if (piece === undefined) res.end()
        else res.write(piece, () => setImmediate(next))
      }
      next()
    }

  async function asked(rig: Rig, body: string): Promise<string> {
    const sent = await rig.ask('HTTP/1.1', { path: CHAT, body: [Buffer.from(body)] })
    return sent.body.toString()
  }

  for (const [name, end] of Object.entries({ LF: '\n', CRLF: '\r\n', CR: '\r' }))
    it(`takes out the extra event only, split at every byte (${name})`, async () => {
      const replies: { pieces: readonly Buffer[] } = { pieces: [] }
      const rig = await start(inPieces(replies))
      const whole = Buffer.from(streamOf(end, true))
      const first = whole.indexOf(USAGE) - 8
      const last = first + USAGE.length + 24
      const bare = streamOf(end, false)
      const cuts = Array.from({ length: last - first }, (_, index) => first + index)
      const sent = '{"model":"gpt-5-mini","stream":true,"messages":[]}'
      for (const cut of cuts) {
        replies.pieces = [whole.subarray(0, cut), whole.subarray(cut)]
        assert.equal(await asked(rig, sent), bare, `cut at byte ${cut}`)
      }
      replies.pieces = [...whole].map((byte) => Buffer.of(byte))
      assert.equal(await asked(rig, sent), bare, 'byte by byte')
      const spans = await rig.storedSpans()
      assert.equal(spans.length, cuts.length + 1)
      // The same response seen again is counted once; it was read each time.
      assert.ok(spans.every(({ modelCall }) => modelCall?.usage.raw !== null))
    })

  it('knows an event stream however its type is written, and plain bytes however they are called', async () => {
    const rig = await start((_req, res) => {
      res.writeHead(200, { 'content-type': 'Text/Event-Stream', 'content-encoding': 'Identity' })
      res.end(streamOf('\n', true))
    })
    assert.equal(await asked(rig, '{"stream":true}'), streamOf('\n', false))
  })

  describe('where the upstream compresses though it was asked not to', () => {
    const COMPRESSORS: Readonly<Record<string, () => zlib.Gzip | zlib.BrotliCompress | zlib.ZstdCompress>> = {
      gzip: zlib.createGzip,
      deflate: zlib.createDeflate,
      'deflate without its header': zlib.createDeflateRaw,
      br: zlib.createBrotliCompress,
      zstd: zlib.createZstdCompress,
    }
    const events = streamOf('\n', true).match(/.+?\n\n/gs) ?? []
    const stream = '{"stream":true}'
    const headersFor = (encoding: string) => ({
      'content-type': 'text/event-stream',
      'content-encoding': encoding.split(' ')[0],
    })

    for (const [name, compressor] of Object.entries(COMPRESSORS))
      it(`takes out the extra event only, and passes each other before the next is sent (${name})`, async () => {
        let sendNext: () => void = () => undefined
        const rig = await start((_req, res) => {
          res.writeHead(200, headersFor(name))
          const compress = compressor()
          compress.pipe(res)
          const [...left] = events
          sendNext = () => {
            const event = left.shift()
            if (event === undefined) compress.end()
            else compress.write(event, () => compress.flush())
          }
          sendNext()
        })
        const call = rig.open(CHAT, { method: 'POST' })
        call.end(stream)
        const [res] = (await once(call, 'response')) as [IncomingMessage]
        let got = ''
        for await (const bytes of res) {
          got += bytes
          if (got.endsWith('\n\n')) sendNext()
          // The next event is taken out, so nobody waits for it.
          if (got.endsWith('"stop"}],"usage":null}\n\n')) sendNext()
        }
        assert.equal(got, streamOf('\n', false))
        assert.equal(res.headers['content-encoding'], undefined)
        const [span] = await rig.storedSpans()
        assert.deepEqual(
          [span?.status, span?.modelCall?.usage.inputTokens, span?.modelCall?.usage.outputTokens],
          ['ok', 7, 3],
        )
      })

    it('passes what came before the upstream broke off, and the error', async () => {
      const rig = await start((_req, res) => {
        res.writeHead(200, headersFor('gzip'))
        const whole = zlib.gzipSync(streamOf('\n', true))
        res.write(whole.subarray(0, whole.length - 12), () => res.destroy())
      })
      const call = rig.open(CHAT, { method: 'POST' })
      call.end(stream)
      const [res] = (await once(call, 'response')) as [IncomingMessage]
      let got = ''
      await assert.rejects(async () => {
        for await (const bytes of res) got += bytes
      })
      assert.ok(got.startsWith(streamOf('\n', false).slice(0, 200)))
      assert.equal((await rig.storedSpans())[0]?.status, 'truncated')
    })

    it('breaks off what cannot be decoded, and goes on with other calls', async () => {
      let body = Buffer.from('data: {}\n\n')
      const rig = await start((_req, res) => {
        res.writeHead(200, headersFor('gzip'))
        res.end(body)
      })
      await assert.rejects(asked(rig, stream))
      body = zlib.gzipSync(streamOf('\n', true))
      assert.equal(await asked(rig, stream), streamOf('\n', false))
    })

    it('holds a fast upstream back for a slow reader, and ends nothing but the call of a client that leaves', async () => {
      const noise = randomBytes(24 * 1024 * 1024).toString('base64')
      const rig = await start((_req, res) => {
        res.writeHead(200, headersFor('gzip'))
        res.end(zlib.gzipSync(`: ${noise}\n\n${streamOf('\n', true)}`, { level: 1 }))
      })
      const slow = rig.open(CHAT, { method: 'POST' })
      slow.end(stream)
      const [res] = (await once(slow, 'response')) as [IncomingMessage]
      assert.equal(await asked(rig, stream), `: ${noise}\n\n${streamOf('\n', false)}`)
      res.destroy()
      assert.deepEqual((await rig.storedSpans()).map(({ status }) => status).toSorted(), ['aborted', 'ok'])
    })

    it('leaves an encoding that nobody knows as it is, the extra event included', async () => {
      const rig = await start((_req, res) => {
        res.writeHead(200, headersFor('rot13'))
        res.end(streamOf('\n', true))
      })
      assert.equal(await asked(rig, stream), streamOf('\n', true))
    })
  })

  it('leaves the reply to a client that asked for usage as it is', async () => {
    const rig = await start(inPieces({ pieces: [Buffer.from(streamOf('\n', true))] }))
    const sent = '{"stream":true, "stream_options" : {"include_usage": true }}'
    assert.equal(await asked(rig, sent), streamOf('\n', true))
    assert.equal(rig.arrived[0]?.body.toString(), sent)
  })

  it('inserts its option at the start and changes no other byte, whatever the JSON', async () => {
    const rig = await start((_req, res) => res.end('{}'))
    const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n  ')
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((value) => JSON.stringify(value)),
      fc.constantFrom('"\\u00e9\\ud83d\\ude00"', '"\\/\\b\\u0000"', '"\\"stream\\":false"', '"a\\\\"', '""'),
    )
    const number = fc.constantFrom('0', '-0', '1.0', '1e400', '12345678901234567890', '0.1000', '-1E-7')
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        number,
        text,
        fc.constantFrom('null', 'true', 'false', '[]', '{ }'),
        fc
          .tuple(space, fc.array(tie('value'), { maxLength: 3 }))
          .map(([gap, items]) => `[${gap}${items.join(`${gap},`)}${gap}]`),
        fc
          .tuple(space, text, tie('value'))
          .map(([gap, key, item]) => `{${gap}${key}${gap}:${gap}${item}${gap}}`),
      ),
    }))
    const key = fc.oneof(
      text,
      // The same name again; only the last one counts, and `stream` comes last of all.
      fc.constantFrom('"messages"', '"model"', '"stream"', '"str\\u0065am"', '"metadata"'),
    )
    const body = fc
      .tuple(
        space,
        space,
        fc.array(fc.tuple(key, value), { maxLength: 5 }),
        fc.constantFrom('"stream"', '"str\\u0065am"'),
      )
      .filter(
        ([, , members]) =>
          !members.some(([name]) => /^(stream_options|data_sources)$/.test(JSON.parse(name))),
      )
      .map(([before, gap, members, stream]) => {
        const all = [...members, [stream, 'true'] as const]
        const inside = all.map(([name, item]) => `${gap}${name}${gap}:${gap}${item}${gap}`).join(',')
        return { text: `${before}{${inside}}${before}`, open: before.length + 1 }
      })
    await fc.assert(
      fc.asyncProperty(body, async ({ text: sent, open }) => {
        await asked(rig, sent)
        const got = rig.arrived.at(-1)?.body.toString()
        assert.equal(got, sent.slice(0, open) + OPTION + sent.slice(open))
      }),
      { numRuns: 150 },
    )
  })

  it('leaves every other body alone, byte for byte', async () => {
    const rig = await start((_req, res) => res.end('{}'))
    const bodies = [
      '{"stream":false}',
      '{"stream":true,"stream":false}',
      '{"stream":"true"}',
      '{"messages":[{"stream":true}]}',
      '[{"stream":true}]',
      '{"stream":true',
      '{"stream":true}}',
      '{"stream":true} x',
      "{'stream':true}",
      '\ufeff{"stream":true}',
      'stream=true',
      '',
    ]
    for (const body of bodies) {
      await asked(rig, body)
      assert.equal(rig.arrived.at(-1)?.body.toString(), body)
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        await rig.ask('HTTP/1.1', { path: CHAT, body: [bytes] })
        assert.deepEqual(new Uint8Array(rig.arrived.at(-1)?.body ?? []), bytes)
      }),
      { numRuns: 50 },
    )
  })
})
