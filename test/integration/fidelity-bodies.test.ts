// Bodies and end-to-end headers through a real profiler: identical both ways, in every encoding, framing and version.

import assert from 'node:assert/strict'
import { ENCODINGS } from '../support/content-encodings'
import { sha256, useRig, type Version, withoutNames } from '../support/profiler-rig'

const VERSIONS: readonly Version[] = ['HTTP/1.1', 'h2c']
/** Spacing, key order, number forms and escapes that a rewrite would not keep. */
const QUESTION = Buffer.from(
  '{ "model" :"m","b":1.0,"b":2e3,\t"n":12345678901234567890,"a":"\\u00e9 é 😀 \\/" }\n',
)
const REPLIES = {
  JSON: ['application/json; charset=utf-8', Buffer.from('{"x":[ 1.50 ],"x":"\\u2028","é":"日本"}\n')],
  SSE: [
    'text/event-stream',
    Buffer.from(`event: a\ndata: {"a": "é"}\n\n: ping\r\n\r\ndata: ${'x'.repeat(5000)}\n\ndata: [DONE]\n\n`),
  ],
} as const

/** Names that belong to one connection, or that HTTP/2 says otherwise; both sides set their own. */
const OF_ONE_CONNECTION = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'])

describe('fidelity of bodies', () => {
  const start = useRig()

  for (const version of VERSIONS)
    for (const [kind, [type, text]] of Object.entries(REPLIES))
      it(`${kind} over ${version}: chunked or not, in every encoding, byte for byte both ways`, async () => {
        const replies = new Map<string, Buffer>()
        const rig = await start((req, res) => {
          const [encoding = '', framing] = (req.url ?? '').slice(4).split('-')
          const body = replies.get(encoding) ?? Buffer.alloc(0)
          res.sendDate = false
          const length = framing === 'length' ? ['Content-Length', String(body.length)] : []
          const coding = encoding === 'identity' ? [] : ['Content-Encoding', encoding]
          res.writeHead(200, ['Content-Type', type, 'X-Request-ID', 'r/1', ...coding, ...length])
          res.write(body.subarray(0, 11))
          res.end(body.subarray(11))
        })
        for (const [encoding, encode] of Object.entries(ENCODINGS))
          for (const framing of ['chunked', 'length']) {
            const [asked, reply] = [encode(QUESTION), encode(text)]
            replies.set(encoding, reply)
            const sent = [
              ...['content-type', 'application/json', 'X-Stainless-OS', 'Linux'],
              ...(encoding === 'identity' ? [] : ['content-encoding', encoding]),
              ...(framing === 'length' ? ['content-length', String(asked.length)] : []),
            ]
            const body = [asked.subarray(0, 7), asked.subarray(7)]
            const path = `/openai/v1/${encoding}-${framing}`
            const got = await rig.ask(version, { path, rawHeaders: sent, body })
            const up = rig.arrived.at(-1)
            const title = `${encoding}, ${framing}`
            assert.equal(sha256(up?.body ?? QUESTION), sha256(asked), `request, ${title}`)
            assert.equal(sha256(got.body), sha256(reply), `reply, ${title}`)
            assert.deepEqual(
              endToEnd(up?.rawHeaders ?? [], version),
              endToEnd(sent, version),
              `request headers, ${title}`,
            )
            const given = [
              ...['Content-Type', type, 'X-Request-ID', 'r/1'],
              ...(encoding === 'identity' ? [] : ['Content-Encoding', encoding]),
            ]
            assert.deepEqual(
              endToEnd(got.rawHeaders, version),
              endToEnd(given, version),
              `reply headers, ${title}`,
            )
            const length = headerOf(got.rawHeaders, 'content-length')
            assert.equal(length, framing === 'length' ? `${reply.length}` : undefined, title)
          }
      })

  it('keeps order, case and duplicates of headers both ways', async () => {
    const given = [
      ...['X-Request-ID', 'r1', 'Set-Cookie', 'a=1', 'x-RateLimit', '5', 'Set-Cookie', 'b=2; Path=/'],
      ...['Vary', 'Origin', 'vary', 'Accept', 'Content-Type', 'text/plain', 'X-Empty', '', 'Age', '0'],
    ]
    const rig = await start((_req, res) => {
      res.sendDate = false
      res.writeHead(200, 'Fine, thanks', given)
      res.end('ok')
    })
    const sent = [
      ...['User-Agent', 'x', 'X-Dup', '1', 'authorization', 'Bearer sk-test-0123456789', 'x-dup', '2'],
      ...['X-EMPTY', '', 'Accept', '*/*', 'Cookie', 'a=1; b=2', 'Content-Type', 'application/json'],
    ]
    const got = await rig.ask('HTTP/1.1', { path: '/openai/v1/x', rawHeaders: sent, body: [QUESTION] })
    assert.deepEqual(withoutNames(rig.arrived[0]?.rawHeaders ?? [], OF_ONE_CONNECTION), sent)
    assert.deepEqual(withoutNames(got.rawHeaders, OF_ONE_CONNECTION), given)
  })

  for (const version of VERSIONS)
    it(`keeps header values outside ASCII over ${version}`, async () => {
      const latin1 = Buffer.from(Array.from({ length: 128 }, (_, index) => index + 128)).toString('latin1')
      const odd = `"quoted, (comment)";q=0.5\t= ${latin1}`
      const rig = await start((_req, res) => {
        res.writeHead(200, ['X-Odd', odd])
        res.end()
      })
      const got = await rig.ask(version, { path: '/openai/v1/x', method: 'GET', rawHeaders: ['x-odd', odd] })
      assert.equal(headerOf(rig.arrived[0]?.rawHeaders ?? [], 'x-odd'), odd)
      assert.equal(headerOf(got.rawHeaders, 'x-odd'), odd)
    })

  for (const version of VERSIONS)
    it(`carries a URL and headers of tens of kilobytes over ${version}`, async () => {
      const query = `q=${'a%20%2F'.repeat(3000)}&q=[]|{}`
      const long = 'v'.repeat(25_000)
      const rig = await start((_req, res) => {
        res.writeHead(200, ['X-Long', long.repeat(2)])
        res.end()
      })
      const asked = { path: `/openai/v1/x?${query}`, method: 'GET', rawHeaders: ['x-long', long] }
      assert.equal(headerOf((await rig.ask(version, asked)).rawHeaders, 'x-long'), long.repeat(2))
      assert.equal(rig.arrived[0]?.url, `/v1/x?${query}`)
      assert.equal(headerOf(rig.arrived[0]?.rawHeaders ?? [], 'x-long'), long)
    })
})

/** End-to-end headers as comparable text; HTTP/2 has lower-case names and its own order. */
function endToEnd(raw: readonly string[], version: Version): string[] {
  const kept = withoutNames(raw, OF_ONE_CONNECTION)
  if (version === 'HTTP/1.1') return kept
  const lines = kept.flatMap((name, index) => (index % 2 ? [] : `${name.toLowerCase()}: ${kept[index + 1]}`))
  return lines.sort()
}

function headerOf(raw: readonly string[], name: string): string | undefined {
  const at = raw.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === name)
  return at < 0 ? undefined : raw[at + 1]
}
