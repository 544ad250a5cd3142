// A random secret, announced in any of the places where credentials stand and echoed in any other: masked everywhere, and not a byte more.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { credentialsIn, signaturesIn } from '../../../../profiler-agent/capture/credentials'
import { exchangeOf, type FinishedCall } from '../../../../profiler-agent/capture/proxy/exchange-record'
import {
  REDACTED,
  redactHeaders,
  redactText,
  redactUrl,
  SecretMemory,
} from '../../../../profiler-agent/capture/redact'
import { ENCODINGS } from '../../../support/content-encodings'

/** Keys as vendors make them: long enough (a shorter cookie is taken for a setting), and no plain word or number. */
const secret = fc
  .string({ unit: fc.constantFrom(...'abcdefghijkLMNOPQRST0123456789-_.~+/='), minLength: 16, maxLength: 60 })
  .filter((value) => /[a-z]/i.test(value) && /\d/.test(value) && !/^[\d.+\-truefalsnE]+$/.test(value))

interface Announced {
  readonly headers: Readonly<Record<string, string>>
  readonly url: string
}

/** Where a caller may put its key; each gives the headers and URL of a request. */
const PLACES: Readonly<Record<string, (key: string) => Announced>> = {
  bearer: (key: string) => ({ headers: { authorization: `Bearer ${key}` }, url: '' }),
  bare: (key: string) => ({ headers: { authorization: key }, url: '' }),
  basic: (key: string) => ({
    headers: { authorization: `Basic ${Buffer.from(`user:${key}`).toString('base64')}` },
    url: '',
  }),
  'x-api-key': (key: string) => ({ headers: { 'x-api-key': key }, url: '' }),
  'api-key': (key: string) => ({ headers: { 'api-key': key }, url: '' }),
  'x-goog-api-key': (key: string) => ({ headers: { 'x-goog-api-key': key }, url: '' }),
  'a vendor’s own header': (key: string) => ({ headers: { 'x-vendor-access-token': key }, url: '' }),
  'proxy-authorization': (key: string) => ({ headers: { 'proxy-authorization': `Bearer ${key}` }, url: '' }),
  cookie: (key: string) => ({ headers: { cookie: `theme=dark; session=${key}` }, url: '' }),
  query: (key: string) => ({ headers: {}, url: `?alt=sse&key=${encodeURIComponent(key)}&x=1` }),
  'raw query': (key: string) => ({ headers: {}, url: `?access_token=${key}` }),
}
const place = fc.constantFrom(...Object.entries(PLACES))

const encoding = fc.constantFrom(...(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[]))

function callWith(parts: Partial<FinishedCall>): FinishedCall {
  return {
    id: 'x',
    runId: 'r',
    provider: 'openai',
    method: 'POST',
    url: 'https://llm.example/v1/x',
    requestHeaders: [],
    requestBody: new Uint8Array(),
    status: 401,
    responseHeaders: [],
    responseBody: new Uint8Array(),
    startTime: 1,
    durationMs: 1,
    end: 'complete',
    copyTruncated: false,
    attribution: {},
    ...parts,
  }
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

describe('a secret anywhere', () => {
  it('is in no part of the record, however it was announced and wherever it is echoed', async () => {
    await fc.assert(
      fc.asyncProperty(
        secret,
        place,
        encoding,
        fc.string(),
        async (key, [where, announce], coding, other) => {
          const { headers, url } = announce(key)
          const echo = JSON.stringify({ error: { message: `Incorrect API key: ${key}.`, other } })
          const body = Buffer.from(where === 'raw query' ? `data: ${echo}\n\n` : echo)
          const secrets = new SecretMemory()
          secrets.remember(credentialsIn(headers, `https://llm.example/v1/x${url}`))
          const exchange = await exchangeOf(
            callWith({
              url: `https://llm.example/v1/x${url}`,
              requestHeaders: [...Object.entries(headers).flat(), 'x-note', `sent with ${key}`],
              requestBody: Buffer.from(JSON.stringify({ messages: [{ content: `${other}${key}` }] })),
              responseHeaders: [
                ...['content-type', 'application/json', 'x-echo', key, 'set-cookie', `sid=${key}; Path=/`],
                ...(coding === 'identity' ? [] : ['content-encoding', coding]),
              ],
              responseBody: ENCODINGS[coding](body),
              error: `connect failed with ${key}`,
              attribution: {
                agent: `agent ${key}`,
                session: key,
                tags: { build: key },
                command: `TOKEN=${key} node a.mjs --key ${key} --header=x-api-key:${key}`,
              },
            }),
            secrets,
          )
          // `secrets` is what the worker masks with; nobody writes it.
          const { requestBody, responseBody, secrets: _, ...rest } = exchange
          const everything = `${JSON.stringify(rest)}${text(requestBody)}${text(responseBody)}`
          for (const form of [key, encodeURIComponent(key), Buffer.from(`user:${key}`).toString('base64')])
            assert.equal(everything.includes(form), false, `${form} in ${everything}`)
          const masked = JSON.stringify({ error: { message: `Incorrect API key: ${REDACTED}.`, other } })
          if (!other.includes(key) && !JSON.stringify(other).includes(key))
            assert.equal(text(responseBody), where === 'raw query' ? `data: ${masked}\n\n` : masked)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is taken out of any text and bytes, which stay as they are everywhere else; once is enough', () => {
    fc.assert(
      fc.property(secret, fc.array(fc.string()), fc.uint8Array(), (key, texts, bytes) => {
        const secrets = new SecretMemory()
        secrets.remember([key])
        const whole = texts.join(key)
        // Percent-encoded, or escaped as in JSON, it is the same secret.
        fc.pre(!texts.some((part) => /[%\\]/.test(part)))
        const expected = whole.replaceAll(key, REDACTED)
        assert.equal(secrets.maskText(whole), expected)
        assert.equal(secrets.maskText(expected), expected)
        const raw = Buffer.concat([bytes, Buffer.from(key), bytes])
        const masked = Buffer.from(secrets.maskBytes(raw, false))
        assert.equal(masked.includes(key), false)
        const without = Buffer.from(raw.toString('latin1').replaceAll(key, '\0'), 'latin1')
        const marked = Buffer.from(
          masked.toString('latin1').replaceAll(Buffer.from(REDACTED).toString('latin1'), '\0'),
          'latin1',
        )
        assert.deepEqual(marked, without)
        assert.deepEqual(Buffer.from(secrets.maskBytes(masked, false)), masked)
      }),
      { numRuns: 500 },
    )
  })

  it('leaves what holds none as it is, the same object', () => {
    fc.assert(
      fc.property(secret, fc.uint8Array(), fc.boolean(), (key, bytes, isJson) => {
        const secrets = new SecretMemory()
        secrets.remember([key])
        fc.pre(!Buffer.from(bytes).includes(key))
        assert.equal(secrets.maskBytes(bytes, isJson), bytes)
      }),
    )
  })

  it('masking twice is masking once, for headers, URLs and free text', () => {
    const name = fc.constantFrom(
      'authorization',
      'x-api-key',
      'cookie',
      'x-request-id',
      'referer',
      'sec-websocket-protocol',
      'accept',
    )
    const value = fc.oneof(
      fc.string(),
      secret,
      secret.map((key) => `https://user:${key}@host/p?key=${key}&x=1#f`),
      secret.map((key) => `realtime, openai-insecure-api-key.${key}`),
    )
    fc.assert(
      fc.property(name, value, (header, said) => {
        const once = redactHeaders({ [header]: said })
        assert.deepEqual(redactHeaders(once), once)
        const url = redactUrl(said)
        assert.equal(redactUrl(url), url)
        const free = redactText(`failed: ${said}`)
        assert.equal(redactText(free), free)
      }),
      { numRuns: 500 },
    )
  })

  it('in a URL: user, password and every credential parameter, and nothing else of it', () => {
    const parameter = fc.constantFrom(
      'key',
      'api_key',
      'api-key',
      'apikey',
      'access_token',
      'token',
      'sig',
      'signature',
      'X-Amz-Signature',
      'subscription-key',
      'client_secret',
      'password',
      'auth',
    )
    const plain = fc.constantFrom('alt=sse', 'model=gpt-5', 'keys=1', 'author=me', 'x')
    fc.assert(
      fc.property(
        secret,
        fc.array(plain),
        parameter,
        fc.array(plain),
        fc.boolean(),
        (key, before, credential, after, hasUser) => {
          const value = encodeURIComponent(key)
          const urlWith = (hidden: string, user: string) =>
            `https://${user}llm.example:8443/v1/x?${[...before, `${credential}=${hidden}`, ...after].join('&')}#frag`
          const given = urlWith(value, hasUser ? `me:${value}@` : '')
          assert.equal(redactUrl(given), urlWith(REDACTED, hasUser ? `${REDACTED}@` : ''))
          const found = [...credentialsIn({}, given), ...signaturesIn({}, given)]
          assert.ok(found.includes(key))
        },
      ),
    )
  })
})
