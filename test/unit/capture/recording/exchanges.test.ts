import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { readExchanges } from '../../../../profiler-agent/capture/recording/exchanges'

const CALL = {
  method: 'post',
  url: 'https://api.openai.com/v1/chat/completions',
  request_headers: { 'Content-Type': 'application/json' },
  request_body: '{"model":"gpt-4.1"}',
  status: 200,
  response_headers: { date: 'Mon, 05 Jan 2026 09:00:01 GMT' },
  response_body: '{"id":"chatcmpl-1"}',
}

const recording = (exchanges: readonly unknown[]) => Buffer.from(JSON.stringify({ exchanges }))

function read(...entries: readonly unknown[]) {
  const reading = readExchanges(recording(entries))
  if ('notARecording' in reading) throw new Error(reading.notARecording)
  return reading
}

const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('utf8')

describe('readExchanges', () => {
  it('reads what was sent and what came back', () => {
    const { exchanges, problems } = read(CALL)
    const [exchange] = exchanges
    assert.equal(exchange?.index, 0)
    assert.equal(exchange?.method, 'POST')
    assert.equal(exchange?.url.href, 'https://api.openai.com/v1/chat/completions')
    assert.deepEqual(exchange?.requestHeaders, ['Content-Type', 'application/json'])
    assert.equal(textOf(exchange?.requestBody), '{"model":"gpt-4.1"}')
    assert.equal(exchange?.status, 200)
    assert.equal(textOf(exchange?.responseBody), '{"id":"chatcmpl-1"}')
    assert.equal(exchange?.recordedAt, Date.UTC(2026, 0, 5, 9, 0, 1))
    assert.equal(exchange?.isComplete, true)
    assert.deepEqual(problems, [])
  })

  it('keeps the place in the list of those that it can read, and names the others', () => {
    const { exchanges, problems } = read(
      { note: 'a comment' },
      CALL,
      { ...CALL, url: '/v1/messages' },
      null,
      CALL,
    )
    assert.deepEqual(
      exchanges.map(({ index }) => index),
      [1, 4],
    )
    assert.deepEqual(problems, [
      { index: 0, message: 'an entry without "method" and "url" is no exchange' },
      { index: 2, message: '"/v1/messages" is not a URL with a host' },
      { index: 3, message: 'an entry without "method" and "url" is no exchange' },
    ])
  })

  it('reads binary bodies, headers given as lists, and bodies that the recorder had parsed', () => {
    const { exchanges } = read({
      ...CALL,
      request_body: { model: 'gpt-4.1' },
      response_headers: { 'set-cookie': ['a=1', 'b=2'], 'x-nothing': null },
      response_body: undefined,
      response_body_base64: Buffer.from([0, 1, 254, 255]).toString('base64'),
    })
    assert.equal(textOf(exchanges[0]?.requestBody), '{"model":"gpt-4.1"}')
    assert.deepEqual(exchanges[0]?.responseHeaders, ['set-cookie', 'a=1', 'set-cookie', 'b=2'])
    assert.deepEqual([...(exchanges[0]?.responseBody ?? [])], [0, 1, 254, 255])
  })

  it('reads the time out of a packed reply too', () => {
    const { exchanges, problems } = read({
      ...CALL,
      response_headers: { 'Content-Encoding': 'gzip', 'content-type': 'application/json' },
      response_body_base64: gzipSync('{"id":"chatcmpl-1","created":1767603601}').toString('base64'),
    })
    assert.equal(exchanges[0]?.recordedAt, Date.UTC(2026, 0, 5, 9, 0, 1))
    assert.deepEqual(problems, [])
  })

  it('names base64 that is none, and takes the reply for one that broke off', () => {
    const { exchanges, problems } = read({ ...CALL, response_body_base64: 'not base64!' })
    assert.equal(exchanges[0]?.responseBody.length, 0)
    assert.equal(exchanges[0]?.isComplete, false)
    assert.deepEqual(problems, [{ index: 0, message: '"response_body_base64" is not base64' }])
  })

  it('names a reply that contradicts its content type', () => {
    const typed = (type: string, body: string) => ({
      ...CALL,
      response_headers: { 'Content-Type': type },
      response_body: body,
    })
    const { problems } = read(
      typed('application/json', 'data: {}\n\n'),
      typed('text/event-stream; charset=utf-8', '{"id":"x"}'),
      typed('application/json; charset=utf-8', ' \n[1]'),
      typed('text/event-stream', ': ping\n\ndata: {}\n\n'),
      typed('text/plain', 'data: {}\n\n'),
    )
    assert.deepEqual(problems, [
      { index: 0, message: 'the reply contradicts its content type application/json' },
      { index: 1, message: 'the reply contradicts its content type text/event-stream' },
    ])
  })

  it('takes a reply without a status for a success, and nothing at all for no answer', () => {
    const { exchanges, problems } = read(
      { ...CALL, status: undefined },
      { ...CALL, status: null, response_body: '' },
    )
    assert.deepEqual(
      exchanges.map(({ status }) => status),
      [200, 0],
    )
    assert.equal(problems.length, 2)
  })

  for (const [what, text, reason] of [
    ['text', 'hello\n', /^not JSON: line 1, column 1: invalid symbol$/],
    ['JSON that breaks off', '{"exchanges": [\n  {"url": "x",', /^not JSON: line 2, column 15: /],
    ['JSON with a comment', '{ // mine\n}', /^not JSON: line 1, column 3: /],
    ['an empty file', ' \n', /^not JSON: the file is empty$/],
    ['a list', '[]', /no "exchanges" array/],
    ['other JSON', '{"log":{"entries":[]}}', /no "exchanges" array/],
    ['an empty list', '{"exchanges":[]}', /empty/],
    ['entries of another kind', '{"exchanges":[{"i":0,"usage":[]}]}', /without "method" and "url"/],
  ] as const)
    it(`does not take ${what} for a recording`, () => {
      const reading = readExchanges(Buffer.from(text))
      assert.match('notARecording' in reading ? reading.notARecording : 'read', reason)
    })

  it('names a body that nests deeper than it can be written down', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    const text = JSON.stringify({ exchanges: [CALL] }).replace(JSON.stringify(CALL.response_body), deep)
    const reading = readExchanges(Buffer.from(text))
    assert.match(JSON.stringify(reading), /nests too deep|not JSON/)
  })

  it('throws at nothing', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.string())
    const fields = ['request_headers', 'request_body', 'status', 'response_headers', 'response_body']
    const entry = fc.record(
      Object.fromEntries(
        [...fields, 'request_body_base64', 'response_body_base64'].map((name) => [name, anything]),
      ),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, anything)), (entries) => {
        readExchanges(recording(entries.map((each) => Object.assign({}, CALL, each))))
        readExchanges(recording(entries))
      }),
    )
  })
})
