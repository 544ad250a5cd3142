// What a request brings along, read before it goes up: in every wire format, as the analysis reads it afterwards.

import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { sumsOf } from '../../../profiler-agent/budgets/gate/content'
import type { ContentAnswer, GateRequest } from '../../../profiler-agent/gate-reader/asking'
import { mayBringResults } from '../../../profiler-agent/gate-reader/markers'
import { countPrompt } from '../../../profiler-agent/gate-reader/prompt-count'
import { contentIn, type ReadingOptions } from '../../../profiler-agent/gate-reader/reading'
import { readRequest } from '../../../profiler-agent/gate-reader/request'
import { JsonMemory } from '../../../profiler-agent/wire/json-memory'
import { DOCUMENTS, TWO_TOOLS, withAnswer } from '../../support/tool-requests'

interface Asked extends Partial<Omit<GateRequest, 'body'>>, Partial<Omit<ReadingOptions, 'count'>> {
  readonly body: object
}

/** A word is a token here. */
const words = (text: string) => text.split(/\s+/).filter(Boolean).length

const requestOf = ({ body, ...said }: Asked, bytes?: Uint8Array): GateRequest => ({
  ...{ provider: 'openai', method: 'POST', path: '/v1/chat/completions', headers: {}, model: 'm' },
  ...{ attribution: {}, ...said },
  body: bytes ?? Buffer.from(JSON.stringify(body)),
})

function answerTo(asked: Asked, bodies?: JsonMemory, bytes?: Uint8Array): ContentAnswer {
  const { countsTokens = true, retrievalTools = [], model = 'm' } = asked
  const reading = readRequest(requestOf(asked, bytes), bodies)
  return contentIn(reading, { countsTokens, retrievalTools, model, count: words })
}

/** With the sums that limits are held against. */
function read(asked: Asked, bodies?: JsonMemory) {
  const { toolCalls, pieces, ...rest } = answerTo(asked, bodies)
  return { ...rest, reading: { toolCalls, pieces, ...sumsOf(pieces) } }
}

const readPieces = (asked: Asked) => answerTo(asked).pieces
const toolCalls = (asked: Asked) => read(asked).reading.toolCalls

/** Chat Completions: each letter is a message. u: user, a: answer, t: tool call and its result, p: two of both at once, i: call without a result. */
function chat(turns: string) {
  let id = 0
  const call = () => ({
    id: `c${++id}`,
    type: 'function',
    function: { name: 'look_up', arguments: '{}' },
  })
  const messages = [...turns].flatMap((turn): object[] => {
    if (turn === 'u') return [{ role: 'user', content: 'where is it' }]
    if (turn === 'a') return [{ role: 'assistant', content: 'on its way' }]
    const calls = turn === 'p' ? [call(), call()] : [call()]
    const asks = { role: 'assistant', content: null, tool_calls: calls }
    const results = calls.map((each) => ({
      role: 'tool',
      tool_call_id: each.id,
      content: 'four words of result',
    }))
    return turn === 'i' ? [asks] : [asks, ...results]
  })
  return { body: { model: 'm', messages } }
}

describe('gate-reading: tool calls since the last answer', () => {
  for (const [turns, calls, why] of [
    ['u', 0, 'nothing was asked for'],
    ['ut', 1, 'one result'],
    ['uttt', 3, 'each asked for after the one before'],
    ['upt', 3, 'two at once'],
    ['uttau', 0, 'an answer ends the count'],
    ['uttaut', 1, 'and it begins anew'],
    ['uttut', 3, 'a word of the user does not end it'],
    ['ui', 0, 'a call without a result is none yet'],
    ['utiut', 1, 'a call that nobody carried out was an answer'],
  ] as const)
    it(`${turns}: ${calls}, ${why}`, () => {
      assert.equal(toolCalls(chat(turns)), calls)
    })

  it('counts what other formats call tools', () => {
    for (const [format, asked] of Object.entries(TWO_TOOLS)) assert.equal(toolCalls(asked), 2, format)
  })

  it('ends the count at an answer in other formats, too', () => {
    for (const [format, { body, ...asked }] of Object.entries(TWO_TOOLS))
      assert.equal(toolCalls({ ...asked, body: withAnswer(body) }), 0, format)
  })

  it('leaves out tools that ran at the provider', () => {
    const search = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } }
    const found = { type: 'web_search_tool_result', tool_use_id: 's1', content: [] }
    const messages = [
      { role: 'user', content: 'news?' },
      {
        role: 'assistant',
        content: [search, found, { type: 'tool_use', id: 't1', name: 'look_up', input: {} }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'two words' }] },
    ]
    const { reading } = read({ path: '/v1/messages', provider: 'anthropic', body: { model: 'm', messages } })
    assert.equal(reading.toolCalls, 1)
    assert.equal(reading.toolResultTokens, 2)
  })

  it('says what a request goes on from, and whether it brings results of it', () => {
    const path = '/v1/responses'
    const output = { type: 'function_call_output', call_id: 'c1', output: 'two words' }
    const goesOn = read({ path, body: { model: 'm', previous_response_id: 'r1', input: [output] } })
    assert.deepEqual([goesOn.reading.toolCalls, goesOn.continues, goesOn.answersHeld], [1, 'r1', true])
    const asks = read({ path, body: { model: 'm', previous_response_id: 'r1', input: 'and now?' } })
    assert.deepEqual([asks.reading.toolCalls, asks.continues, asks.answersHeld], [0, 'r1', false])
  })

  it('reads the frames of a WebSocket', () => {
    const { body, path } = TWO_TOOLS['openai-responses'] ?? { body: {} }
    for (const frame of [body, { response: body }])
      assert.equal(
        toolCalls({ ...{ method: 'GET', path: path ?? '' }, body: { type: 'response.create', ...frame } }),
        2,
      )
  })

  it('reads compressed bodies', () => {
    const body = gzipSync(JSON.stringify(chat('utt').body))
    const asked = { headers: { 'content-encoding': 'gzip' }, body: {} }
    assert.equal(answerTo(asked, undefined, body).toolCalls, 2)
  })

  it('reads nothing out of what is no request', () => {
    for (const body of ['', '{', '[]', 'null', '{"messages":7}', '\u0000'])
      assert.deepEqual(answerTo({ body: {} }, undefined, Buffer.from(body)), {
        ...{ to: 'content', toolCalls: 0, pieces: [], answersHeld: false },
      })
  })
})

describe('gate-markers', () => {
  const mayBring = (body: object, headers = {}) =>
    mayBringResults({ body: Buffer.from(JSON.stringify(body)), headers })

  it('sees results and documents in every format', () => {
    for (const [format, { body }] of Object.entries({ ...TWO_TOOLS, ...DOCUMENTS }))
      assert.equal(mayBring(body), true, format)
  })

  it('lets pass what brings neither', () => {
    assert.equal(mayBring(chat('uau').body), false)
    assert.equal(mayBring({ contents: [{ role: 'user', parts: [{ text: 'where' }] }] }), false)
  })

  it('cannot see into what is packed', () => {
    assert.equal(mayBring({}, { 'content-encoding': 'br' }), true)
  })
})

describe('gate-reading: what was retrieved', () => {
  it('takes the tools that the configuration names for retrieval', () => {
    const { reading } = read({ ...chat('utt'), retrievalTools: ['look_up'] })
    const { retrievalTokens, retrievalGuessed, toolResultTokens } = reading
    assert.deepEqual(
      { retrievalTokens, retrievalGuessed, toolResultTokens },
      {
        ...{ retrievalTokens: 8, retrievalGuessed: 0, toolResultTokens: 8 },
      },
    )
  })

  it('says whose results they are, for what the program declares meanwhile', () => {
    const pieces = readPieces(chat('ut'))
    assert.deepEqual(
      pieces.map(({ tool, callId }) => [tool, callId]),
      [['look_up', 'c1']],
    )
  })

  it('keeps apart what only looks like it', () => {
    const [, call, result] = chat('ut').body.messages
    const search = JSON.parse(JSON.stringify([call, result]).replaceAll('look_up', 'search_docs'))
    const { reading } = read({ body: { model: 'm', messages: search } })
    assert.deepEqual([reading.retrievalTokens, reading.retrievalGuessed], [0, 4])
  })

  it('finds documents wherever a format has them', () => {
    for (const [format, asked] of Object.entries(DOCUMENTS)) {
      const { retrievalTokens, pieces } = read(asked).reading
      assert.ok(retrievalTokens >= 3, `${format}: ${retrievalTokens}`)
      assert.ok(
        pieces.every(({ retrieval }) => retrieval === 'declared'),
        format,
      )
    }
  })

  it('does not count the letters of files', () => {
    const source = { type: 'base64', media_type: 'application/pdf', data: 'QUJD'.repeat(5_000) }
    const content = [
      { type: 'document', source },
      { type: 'text', text: 'read it' },
    ]
    const { reading } = read({
      path: '/v1/messages',
      body: { model: 'm', messages: [{ role: 'user', content }] },
    })
    assert.equal(reading.pieces.length, 1)
    assert.ok(reading.retrievalTokens < 5, String(reading.retrievalTokens))
  })

  it('gives what is sent again the key that it had, and what is fetched again another one', () => {
    const keys = (turns: string) => read(chat(turns)).reading.pieces.map(({ key }) => key)
    const [first] = keys('ut')
    const [again, second] = keys('utt')
    assert.equal(again, first)
    assert.notEqual(second, first)
  })

  it('counts for the tokenizer of the model', () => {
    const { reading } = read({ ...chat(`u${'t'.repeat(25)}`), model: 'claude-opus-4-8' })
    // 4 words × 1.42, each piece rounded.
    assert.equal(reading.toolResultTokens, 25 * 6)
  })

  it('counts nothing where only tool calls are asked for', () => {
    const { reading } = read({ ...chat('utt'), countsTokens: false })
    assert.deepEqual([reading.toolCalls, reading.pieces], [2, []])
  })

  it('gives the same with what is remembered of earlier requests', () => {
    const bodies = new JsonMemory()
    const long = (turns: string) => ({
      body: {
        ...chat(turns).body,
        tools: [{ type: 'function', function: { name: 'x', description: 'y '.repeat(2_000) } }],
      },
    })
    for (const turns of ['ut', 'utt', 'uttt', 'utttau', 'utttaut'])
      assert.deepEqual(read(long(turns), bodies), read(long(turns)), turns)
  })
})

describe('gate-prompt-count', () => {
  const countOf = (asked: Asked) => countPrompt(readRequest(requestOf(asked)), asked.model ?? 'm', words)

  it('counts all of a prompt, with what stands around its parts', () => {
    const messages = [
      { role: 'system', content: 'three words here' },
      { role: 'user', content: 'two words' },
    ]
    // 5 words, 4 around each part, 3 around all.
    assert.deepEqual(countOf({ model: 'gpt-5-mini', body: { messages } }), { tokens: 16, isExact: true })
    // Claude to Opus 4.6: up to 1.25 as many.
    assert.deepEqual(countOf({ model: 'claude-sonnet-4-5', body: { messages } }), {
      tokens: 18,
      isExact: false,
    })
  })

  it('counts what Claude is told of its tools', () => {
    const body = { messages: [{ role: 'user', content: 'x' }], tools: [{ name: 'find', input_schema: {} }] }
    const asked = { provider: 'anthropic', path: '/v1/messages', model: 'claude-opus-4-8', body }
    // 2 texts of one word each × 1.6, 4 around each, 3 around all.
    assert.deepEqual(countOf(asked), { tokens: 4 + 8 + 3 + 600, isExact: false })
  })

  it('takes a file for 5,000 tokens, however many bytes it has', () => {
    const url = `data:image/png;base64,${'QUJD'.repeat(50_000)}`
    const content = [{ type: 'image_url', image_url: { url } }]
    const body = { messages: [{ role: 'user', content }] }
    assert.deepEqual(countOf({ model: 'gpt-5-mini', body }), { tokens: 5_007, isExact: false })
    const source = { type: 'base64', media_type: 'application/pdf', data: 'QUJD'.repeat(50_000) }
    const document = { messages: [{ role: 'user', content: [{ type: 'document', source }] }] }
    assert.equal(countOf({ path: '/v1/messages', model: 'claude-opus-4-8', body: document })?.tokens, 5_009)
  })

  it('says nothing of prompts that are not all here', () => {
    const held = { path: '/v1/responses', model: 'gpt-5', body: { input: 'x', previous_response_id: 'r' } }
    assert.equal(countOf(held), null)
    assert.equal(countOf({ body: {} }), null)
  })
})
