// Responses beyond the fixtures: other endpoints, failures, broken streams, searches.
import assert from 'node:assert/strict'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf, RESPONSES, sseOf } from './exchange'
import { MESSAGE_ITEM, RESPONSES_USAGE, readResponses } from './openai-exchange'

describe('providers/openai-responses', () => {
  it('leaves writes unknown where no field speaks of them', () => {
    const { usage } = readResponses({
      id: 'r',
      model: 'gpt-5.4',
      status: 'completed',
      output: [MESSAGE_ITEM],
      usage: RESPONSES_USAGE,
    })
    assert.deepEqual(
      [usage.uncachedInputTokens, usage.cacheReadTokens, usage.cacheWriteTokens['30m']],
      [60, 40, null],
    )
  })

  it('puts written tokens without a split into 30m for OpenAI, into unknown elsewhere', () => {
    const usage = { ...RESPONSES_USAGE, input_tokens_details: { cached_tokens: 40, cache_write_tokens: 50 } }
    const response = { output: [MESSAGE_ITEM], usage }
    assert.deepEqual(readResponses(response).usage.cacheWriteTokens, {
      '5m': null,
      '30m': 50,
      '1h': null,
      '12h': null,
      unknown: null,
    })
    assert.equal(readResponses(response, { provider: 'openrouter' }).usage.cacheWriteTokens.unknown, 50)
    assert.equal(readResponses(response).usage.uncachedInputTokens, 10)
  })

  it('bills compaction', () => {
    const reading = readResponses(
      { id: 'r', object: 'response.compaction', output: [], usage: RESPONSES_USAGE },
      { url: `${RESPONSES}/compact` },
    )
    assert.deepEqual([reading.inference.billed, reading.usage.inputTokens], [true, 100])
  })

  it('does not bill token counting, polling or cancelling', () => {
    const count = readResponses(
      { object: 'response.input_tokens', input_tokens: 77 },
      { url: `${RESPONSES}/input_tokens` },
    )
    assert.deepEqual(
      [count.inference.billed, count.usage.inputTokens, count.inference.kind],
      [false, null, 'other'],
    )
    const waiting = { id: 'resp_1', status: 'in_progress', output: [], usage: null }
    const poll = readResponses(waiting, { method: 'GET', url: `${RESPONSES}/resp_1`, request: undefined })
    assert.deepEqual(
      [poll.inference.billed, poll.wireFormat, poll.inference.responseId],
      [false, 'openai-responses', 'resp_1'],
    )
    const cancel = readResponses(
      { ...waiting, status: 'cancelled' },
      { url: `${RESPONSES}/resp_1/cancel`, request: undefined },
    )
    assert.equal(cancel.inference.billed, false)
    const list = readExchange(
      exchangeOf({ method: 'GET', url: `${RESPONSES}/resp_1/input_items`, response: { data: [] } }),
    )
    assert.deepEqual([list.wireFormat, list.inferences[0]?.billed], ['other', false])
  })

  it('does not bill a background stream that broke off before its usage', () => {
    const created = {
      type: 'response.created',
      response: { id: 'resp_1', status: 'queued', background: true },
    }
    const reading = readResponses(sseOf([created]), { end: 'truncated' })
    assert.deepEqual([reading.inference.billed, reading.unfinished], [false, true])
  })

  it('keeps what a broken stream had built, its usage unknown', () => {
    const events = [
      {
        type: 'response.created',
        response: { id: 'resp_1', model: 'gpt-5.4', status: 'in_progress', usage: null },
      },
      { type: 'response.output_item.added', output_index: 0, item: { type: 'message', content: [] } },
      { type: 'response.output_text.delta', output_index: 0, delta: 'Hel' },
      { type: 'response.output_text.delta', output_index: 0, delta: 'lo' },
      { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"a"' },
    ]
    const reading = readResponses(sseOf(events), { end: 'truncated' })
    assert.deepEqual(
      [
        reading.inference.billed,
        reading.usage.origin,
        reading.unfinished,
        reading.reply.map(({ kind, content }) => [kind, content]),
      ],
      [
        true,
        'unknown',
        true,
        [
          ['output', 'Hello'],
          ['tool_call', '{"type":"function_call","arguments":"{\\"a\\""}'],
        ],
      ],
    )
  })

  it('tells errors in either form, and bills none without work', () => {
    const flat = readResponses(sseOf([{ type: 'error', code: 'server_error', message: 'boom', param: null }]))
    assert.deepEqual(
      [flat.error, flat.inference.billed],
      [{ status: 200, code: 'server_error', message: 'boom' }, false],
    )
    const nested = readResponses(
      sseOf([{ type: 'error', error: { type: 'insufficient_quota', code: 'no_money', message: 'pay' } }]),
    )
    assert.deepEqual(nested.error, { status: 200, code: 'no_money', message: 'pay' })
    const failed = readResponses({
      id: 'r',
      status: 'failed',
      error: { code: 'server_error', message: 'boom' },
      output: [MESSAGE_ITEM],
      usage: RESPONSES_USAGE,
    })
    assert.deepEqual(
      [failed.error?.message, failed.inference.billed, failed.usage.outputTokens],
      ['boom', true, 9],
    )
  })

  it('says why a response is incomplete', () => {
    const response = {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [MESSAGE_ITEM],
      usage: RESPONSES_USAGE,
    }
    assert.equal(readResponses(response).inference.finishReason, 'max_output_tokens')
  })

  it('counts searches that were made where the provider does not count them', () => {
    const search = { type: 'web_search_call', status: 'completed', action: { type: 'search' } }
    const output = [
      search,
      { ...search, action: { type: 'open_page' } },
      { ...search, status: 'failed' },
      MESSAGE_ITEM,
    ]
    assert.deepEqual(readResponses({ output, usage: RESPONSES_USAGE }).usage.units, { webSearch: 1 })
    assert.deepEqual(
      readResponses({ output, usage: RESPONSES_USAGE, tool_usage: { web_search: { num_requests: 0 } } }).usage
        .units,
      {},
    )
    assert.deepEqual(
      readResponses({ output, usage: RESPONSES_USAGE }, { provider: 'openrouter' }).usage.units,
      {},
    )
  })

  it('takes the tier that was used, not the one that was asked for', () => {
    const request = { model: 'm', input: 'x', service_tier: 'flex' }
    assert.equal(
      readResponses({ usage: RESPONSES_USAGE, service_tier: 'default' }, { request }).inference.tier,
      'default',
    )
    assert.equal(readResponses({ usage: RESPONSES_USAGE }, { request }).inference.tier, 'flex')
  })

  it('reads items of every sort in a prompt', () => {
    const input = [
      { type: 'message', role: 'user', content: 'plain' },
      { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'zzz' },
      { type: 'item_reference', id: 'msg_1' },
      { type: 'mcp_list_tools', server_label: 's', tools: [] },
      { type: 'custom_tool_call', call_id: 'c1', name: 'grep', input: 'x' },
      {
        type: 'custom_tool_call_output',
        call_id: 'c1',
        output: [
          { type: 'input_text', text: 'found' },
          { type: 'input_image', image_url: 'u' },
        ],
      },
      'garbage',
    ]
    const reading = readResponses({}, { request: { model: 'm', input, prompt: { id: 'pmpt_1' } } })
    assert.deepEqual(
      reading.prompt.map(({ path, kind, name }) => [path, kind, name]),
      [
        ['prompt', 'system', undefined],
        ['input[0]', 'user', undefined],
        ['input[1]', 'reasoning', undefined],
        ['input[2]', 'assistant', undefined],
        ['input[3]', 'tool_def', undefined],
        ['input[4]', 'tool_call', 'grep'],
        ['input[5].output[0]', 'tool_result', 'grep'],
        ['input[5].output[1]', 'media', 'grep'],
        ['input[6]', 'user', undefined],
      ],
    )
  })

  it('says which history the provider holds, of calls that fail, too', () => {
    const held = (request: object, more: object = {}) => {
      const reading = readResponses(
        { id: 'r' },
        { request: { model: 'm', input: 'Hi', ...request }, ...more },
      )
      return [reading.previousResponseId, reading.conversationId]
    }
    assert.deepEqual(held({}), [undefined, undefined])
    assert.deepEqual(held({ previous_response_id: 'resp_1' }), ['resp_1', undefined])
    assert.deepEqual(held({ conversation: 'conv_1' }), [undefined, 'conv_1'])
    assert.deepEqual(held({ conversation: { id: 'conv_1' } }), [undefined, 'conv_1'])
    assert.deepEqual(held({ previous_response_id: 'resp_1' }, { status: 429 }), ['resp_1', undefined])
    assert.deepEqual(held({ conversation: 'conv_1' }, { status: 500 }), [undefined, 'conv_1'])
  })
})
