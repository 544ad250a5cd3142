// Chat Completions beyond the fixtures: vendors' ways, errors inside a 200, broken streams.
import assert from 'node:assert/strict'
import { sseOf } from './exchange'
import { choiceOf, chunkOf, readChat } from './openai-exchange'

describe('providers/openai-chat', () => {
  it('keeps unknown what a server does not say', () => {
    const { usage } = readChat({
      choices: [choiceOf('hi')],
      usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
    })
    assert.deepEqual(
      [
        usage.inputTokens,
        usage.uncachedInputTokens,
        usage.cacheReadTokens,
        usage.cacheWriteTokens['30m'],
        usage.outputTokens,
        usage.reasoningTokens,
      ],
      [9, 9, null, null, 2, null],
    )
  })

  it('counts Groq’s usage once, wherever it stands', () => {
    const chunk = { x_groq: { id: 'r', usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } } }
    const stream = sseOf([chunkOf('a'), { ...chunkOf('', 'stop'), ...chunk }, '[DONE]'])
    assert.deepEqual([readChat(stream).usage.inputTokens, readChat(stream).usage.outputTokens], [7, 3])
    const both = sseOf([{ ...chunkOf('a', 'stop'), ...chunk, usage: chunk.x_groq.usage }, '[DONE]'])
    assert.deepEqual([readChat(both).usage.inputTokens, readChat(both).usage.outputTokens], [7, 3])
  })

  it('adds reasoning that a vendor counts apart from its output', () => {
    const { usage, inference } = readChat(
      {
        choices: [choiceOf('Hello')],
        usage: {
          prompt_tokens: 12,
          completion_tokens: 1,
          total_tokens: 241,
          prompt_tokens_details: { cached_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 228 },
          cost_in_usd_ticks: 1_176_500,
        },
      },
      { provider: 'xai' },
    )
    assert.deepEqual([usage.outputTokens, usage.reasoningTokens, usage.uncachedInputTokens], [229, 228, 10])
    // 10¹⁰ ticks are one dollar: $0.00011765.
    assert.equal(inference.providerPicoUsd, 117_650_000)
  })

  it('never has negative input, though more is cached than was sent', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 12 } }
    assert.equal(readChat({ choices: [choiceOf('a')], usage }).usage.uncachedInputTokens, 0)
  })

  it('takes usage of zeros beside a reply as none', () => {
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    const reading = readChat({ choices: [choiceOf('a')], usage })
    assert.deepEqual(
      [reading.usage.origin, reading.usage.inputTokens, reading.inference.billed],
      ['unknown', null, true],
    )
  })

  it('takes no cost from a router when the key is the user’s own', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, cost: 0.5, is_byok: true, cost_details: {} }
    assert.equal(
      readChat({ choices: [choiceOf('a')], usage }, { provider: 'openrouter' }).inference.providerPicoUsd,
      undefined,
    )
  })

  it('takes Perplexity’s cost', () => {
    const usage = {
      prompt_tokens: 1,
      completion_tokens: 1,
      cost: { input_tokens_cost: 0, total_cost: 0.012 },
    }
    assert.equal(
      readChat({ choices: [choiceOf('a')], usage }, { provider: 'perplexity' }).inference.providerPicoUsd,
      12_000_000_000,
    )
  })

  it('takes no cost of unknown currency from other gateways', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, cost: 0.5 }
    assert.equal(
      readChat({ choices: [choiceOf('a')], usage }, { provider: 'custom:gw' }).inference.providerPicoUsd,
      undefined,
    )
  })

  it('calls cumulative usage of a broken stream partial', () => {
    const usage = (completion_tokens: number) => ({
      prompt_tokens: 5,
      completion_tokens,
      total_tokens: 5 + completion_tokens,
    })
    const reading = readChat(
      sseOf([
        { ...chunkOf('a'), usage: usage(1) },
        { ...chunkOf('b'), usage: usage(2) },
      ]),
      { end: 'truncated' },
    )
    assert.deepEqual(
      [reading.usage.origin, reading.usage.inputTokens, reading.usage.outputTokens, reading.unfinished],
      ['partial', 5, 2, true],
    )
  })

  it('calls a stream finished that ends well without [DONE]', () => {
    const stream = sseOf([chunkOf('a', 'stop')])
    assert.equal(readChat(stream).unfinished, false)
    assert.equal(readChat(stream, { end: 'truncated' }).unfinished, true)
    assert.equal(readChat(sseOf([chunkOf('a')])).unfinished, true)
  })

  it('tells an error in mid-stream, and keeps what came before it', () => {
    const reading = readChat(sseOf([chunkOf('Hel'), { error: { code: 502, message: 'upstream gone' } }]))
    assert.deepEqual(reading.error, { status: 502, message: 'upstream gone' })
    assert.deepEqual(
      [reading.usage.origin, reading.inference.billed, reading.reply[0]?.content],
      ['unknown', true, 'Hel'],
    )
  })

  it('does not bill a reply that is nothing but an error', () => {
    const error = { error: { message: 'no quota', type: 'insufficient_quota', code: null } }
    for (const response of [error, sseOf([error])]) {
      const reading = readChat(response)
      assert.deepEqual(
        [reading.inference.billed, reading.error],
        [false, { status: 200, code: 'insufficient_quota', message: 'no quota' }],
      )
    }
  })

  it('tells what is wrong with failed exchanges of every form', () => {
    const failures: [number, string, unknown][] = [
      [
        401,
        '{"error":{"message":"bad key","type":"invalid_request_error","code":"invalid_api_key"}}',
        { status: 401, code: 'invalid_api_key', message: 'bad key' },
      ],
      [404, '{"error":"no such model"}', { status: 404, message: 'no such model' }],
      [422, '{"detail":[{"msg":"field required"}]}', { status: 422, message: '[{"msg":"field required"}]' }],
      [429, '{"statusCode":429,"message":"slow down"}', { status: 429, message: 'slow down' }],
      [502, '<html>Bad gateway</html>', { status: 502, message: '<html>Bad gateway</html>' }],
      [503, '', { status: 503, message: 'HTTP 503 without a message' }],
    ]
    for (const [status, response, expected] of failures) {
      const reading = readChat(response, { status })
      assert.deepEqual(reading.error, expected)
      assert.deepEqual(
        [reading.inference.billed, reading.usage.origin, reading.usage.inputTokens],
        [false, 'unknown', null],
      )
    }
  })

  it('says so when no provider answered', () => {
    const reading = readChat(undefined, {
      status: 0,
      end: 'unreachable',
      error: 'connect ECONNREFUSED 127.0.0.1:9',
    })
    assert.deepEqual(reading.error, { status: 0, message: 'connect ECONNREFUSED 127.0.0.1:9' })
    assert.equal(reading.inference.billed, false)
  })

  it('takes Azure’s deployment for the requested model, and ignores its first chunk', () => {
    const url =
      'https://r.openai.azure.com/openai/deployments/my%20dep/chat/completions?api-version=2024-10-21'
    const filter = { choices: [], model: '', prompt_filter_results: [{ prompt_index: 0 }] }
    const reading = readChat(
      sseOf([filter, { model: 'gpt-4o-2024-11-20', ...chunkOf('a', 'stop') }, '[DONE]']),
      {
        url,
        provider: 'azure',
        request: { messages: [] },
      },
    )
    assert.deepEqual(
      [reading.inference.requestModel, reading.inference.responseModel],
      ['my dep', 'gpt-4o-2024-11-20'],
    )
  })

  it('reads several choices, refusals and function calls of old', () => {
    const reading = readChat({
      choices: [
        { index: 1, message: { content: null, refusal: 'No.' } },
        {
          index: 0,
          message: { content: null, function_call: { name: 'f', arguments: '{}' } },
          finish_reason: 'function_call',
        },
      ],
    })
    assert.deepEqual(
      reading.reply.map(({ path, kind, name, content }) => [path, kind, name, content]),
      [
        ['output[0]', 'tool_call', 'f', '{"function":{"name":"f","arguments":"{}"}}'],
        ['output[1]', 'output', undefined, 'No.'],
      ],
    )
  })

  it('counts frames that are not JSON and reads the others', () => {
    const reading = readChat(`data: {broken\n\n${sseOf([chunkOf('a', 'stop'), '[DONE]'])}`)
    assert.deepEqual([reading.malformed, reading.reply[0]?.content, reading.unfinished], [1, 'a', false])
  })

  it('reads a request that is not JSON as an empty prompt, counted', () => {
    const reading = readChat({ choices: [choiceOf('a')] }, { request: '{"model":' })
    assert.deepEqual([reading.malformed, reading.prompt, reading.inference.requestModel], [1, [], ''])
  })

  it('leaves cache marks out of the content, and names them', () => {
    const part = { type: 'text', text: 'long', cache_control: { type: 'ephemeral', ttl: '1h' } }
    const tool = { type: 'function', function: { name: 'f' }, cache_control: { type: 'ephemeral' } }
    const request = {
      messages: [{ role: 'system', content: [part] }],
      tools: [tool],
      response_format: { type: 'json_schema', json_schema: { name: 's' } },
    }
    assert.deepEqual(readChat({}, { request }).prompt, [
      {
        path: 'tools[0]',
        kind: 'tool_def',
        name: 'f',
        content: '{"type":"function","function":{"name":"f"}}',
        mark: '5m',
      },
      {
        path: 'response_format',
        kind: 'system',
        content: '{"type":"json_schema","json_schema":{"name":"s"}}',
      },
      { path: 'messages[0].content[0]', kind: 'system', content: 'long', mark: '1h' },
    ])
  })

  it('takes the tier that the reply names, and `auto` for none', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1 }
    const tierOf = (service_tier: unknown, asked: string) => {
      const request = { model: 'm', service_tier: asked }
      return readChat({ choices: [choiceOf('hi')], usage, service_tier }, { request }).inference.tier
    }
    assert.deepEqual(
      [tierOf('default', 'flex'), tierOf('auto', 'flex'), tierOf(null, 'priority'), tierOf('auto', 'auto')],
      ['default', 'flex', 'priority', undefined],
    )
  })
})
