// An exchange that comes from a hook: taken as a call through the proxy is, masked, and refused where it is none.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { observedExchange } from '../../../profiler-agent/capture/observed-exchange'
import { REDACTED, SecretMemory } from '../../../profiler-agent/capture/redact'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const LINE = {
  type: 'exchange',
  id: 'x-1',
  provider: 'bedrock',
  method: 'POST',
  url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse',
  requestHeaders: { 'Content-Type': 'application/json' },
  requestBody: base64('{"messages":[]}'),
  status: 200,
  responseHeaders: { 'x-amzn-requestid': 'req-1' },
  responseBody: base64('{"usage":{}}'),
  startTime: 1000,
  firstByteMs: 3.5,
  durationMs: 7.25,
  end: 'complete',
  copyTruncated: false,
  tags: { 'x-costflame-run': 'r-1', 'x-costflame-callsite': '/app/a.mjs:7:3', 'x-costflame-agent': 'desk' },
}

const take = (message: object, secrets = new SecretMemory()) =>
  observedExchange({ ...message }, secrets, (run) => run ?? 'shared')

describe('capture/observed-exchange', () => {
  it('is the record of a call, with its run, its line and its bytes', async () => {
    const exchange = await take(LINE)
    assert.ok(exchange)
    const { requestBody, responseBody, ...rest } = exchange
    assert.deepEqual(
      [Buffer.from(requestBody).toString(), Buffer.from(responseBody).toString()],
      ['{"messages":[]}', '{"usage":{}}'],
    )
    assert.deepEqual(rest, {
      id: 'x-1',
      runId: 'r-1',
      provider: 'bedrock',
      method: 'POST',
      url: LINE.url,
      requestHeaders: { 'content-type': 'application/json' },
      status: 200,
      responseHeaders: { 'x-amzn-requestid': 'req-1' },
      startTime: 1000,
      firstByteMs: 3.5,
      durationMs: 7.25,
      end: 'complete',
      copyTruncated: false,
      attribution: { agent: 'desk', callSite: [{ file: '/app/a.mjs', line: 7, column: 3 }] },
    })
  })

  it('belongs to the run of calls without one where it names none that can be', async () => {
    assert.equal((await take({ ...LINE, tags: {} }))?.runId, 'shared')
    assert.equal((await take({ ...LINE, tags: { 'x-costflame-run': '../etc' } }))?.runId, 'shared')
  })

  it('is masked: what it calls a credential, and what was seen as one before', async () => {
    const secrets = new SecretMemory()
    secrets.remember(['seen-before-0123456789'])
    const said = {
      ...LINE,
      url: `${LINE.url}?X-Amz-Security-Token=in-url-0123456789`,
      requestHeaders: { authorization: 'Bearer in-header-0123456789' },
      responseBody: base64(
        '{"a":"in-header-0123456789","b":"seen-before-0123456789","c":"in-url-0123456789"}',
      ),
      error: 'refused in-header-0123456789',
    }
    const exchange = await take(said, secrets)
    assert.ok(exchange)
    assert.equal(exchange.url, `${LINE.url}?X-Amz-Security-Token=${REDACTED}`)
    assert.deepEqual(exchange.requestHeaders, { authorization: REDACTED })
    assert.equal(exchange.error, `refused ${REDACTED}`)
    assert.deepEqual(JSON.parse(Buffer.from(exchange.responseBody).toString()), {
      a: REDACTED,
      b: REDACTED,
      c: REDACTED,
    })
  })

  it('is refused where a field is missing or of the wrong kind', async () => {
    const wrong = {
      id: ['', 'a b', 7],
      provider: ['', 'Be', 'custom:a b', 7],
      method: ['get it', 7],
      url: ['', '/model', 7],
      status: [-1, 1.5, '200', 1000],
      startTime: [-1, 'now', Number.NaN],
      durationMs: [-1, '1', Number.POSITIVE_INFINITY],
      end: ['', 'done', 7],
      tags: [7, null],
      requestHeaders: [7, null],
      responseHeaders: ['x', null],
    }
    for (const [field, values] of Object.entries(wrong))
      for (const value of [...values, undefined])
        assert.equal(await take({ ...LINE, [field]: value }), undefined, `${field} ${String(value)}`)
  })

  it('never throws, whatever a line says', async () => {
    const fields = fc.constantFrom(...Object.keys(LINE))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fields, fc.jsonValue()), async (changed) => {
        await take({ ...LINE, ...changed })
      }),
    )
  })
})
