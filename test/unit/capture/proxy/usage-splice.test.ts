// The usage splice and its way back: which bytes change, and that no others do.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  mayAskForUsage,
  type SplicedBody,
  spliceIncludeUsage,
  UsageEventFilter,
} from '../../../../profiler-agent/capture/proxy/usage-splice'
import { atOnce } from '../../../../profiler-agent/capture/steps'

function spliced(body: string): string | undefined {
  const parts = partsOf(Buffer.from(body))
  return parts && Buffer.concat(parts).toString('utf8')
}

function partsOf(body: Buffer): SplicedBody | undefined {
  return atOnce(spliceIncludeUsage(body))
}

describe('spliceIncludeUsage', () => {
  const cases: readonly [name: string, body: string, expected: string | undefined][] = [
    [
      'puts the option right after the opening brace',
      '{"model":"m","stream":true}',
      '{"stream_options":{"include_usage":true},"model":"m","stream":true}',
    ],
    [
      'keeps white space, key order and number formats',
      ' {\n  "temperature": 1.0e0,\r\n\t"stream" : true\n}\n',
      ' {"stream_options":{"include_usage":true},\n  "temperature": 1.0e0,\r\n\t"stream" : true\n}\n',
    ],
    ["leaves Azure's questions to own data", '{"stream":true,"data_sources":[{}]}', undefined],
    [
      'adds to options that say something else',
      '{"stream":true,"stream_options":{"include_obfuscation":false}}',
      '{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}',
    ],
    [
      'fills empty options without a comma',
      '{"stream":true,"stream_options":{ }}',
      '{"stream":true,"stream_options":{"include_usage":true }}',
    ],
    [
      'turns false into true',
      '{"stream_options":{"include_usage": false },"stream":true}',
      '{"stream_options":{"include_usage": true },"stream":true}',
    ],
    [
      'turns null into true',
      '{"stream_options":{"include_usage":null},"stream":true}',
      '{"stream_options":{"include_usage":true},"stream":true}',
    ],
    [
      'replaces null options',
      '{"stream_options":null,"stream":true}',
      '{"stream_options":{"include_usage":true},"stream":true}',
    ],
    [
      'is not misled by the key in a string or deeper down',
      '{"messages":[{"content":"\\"stream_options\\":{\\"include_usage\\":true}","stream_options":{"include_usage":true}}],"stream":true}',
      '{"stream_options":{"include_usage":true},"messages":[{"content":"\\"stream_options\\":{\\"include_usage\\":true}","stream_options":{"include_usage":true}}],"stream":true}',
    ],
    [
      'reads escaped keys',
      '{"stre\\u0061m":true,"stream\\u005foptions":{"include\\u005fusage":false}}',
      '{"stre\\u0061m":true,"stream\\u005foptions":{"include\\u005fusage":true}}',
    ],
    [
      'takes the last of duplicate keys',
      '{"stream":false,"stream":true,"stream_options":{"include_usage":true},"stream_options":{"include_usage":false}}',
      '{"stream":false,"stream":true,"stream_options":{"include_usage":true},"stream_options":{"include_usage":true}}',
    ],
    [
      'leaves a stream that asks already',
      '{"stream":true,"stream_options":{"include_usage":true}}',
      undefined,
    ],
    ['leaves a call that does not stream', '{"model":"m"}', undefined],
    ['leaves stream:false', '{"stream":false}', undefined],
    ['leaves a nested stream:true', '{"x":{"stream":true}}', undefined],
    ['leaves options of another type', '{"stream":true,"stream_options":"x"}', undefined],
    ['leaves an array', '[{"stream":true}]', undefined],
    ['leaves broken JSON', '{"stream":true,', undefined],
    ['leaves a string without an end', '{"stream":true,"a":"b}', undefined],
    ['leaves text after the object', '{"stream":true} x', undefined],
    ['leaves an empty body', '', undefined],
    ['leaves an empty object', '{}', undefined],
  ]
  for (const [name, body, expected] of cases) it(name, () => assert.equal(spliced(body), expected))

  it('keeps bytes that are not UTF-8', () => {
    const body = Buffer.concat([
      Buffer.from('{"stream":true,"a":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ])
    const [before, added, behind] = partsOf(body) ?? []
    assert.ok(before && added && behind)
    assert.equal(added.toString(), '"stream_options":{"include_usage":true},')
    assert.deepEqual(Buffer.concat([before, behind]), body)
  })

  it('looks through a long body in steps, and copies none of it', () => {
    const words = Array.from({ length: 200_000 }, (_, index) => ({ role: 'user', content: `${index}` }))
    const body = Buffer.from(JSON.stringify({ messages: words, stream: true }))
    const steps = spliceIncludeUsage(body)
    let turns = 0
    let step = steps.next()
    for (; !step.done; step = steps.next()) turns++
    assert.ok(turns >= 10, `${turns} turns for ${body.length} bytes`)
    assert.equal(step.value?.[2].buffer, body.buffer)
    assert.equal(step.value?.[2].length, body.length - 1)
  })

  it('means what the request meant, with usage on, and changes nothing else', () => {
    const keys = fc.constantFrom('stream_options', 'include_usage', 'stream', 'messages', 'a"b', 'é\\', '')
    const value = fc.jsonValue({ maxDepth: 2 })
    const options = fc.oneof(
      fc.constant(null),
      fc.dictionary(keys, value, { maxKeys: 3 }),
      fc.record({ include_usage: fc.constantFrom(true, false, null) }),
    )
    const bodies = fc.record(
      {
        messages: fc.array(fc.dictionary(keys, value, { maxKeys: 3 }), { maxLength: 3 }),
        stream_options: options,
        stream: fc.constant(true),
      },
      { requiredKeys: ['stream'] },
    )
    fc.assert(
      fc.property(bodies, fc.constantFrom(undefined, 1, '\t'), (body, indent) => {
        const text = JSON.stringify(body, null, indent)
        const result = spliced(text)
        const before: { stream_options?: { include_usage?: unknown } | null } = JSON.parse(text)
        if (result === undefined) {
          assert.equal(before.stream_options?.include_usage, true)
          return
        }
        const meant = { ...before, stream_options: { ...before.stream_options, include_usage: true } }
        assert.deepEqual(JSON.parse(result), meant)
        assert.equal(isOneEdit(text, result), true)
      }),
    )
  })
})

/** True when the two share a beginning and an end, and what lies between is at most our option. */
function isOneEdit(before: string, after: string): boolean {
  let start = 0
  while (start < before.length && before[start] === after[start]) start++
  let end = 0
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end++
  return after.length - start - end <= '"stream_options":{"include_usage":true},'.length
}

describe('mayAskForUsage', () => {
  it('asks providers that take the option, on chat completions only', () => {
    assert.equal(mayAskForUsage('openai', '/v1/chat/completions', false), true)
    assert.equal(mayAskForUsage('openai', '/v1/responses', false), false)
    assert.equal(mayAskForUsage('openrouter', '/api/v1/chat/completions', false), false)
    assert.equal(mayAskForUsage('custom:h', '/v1/chat/completions', false), false)
    assert.equal(mayAskForUsage('custom:h', '/v1/chat/completions', true), true)
    // Sent unasked, so that the client would miss what it has always had.
    assert.equal(mayAskForUsage('huggingface', '/v1/chat/completions', false), false)
  })

  it('asks Azure only in versions that know the option', () => {
    const dated = (query: string) =>
      mayAskForUsage('azure', `/openai/deployments/d/chat/completions${query}`, false)
    assert.equal(dated('?api-version=2024-10-21'), true)
    assert.equal(dated('?x=1&api-version=2024-09-01-preview'), true)
    assert.equal(dated('?api-version=2024-06-01'), false)
    assert.equal(dated(''), false)
    assert.equal(mayAskForUsage('azure', '/openai/v1/chat/completions', false), true)
    assert.equal(mayAskForUsage('azure', '/openai/v1/chat/completions?api-version=preview', false), true)
  })
})

const TEXT = 'data: {"id":"1","choices":[{"index":0,"delta":{"content":"a\\"]}"}}],"usage":null}'
const AZURE = 'data: {"choices":[],"prompt_filter_results":[{"choices":[]}],"usage":null}'
const FINAL = 'data: {"choices":[{"index":0,"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}'
const USAGE = 'data: {"id":"1","object":"x","choices": [ ],"usage":{"prompt_tokens":3,"completion_tokens":2}}'
const DONE = 'data: [DONE]'

describe('UsageEventFilter', () => {
  function filtered(chunks: readonly string[]): string {
    const filter = new UsageEventFilter()
    const parts = chunks.flatMap((chunk) => filter.push(Buffer.from(chunk, 'latin1')))
    return Buffer.concat([...parts, ...filter.end()]).toString('latin1')
  }
  const stream = (events: readonly string[], lineEnd: string) =>
    events.map((event) => event.replaceAll('\n', lineEnd) + lineEnd + lineEnd).join('')

  for (const [name, lineEnd] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ] as const)
    it(`takes out the usage event and nothing else, wherever the stream is cut (${name})`, () => {
      const comment = ': keep-alive'
      const withFields = `event: message\nid: 7\n${USAGE}`
      const all = stream(
        [comment, AZURE, TEXT, FINAL, USAGE, TEXT, withFields, 'data: not json', DONE],
        lineEnd,
      )
      const kept = stream([comment, AZURE, TEXT, FINAL, TEXT, 'data: not json', DONE], lineEnd)
      assert.equal(filtered([all]), kept)
      assert.equal(filtered([...all]), kept)
      for (let cut = 0; cut <= all.length; cut++)
        assert.equal(filtered([all.slice(0, cut), all.slice(cut)]), kept)
      fc.assert(
        fc.property(fc.array(fc.nat(all.length), { maxLength: 12 }), (cuts) => {
          const edges = [0, ...cuts.sort((a, b) => a - b), all.length]
          assert.equal(filtered(edges.slice(1).map((edge, index) => all.slice(edges[index], edge))), kept)
        }),
      )
    })

  it('takes out an event whose JSON stands on several data lines', () => {
    assert.equal(
      filtered(['data: {"choices":[],\ndata: "usage":{"prompt_tokens":1}}\n\ndata: x\n\n']),
      'data: x\n\n',
    )
  })

  it('passes an event on with the byte that shows that it is not the usage', () => {
    const filter = new UsageEventFilter()
    assert.deepEqual(filter.push(Buffer.from('data: {"id":"1","choices":[')), [])
    const rest = filter.push(Buffer.from('{'))
    assert.equal(Buffer.concat(rest).toString(), 'data: {"id":"1","choices":[{')
    assert.equal(Buffer.concat(filter.push(Buffer.from('"de'))).toString(), '"de')
  })

  it('does not hold a comment back', () => {
    assert.equal(Buffer.concat(new UsageEventFilter().push(Buffer.from(': ping'))).toString(), ': ping')
  })

  it('gives back what it held when the stream breaks off', () => {
    const half = USAGE.slice(0, 40)
    assert.equal(filtered([`${TEXT}\n\n`, half]), `${TEXT}\n\n${half}`)
  })

  it('passes any bytes whatever that hold no usage event', () => {
    const piece = fc.constantFrom(
      'data: ',
      '{',
      '"choices":',
      '[]',
      ',',
      '"',
      '\\',
      '\n',
      '\r',
      '\r\n',
      ':',
      'x',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(), (pieces, seed) => {
        const all = pieces.join('')
        const cut = all.length === 0 ? 0 : seed % all.length
        assert.equal(filtered([all.slice(0, cut), all.slice(cut)]), all)
      }),
    )
  })
})
