// Which finished calls may be written as they are: none in which anybody could still read a credential, put together or unescaped.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { exchangeOf, type FinishedCall } from '../../../../profiler-agent/capture/proxy/exchange-record'
import { SecretMemory } from '../../../../profiler-agent/capture/redact'
import { mayHoldSecret } from '../../../../profiler-agent/capture/secret-pieces'

const KEY = 'tok-4f9Zq81LmVx0'

function remembering(...values: string[]): SecretMemory {
  const secrets = new SecretMemory()
  secrets.remember(values)
  return secrets
}

/** Server-sent events as a model server sends them, a delta each. */
function streamOf(deltas: readonly string[]): string {
  return deltas
    .map((content) => `data: ${JSON.stringify({ id: 'chatcmpl-1', choices: [{ delta: { content } }] })}\n\n`)
    .join('')
}

function callWith(parts: Partial<FinishedCall>): FinishedCall {
  return {
    ...{ id: 'x', runId: 'r', provider: 'openai', method: 'POST', url: 'https://llm.example/v1/x' },
    ...{ requestHeaders: [], requestBody: new Uint8Array(), responseBody: new Uint8Array() },
    ...{ status: 200, responseHeaders: ['content-type', 'application/json'], startTime: 1, durationMs: 1 },
    ...{ end: 'complete', copyTruncated: false, attribution: {} },
    ...parts,
  }
}

const bytes = (text: string) => new TextEncoder().encode(text)

describe('a secret in pieces', () => {
  it('is noticed wherever a stream cuts it, and whatever stands before and after it', () => {
    const character = fc.constantFrom(...'abcdefghijkLMNOPQRST0123456789-_.~+/=')
    const secret = fc
      .string({ unit: character, minLength: 10, maxLength: 40 })
      .filter((value) => /[a-z]/i.test(value) && /\d/.test(value))
    const property = fc.property(
      secret,
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.array(fc.string(), { maxLength: 3 }),
      (value, cuts, words) => {
        const text = `${words.join(' ')} ${value}${words.join(' ')}`
        const places = [...new Set(cuts.map((cut) => cut % text.length))].sort((a, b) => a - b)
        const deltas = [0, ...places].map((from, index) => text.slice(from, places[index]))
        return mayHoldSecret(streamOf(deltas), remembering(value))
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  it('is noticed a character at a time, and inside the pieces of a tool’s arguments', () => {
    assert.ok(mayHoldSecret(streamOf([...`my key is ${KEY}.`]), remembering(KEY)))
    assert.ok(mayHoldSecret(streamOf(['{"key": "tok-4f9Z', 'q81LmVx0"}']), remembering(KEY)))
  })

  it('is noticed behind escapes', () => {
    assert.ok(mayHoldSecret('{"a":"tok\\u002d4f9Zq81LmVx0"}', remembering(KEY)))
  })

  it('is noticed wherever long strings, and long stretches without any, stand around it', () => {
    const [start, end] = [KEY.slice(0, 5), KEY.slice(5)]
    const spaces = ' '.repeat(200_000)
    for (const between of [`,${spaces}`, `,"${spaces}",`, `,"\\n",${spaces}`]) {
      assert.ok(mayHoldSecret(`[${spaces}"${start}"${between}"${end}"]`, remembering(KEY)))
      assert.equal(mayHoldSecret(`[${spaces}"${end}"${between}"${start}"]`, remembering(KEY)), false)
    }
  })

  it('is not seen in a stream that holds only some of it', () => {
    const text = 'Use tok-4f9Z and then, my friend, something else altogether.'
    assert.equal(mayHoldSecret(streamOf(text.split(/(?<= )/)), remembering(KEY)), false)
    assert.equal(mayHoldSecret(streamOf([...text]), remembering(KEY)), false)
  })

  it('is also what JSON names as a credential and nobody remembers', () => {
    assert.ok(mayHoldSecret('{"authorization":"Bearer abcdefgh12345"}', remembering()))
    assert.equal(mayHoldSecret('{"authorization":"Bearer ‹redacted›"}', remembering()), false)
  })
})

describe('the record of a call', () => {
  const hello = bytes('{"messages":[{"role":"user","content":"hello"}]}')

  it('comes without secrets where nobody can read one in it', async () => {
    const call = callWith({ requestBody: hello, responseBody: bytes('{"id":"a","choices":[]}') })
    assert.equal((await exchangeOf(call, remembering(KEY))).secrets, undefined)
  })

  it('is marked where the reply holds one in pieces', async () => {
    const responseHeaders = ['content-type', 'text/event-stream']
    const responseBody = bytes(streamOf(['tok-4f9', 'Zq81', 'LmVx0 it is']))
    const exchange = await exchangeOf(callWith({ responseHeaders, responseBody }), remembering(KEY))
    assert.deepEqual(exchange.secrets, [])
  })

  it('is marked where the reply cannot be looked into', async () => {
    for (const responseHeaders of [
      ['content-type', 'application/vnd.amazon.eventstream'],
      ['content-type', 'application/json', 'content-encoding', 'compress'],
    ]) {
      const call = callWith({ responseHeaders, responseBody: bytes('binary') })
      assert.deepEqual((await exchangeOf(call, remembering(KEY))).secrets, [])
    }
  })

  it('masks what the request hands to a tool also deep inside of strings', async () => {
    let text = `{"authorization":"Bearer ${KEY}"}`
    for (let depth = 0; depth <= 2; depth++) {
      const call = callWith({ requestBody: bytes(`{"depth":${depth},"arguments":${JSON.stringify(text)}}`) })
      const { requestBody, secrets } = await exchangeOf(call, remembering())
      assert.ok(!Buffer.from(requestBody).includes(KEY), `depth ${depth}`)
      assert.equal(secrets, undefined)
      text = JSON.stringify({ text })
    }
  })

  it('masks what the request hands to a tool, and remembers it for later calls', async () => {
    const secrets = remembering()
    const requestBody = bytes(`{"tools":[{"type":"mcp","authorization":"${KEY}"}]}`)
    const first = await exchangeOf(callWith({ requestBody }), secrets)
    const later = await exchangeOf(callWith({ responseBody: bytes(`{"error":"bad key ${KEY}"}`) }), secrets)
    assert.deepEqual(
      [first.requestBody, later.responseBody].map((body) => Buffer.from(body).toString()),
      ['{"tools":[{"type":"mcp","authorization":"‹redacted›"}]}', '{"error":"bad key ‹redacted›"}'],
    )
    assert.deepEqual([first.secrets, later.secrets], [undefined, undefined])
  })
})
