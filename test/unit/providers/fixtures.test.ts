// Every hand-written provider fixture: the reading, cut at every byte, with CRLF, compressed, and as garbage.
import assert from 'node:assert/strict'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { readExchange } from '../../../profiler-agent/providers'
import { assertSane, loadFixtures, withoutRaw } from './provider-fixtures'

const fixtures = loadFixtures()

describe('providers/fixtures', () => {
  for (const { name, exchange, expected, framing } of fixtures)
    describe(name, () => {
      it('is read as reckoned by hand', () => assert.deepEqual(withoutRaw(readExchange(exchange)), expected))

      it('is read the same from every content encoding', () => {
        const plain = withoutRaw(readExchange(exchange))
        const encoders = {
          gzip: gzipSync,
          deflate: deflateSync,
          br: brotliCompressSync,
          zstd: zstdCompressSync,
        }
        for (const [encoding, encode] of Object.entries(encoders)) {
          const responseBody = encode(exchange.responseBody)
          const encoded = { ...exchange, responseBody, responseHeaders: { 'content-encoding': encoding } }
          assert.deepEqual(withoutRaw(readExchange(encoded)), plain, encoding)
        }
      })

      it('says nothing false when cut at any byte', () => {
        const { status } = exchange
        for (let length = 0; length < exchange.responseBody.length; length++) {
          const cut = readExchange({
            ...exchange,
            responseBody: exchange.responseBody.slice(0, length),
            end: 'truncated',
          })
          assertSane(cut)
          for (const { kind, usage } of cut.inferences) {
            assert.notEqual(usage.origin, 'estimated')
            if (kind === 'chat' && usage.origin === 'reported')
              assert.notEqual(usage.outputTokens, null, `at ${length} of ${status}`)
          }
        }
      })

      if (framing === 'sse' || framing === 'jsonl')
        it('is read the same with CRLF', () => {
          const text = new TextDecoder().decode(exchange.responseBody).replaceAll('\n', '\r\n')
          assert.deepEqual(
            withoutRaw(readExchange({ ...exchange, responseBody: new TextEncoder().encode(text) })),
            withoutRaw(readExchange(exchange)),
          )
        })
    })

  it('gives what could be read of a compressed stream that was cut short', () => {
    const stream = fixtures.find(({ name }) => name === 'anthropic-messages-stream')
    assert.ok(stream)
    // Stored uncompressed inside the gzip frame, so that a cut leaves whole events before it.
    const packed = gzipSync(stream.exchange.responseBody, { level: 0 })
    const reading = readExchange({
      ...stream.exchange,
      responseHeaders: { 'content-encoding': 'gzip' },
      responseBody: packed.subarray(0, packed.length - 300),
      end: 'truncated',
    })
    assert.equal(reading.unfinished, true)
    assert.ok(reading.malformed >= 1)
    assert.equal(reading.inferences[0]?.usage.origin, 'partial')
    assert.equal(reading.inferences[0]?.usage.uncachedInputTokens, 20)
  })

  it('is sane for garbage', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...fixtures),
        fc.uint8Array(),
        fc.uint8Array(),
        fc.constantFrom('', 'gzip', 'br', 'zstd, deflate', 'x'),
        fc.nat(599),
        ({ exchange }, requestBody, responseBody, encoding, status) => {
          assertSane(
            readExchange({
              ...exchange,
              requestBody,
              responseBody,
              status,
              responseHeaders: { 'content-encoding': encoding },
            }),
          )
        },
      ),
      { numRuns: 500 },
    )
  })
}).timeout(240_000)
