// Every wire format against damaged, hostile and contradictory bodies: never a throw, a negative, a NaN or a crash, and never slow.
import assert from 'node:assert/strict'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import { readExchange } from '../../../profiler-agent/providers'
import { eventFrame, frameOf } from '../wire/event-stream-frames'
import {
  bytesOfLatin1,
  cutsOf,
  longerStream,
  millisecondsOf,
  ODD_VALUES,
  replacementsIn,
  replyLike,
  text,
} from './damage'
import { bytes, exchangeOf, sseOf } from './exchange'
import { assertSane, type Fixture, loadFixtures } from './provider-fixtures'
import { AWS_EVENTS, ENDPOINTS, REPLY_FIELDS, REQUEST_FIELDS } from './surfaces'

/** Fixed, so that a failure is the same everywhere; another one can be tried without touching the file. */
const SEED = Number(process.env.COSTFLAME_TEST_SEED ?? 20261122)
const fixtures: readonly Fixture[] = loadFixtures()

const read = (exchange: HttpExchange, changes: Partial<HttpExchange> = {}) => {
  const reading = readExchange({ ...exchange, ...changes })
  assertSane(reading)
  return reading
}

/** The property with the seed in its message, so that a failure can be repeated. */
function check<T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>, numRuns: number): void {
  fc.assert(property, { seed: SEED, numRuns })
}

const anyFixture = fc.constantFrom(...fixtures)

describe('providers/robustness', () => {
  before(() => process.stdout.write(`      seed ${SEED}\n`))

  it('reads a request that was cut anywhere', () => {
    for (const { exchange } of fixtures)
      for (const length of cutsOf(exchange.requestBody.length))
        read(exchange, { requestBody: exchange.requestBody.slice(0, length) })
  })

  it('reads a body of which a piece is missing, doubled or moved', () => {
    const place = fc.nat(1_000_000)
    check(
      fc.property(
        anyFixture,
        place,
        place,
        fc.constantFrom('missing', 'doubled', 'moved'),
        ({ exchange }, a, b, how) => {
          const body = exchange.responseBody
          const [start = 0, end = 0] = [a % (body.length + 1), b % (body.length + 1)].sort((x, y) => x - y)
          const [before, piece, after] = [body.slice(0, start), body.slice(start, end), body.slice(end)]
          const parts = {
            missing: [before, after],
            doubled: [before, piece, piece, after],
            moved: [piece, before, after],
          }
          read(exchange, { responseBody: new Uint8Array(Buffer.concat(parts[how])) })
        },
      ),
      600,
    )
  })

  it('reads flipped bits, in requests and replies', () => {
    const flips = fc.array(fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    })
    check(
      fc.property(anyFixture, flips, fc.boolean(), ({ exchange }, changes, isRequest) => {
        const body = (isRequest ? exchange.requestBody : exchange.responseBody).slice()
        for (const [at, mask] of changes) body[at % body.length] = (body[at % body.length] ?? 0) ^ mask
        read(exchange, isRequest ? { requestBody: body } : { responseBody: body })
      }),
      1500,
    )
  })

  it('reads every value of every reply replaced by every other kind of value', () => {
    for (const { exchange, framing } of fixtures)
      if (framing !== 'base64')
        for (const mutated of replacementsIn(text(exchange.responseBody), ODD_VALUES))
          read(exchange, { responseBody: bytes(mutated) })
  })

  it('reads every value of every request replaced by every other kind of value', () => {
    const values = ODD_VALUES.filter((_, index) => index % 3 === 0)
    for (const { exchange } of fixtures)
      for (const mutated of replacementsIn(text(exchange.requestBody), values))
        read(exchange, { requestBody: bytes(mutated) })
  })

  it('reads odd values inside the frames of an AWS event stream', () => {
    const urls = ['converse-stream', 'invoke-with-response-stream'].map(
      (verb) => `https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.m/${verb}`,
    )
    for (const [type, payload] of AWS_EVENTS)
      for (const mutated of replacementsIn(JSON.stringify(payload), ODD_VALUES)) {
        const others = AWS_EVENTS.map(([other, usual]) =>
          other === type ? frameOf([[':event-type', type]], mutated) : eventFrame(other, usual),
        )
        const responseBody = new Uint8Array(Buffer.concat(others))
        for (const url of urls) read(exchangeOf({ provider: 'bedrock', url, responseBody }))
      }
  })

  it('passes over fields that it does not know', () => {
    for (const { exchange, framing } of fixtures) {
      if (framing === 'base64') continue
      const body = text(exchange.responseBody).replaceAll(/\{(?=\s*")/g, '{"x_new_field":[{"tokens":7}],')
      const [plain, more] = [read(exchange), read(exchange, { responseBody: bytes(body) })]
      const facts = ({ inferences }: typeof plain) =>
        inferences.map(({ usage: { raw: _, ...usage }, ...rest }) => ({ ...rest, usage }))
      assert.deepEqual(facts(more), facts(plain))
    }
  })

  it('reads the reply of any format at the endpoint of any other', () => {
    for (const url of ENDPOINTS)
      for (const { exchange } of fixtures) {
        read(exchange, { url })
        read(exchange, { url, provider: 'custom:models.example', requestBody: new Uint8Array(0) })
      }
  })

  it('reads any JSON, SSE, JSON lines and array at any endpoint', () => {
    const framings = {
      json: (values: unknown[]) => JSON.stringify(values[0]),
      sse: (values: unknown[]) => sseOf(values),
      lines: (values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n'),
      array: (values: unknown[]) => JSON.stringify(values),
    }
    const values = fc.array(fc.oneof(fc.jsonValue(), replyLike()), { minLength: 1, maxLength: 4 })
    check(
      fc.property(
        fc.constantFrom(...ENDPOINTS),
        fc.constantFrom(...Object.values(framings)),
        values,
        values,
        fc.constantFrom('POST', 'GET', 'DELETE', 'get', ''),
        (url, frame, [request], reply, method) =>
          void read(exchangeOf({ url, method, request, response: frame(reply) })),
      ),
      3000,
    )
  })

  it('believes the bytes where the content type contradicts them', () => {
    const types = [
      'application/json',
      'text/event-stream',
      'application/x-ndjson',
      'text/html',
      'image/png',
      'x',
    ]
    for (const { exchange } of fixtures) {
      const plain = read(exchange).inferences.map(({ usage }) => usage.inputTokens)
      for (const type of [...types, 'application/vnd.amazon.eventstream']) {
        const { inferences } = read(exchange, { responseHeaders: { 'content-type': type } })
        assert.deepEqual(
          inferences.map(({ usage }) => usage.inputTokens),
          plain,
          type,
        )
      }
    }
  })

  it('reads any status with any body', () => {
    for (const status of [
      0, 99, 100, 204, 206, 226, 301, 400, 402, 408, 413, 429, 499, 500, 503, 529, 599, 999,
    ])
      for (const { exchange } of fixtures) {
        const isFine = status >= 200 && status < 300
        for (const { billed } of read(exchange, { status }).inferences)
          assert.ok(isFine || !billed, `${status}`)
        read(exchange, { status, responseBody: bytes('<html>Bad gateway</html>') })
        read(exchange, { status, responseBody: new Uint8Array(0), end: 'unreachable' })
      }
  })

  it('trap 13: reads compressed bodies that were cut short or are not compressed at all', () => {
    const encoders = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync, deflate: deflateSync }
    const all = { ...encoders, raw: deflateRawSync }
    for (const { exchange } of fixtures)
      for (const [name, encode] of Object.entries(all)) {
        const packed = new Uint8Array(encode(exchange.responseBody))
        const responseHeaders = { 'content-encoding': name === 'raw' ? 'deflate' : name }
        for (let part = 0; part <= 12; part++) {
          const responseBody = packed.slice(0, Math.ceil((packed.length * part) / 12))
          read(exchange, { responseBody, responseHeaders, end: part < 12 ? 'truncated' : 'complete' })
        }
        read(exchange, { responseHeaders: { 'content-encoding': `${name}, gzip, br` } })
      }
  })

  it('reads bytes that are no UTF-8', () => {
    for (const { exchange } of fixtures) {
      const latin = bytesOfLatin1(text(exchange.responseBody).replaceAll('o', 'ö').replaceAll('a', '\u0000'))
      read(exchange, { responseBody: latin })
      read(exchange, { responseBody: new Uint8Array(Buffer.from(text(exchange.responseBody), 'utf16le')) })
    }
    check(
      fc.property(fc.constantFrom(...ENDPOINTS), fc.uint8Array({ maxLength: 300 }), (url, body) => {
        read(exchangeOf({ url, requestBody: body, responseBody: body }))
      }),
      1000,
    )
  })

  it('reads requests and replies that nest 100,000 deep', () => {
    const depth = 100_000
    const nest = `${'['.repeat(depth)}${']'.repeat(depth)}`
    const deep = `{"a":${nest},"content":${nest}}`
    const replies = [
      ...['['.repeat(depth), '{"a":'.repeat(depth), `data: {"choices":${'['.repeat(depth)}\n\n`, nest],
      `{${REPLY_FIELDS.map((name) => `"${name}":${nest}`).join()}}`,
      `{${REPLY_FIELDS.map((name) => `"${name}":[${deep}]`).join()}}`,
    ]
    const request = `{${REQUEST_FIELDS.map((name) => `"${name}":[${deep}]`).join()}}`
    for (const url of ENDPOINTS) {
      for (const response of replies) read(exchangeOf({ url, response }))
      read(exchangeOf({ url, request, response: '{}' }))
      read(exchangeOf({ url, request, response: '{}', status: 400 }))
    }
  })

  it('reads names from the prototype of every object', () => {
    const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty']
    for (const { exchange, framing } of fixtures) {
      if (framing === 'base64') continue
      for (const name of names)
        for (const [request, response] of [
          [
            text(exchange.requestBody),
            text(exchange.responseBody).replaceAll(/"[a-z_]+"(?=\s*[,}\]])/g, `"${name}"`),
          ],
          [
            text(exchange.requestBody).replaceAll(/"[a-z_]+"(?=\s*[,}\]])/g, `"${name}"`),
            text(exchange.responseBody),
          ],
        ])
          read(exchange, { requestBody: bytes(request ?? ''), responseBody: bytes(response ?? '') })
    }
  })

  it('takes no more than in proportion to a stream', () => {
    for (const { name, exchange, framing } of fixtures) {
      if (framing !== 'sse' && framing !== 'jsonl') continue
      const [short, long] = [1_000, 8_000].map((count) => longerStream(exchange, count))
      read({ ...exchange, responseBody: short ?? exchange.responseBody })
      const before = millisecondsOf(() => read(exchange, { responseBody: short ?? exchange.responseBody }))
      const after = millisecondsOf(() => read(exchange, { responseBody: long ?? exchange.responseBody }))
      // Eight times the events: a quadratic reader would take 64 times as long.
      assert.ok(
        after < Math.max(before, 5) * 32,
        `${name}: ${before.toFixed(1)} ms, then ${after.toFixed(1)} ms`,
      )
    }
  })
}).timeout(240_000)
