// Mistral Conversations beyond the fixture: whole replies, other endpoints under the same path, errors.
import assert from 'node:assert/strict'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf, type Parts, readFirst, sseOf } from './exchange'

const CONVERSATIONS = 'https://api.mistral.ai/v1/conversations'

const read = (response: unknown, more: Parts = {}) =>
  readFirst({
    url: CONVERSATIONS,
    provider: 'mistral',
    request: { model: 'mistral-small-latest', inputs: 'Hi' },
    response,
    ...more,
  })

const reply = (more: object = {}) => ({
  object: 'conversation.response',
  conversation_id: 'conv_1',
  outputs: [
    { type: 'function.call', id: 'fc_1', name: 'look_up', tool_call_id: 't1', arguments: '{}' },
    { type: 'message.output', id: 'msg_1', model: 'mistral-small-2506', role: 'assistant', content: 'Hello' },
  ],
  usage: { prompt_tokens: 12, completion_tokens: 4, total_tokens: 16 },
  ...more,
})

describe('providers/mistral-conversations', () => {
  it('goes on from the conversation in the path, as the one in the reply', () => {
    const histories = ['', '/conv_1', '/conv_0/restart'].map((path) => {
      const { previousResponseId, conversationId } = read(reply(), { url: `${CONVERSATIONS}${path}` })
      return [previousResponseId, conversationId]
    })
    assert.deepEqual(histories, [
      [undefined, 'conv_1'],
      ['conv_1', 'conv_1'],
      ['conv_0', 'conv_1'],
    ])
    const failed = read({ message: 'later' }, { url: `${CONVERSATIONS}/conv_1`, status: 503 })
    assert.equal(failed.previousResponseId, 'conv_1')
  })

  it('reads a whole reply at each endpoint that answers', () => {
    for (const url of [CONVERSATIONS, `${CONVERSATIONS}/conv_1`, `${CONVERSATIONS}/conv_1/restart`]) {
      const reading = read(reply(), { url })
      assert.deepEqual(
        [
          reading.wireFormat,
          reading.inference.responseModel,
          reading.usage.inputTokens,
          reading.usage.outputTokens,
        ],
        ['mistral-conversations', 'mistral-small-2506', 12, 4],
      )
      assert.deepEqual(
        reading.reply.map(({ kind, name, content }) => [kind, name, kind === 'output' ? content : '']),
        [
          ['tool_call', 'look_up', ''],
          ['output', undefined, 'Hello'],
        ],
      )
    }
  })

  it('counts runs of connectors by kind', () => {
    const connectors = { web_search: 1, web_search_premium: 2, code_interpreter: 1, document_library: 0 }
    const usage = { prompt_tokens: 1, completion_tokens: 1, connector_tokens: null, connectors }
    assert.deepEqual(read(reply({ usage })).usage.units, { webSearch: 3, codeExecution: 1 })
    assert.equal(read(reply({ usage })).usage.inputTokens, 1)
  })

  it('leaves OpenAI’s conversations and reads of a history unbilled', () => {
    const url = 'https://api.openai.com/v1/conversations'
    const created = readExchange(exchangeOf({ url, request: { items: [] }, response: { id: 'conv_1' } }))
    assert.deepEqual([created.wireFormat, created.inferences[0]?.billed], ['other', false])
    const history = read({ entries: [] }, { method: 'GET', url: `${CONVERSATIONS}/conv_1/history` })
    assert.deepEqual([history.wireFormat, history.inference.billed], ['other', false])
  })

  it('reads prompts of entries', () => {
    const inputs = [
      { type: 'message.input', role: 'user', content: 'q' },
      { type: 'message.output', role: 'assistant', content: 'a' },
      { type: 'function.call', tool_call_id: 't1', name: 'f', arguments: '{}' },
      { type: 'function.result', tool_call_id: 't1', result: 'found' },
    ]
    assert.deepEqual(
      read(reply(), { request: { agent_id: 'ag_1', inputs } }).prompt.map(({ kind, toolCallId }) => [
        kind,
        toolCallId,
      ]),
      [
        ['user', undefined],
        ['assistant', undefined],
        ['tool_call', 't1'],
        ['tool_result', 't1'],
      ],
    )
  })

  it('tells what broke a stream, and knows no usage of it', () => {
    const started = { type: 'conversation.response.started', conversation_id: 'conv_1' }
    const failed = read(
      sseOf([started, { type: 'conversation.response.error', message: 'gone', code: 3000 }]),
    )
    assert.deepEqual(
      [failed.error?.message, failed.inference.billed, failed.unfinished],
      ['gone', false, false],
    )
    const delta = { type: 'message.output.delta', id: 'msg_1', content: 'Hel' }
    const cut = read(sseOf([started, delta]), { end: 'truncated' })
    assert.deepEqual(
      [cut.unfinished, cut.usage.origin, cut.inference.billed, cut.reply[0]?.content],
      [true, 'unknown', true, 'Hel'],
    )
  })
})
