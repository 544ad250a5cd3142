// What vendors of Chat Completions do each in their own way: names, sums, costs, several models behind one.
import assert from 'node:assert/strict'
import { sseOf } from './exchange'
import { choiceOf, chunkOf, readChat } from './openai-exchange'

describe('providers/openai-chat, by vendor', () => {
  it('takes the rest of the total for the output where none is named', () => {
    // OpenAI leaves `completion_tokens` out where the model said nothing.
    const none = readChat({ choices: [choiceOf('')], usage: { prompt_tokens: 11, total_tokens: 11 } })
    assert.deepEqual([none.usage.outputTokens, none.usage.origin], [0, 'reported'])
    const bare = readChat({ choices: [choiceOf('')], usage: { prompt_tokens: 11 } })
    assert.equal(bare.usage.outputTokens, null)
  })

  it('adds what Google thought, which only its total tells', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 40, total_tokens: 350 }
    const url = 'https://generativelanguage.googleapis.com/v1beta/openai/chat/completions'
    assert.equal(
      readChat({ choices: [choiceOf('a')], usage }, { provider: 'google', url }).usage.outputTokens,
      340,
    )
    assert.equal(
      readChat({ choices: [choiceOf('a')], usage }, { provider: 'custom:gw' }).usage.outputTokens,
      40,
    )
  })

  it('adds xAI’s reasoning where no total tells whether it is inside', () => {
    const details = { reasoning_tokens: 7 }
    const usage = { prompt_tokens: 3, completion_tokens: 2, completion_tokens_details: details }
    assert.equal(readChat({ choices: [choiceOf('a')], usage }, { provider: 'xai' }).usage.outputTokens, 9)
    assert.equal(readChat({ choices: [choiceOf('a')], usage }).usage.outputTokens, 2)
  })

  it('gives reasoning as reported, though it exceeds the output', () => {
    const details = { reasoning_tokens: 31 }
    const usage = {
      prompt_tokens: 5,
      completion_tokens: 20,
      total_tokens: 25,
      completion_tokens_details: details,
    }
    const reading = readChat({ choices: [choiceOf('a')], usage }, { provider: 'openrouter' }).usage
    assert.deepEqual([reading.outputTokens, reading.reasoningTokens], [20, 31])
  })

  it('finds cached tokens under every vendor’s name', () => {
    const names: object[] = [
      { prompt_tokens_details: { cached_tokens: 30 } },
      { prompt_token_details: { cached_tokens: 30 } },
      { prompt_cache_hit_tokens: 30, prompt_cache_miss_tokens: 70 },
      { cached_tokens: 30 },
      { num_cached_tokens: 30 },
      { prompt_tokens_details: { cached_tokens: 30 }, prompt_cache_hit_tokens: 30, cached_tokens: 30 },
    ]
    for (const name of names) {
      const usage = { prompt_tokens: 100, completion_tokens: 1, total_tokens: 101, ...name }
      const reading = readChat({ choices: [choiceOf('a')], usage }).usage
      assert.deepEqual([reading.cacheReadTokens, reading.uncachedInputTokens], [30, 70], JSON.stringify(name))
    }
  })

  it('tells nothing of a cache where the details are null', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10, prompt_tokens_details: null }
    assert.equal(readChat({ choices: [choiceOf('a')], usage }).usage.cacheReadTokens, null)
  })

  it('puts writes at the life that the vendor names', () => {
    const details = {
      cached_tokens: 100,
      cache_creation_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 50 },
    }
    const usage = {
      prompt_tokens: 200,
      completion_tokens: 1,
      total_tokens: 201,
      prompt_tokens_details: details,
    }
    const alibaba = readChat({ choices: [choiceOf('a')], usage }, { provider: 'custom:dashscope' }).usage
    assert.deepEqual(
      [alibaba.uncachedInputTokens, alibaba.cacheReadTokens, alibaba.cacheWriteTokens['5m']],
      [50, 100, 50],
    )
    const openai = { ...usage, prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 50 } }
    const { cacheWriteTokens } = readChat({ choices: [choiceOf('a')], usage: openai }).usage
    assert.deepEqual([cacheWriteTokens['30m'], cacheWriteTokens['5m']], [50, null])
  })

  it('tells audio and images from text, read from a cache or not', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: {
        cached_tokens: 30,
        audio_tokens: 40,
        image_tokens: 5,
        video_tokens: 0,
        cached_tokens_details: { audio_tokens: 10, text_tokens: 20 },
      },
      completion_tokens_details: { audio_tokens: 33 },
    }
    const expected = { audioInput: 30, imageInput: 5, audioCacheRead: 10, audioOutput: 33 }
    assert.deepEqual(readChat({ choices: [choiceOf('a')], usage }).inference.modalities, expected)
    const plain = { ...usage, prompt_tokens_details: { audio_tokens: 0 }, completion_tokens_details: null }
    assert.equal(readChat({ choices: [choiceOf('a')], usage: plain }).inference.modalities, undefined)
  })

  it('bills each model behind a compound system at its own name', () => {
    const part = (prompt_tokens: number, completion_tokens: number) => ({ prompt_tokens, completion_tokens })
    const models = [
      { model: 'llama-3.3-70b-versatile', usage: part(100, 30) },
      { model: 'openai/gpt-oss-120b', usage: part(200, 10) },
    ]
    const readWith = (usage: object) => {
      const head = { id: 'c', model: 'groq/compound', choices: [choiceOf('a')] }
      const { inferences } = readChat({ ...head, usage, usage_breakdown: { models } }, { provider: 'groq' })
      return inferences.map((each) => [each.responseModel, each.usage.inputTokens, each.usage.outputTokens])
    }
    assert.deepEqual(readWith({ ...part(300, 40), total_tokens: 340 }), [
      ['llama-3.3-70b-versatile', 100, 30],
      ['openai/gpt-oss-120b', 200, 10],
    ])
    // A breakdown that is not all of it is no base for a bill.
    assert.deepEqual(readWith(part(301, 40)), [['groq/compound', 301, 40]])
    // Nor can a figure for the whole be shared out.
    assert.equal(readWith({ ...part(300, 40), cost_in_usd_ticks: 5 }).length, 1)
  })

  it('finds usage that Moonshot puts on the choice', () => {
    const usage = { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10, cached_tokens: 4 }
    const choice = { index: 0, delta: {}, finish_reason: 'stop', usage }
    const reading = readChat(sseOf([chunkOf('a'), { choices: [choice] }, '[DONE]'])).usage
    assert.deepEqual([reading.inputTokens, reading.cacheReadTokens, reading.outputTokens], [8, 4, 2])
  })

  it('tells the error that a router put on a choice', () => {
    const choice = { index: 0, delta: {}, finish_reason: 'error', error: { code: 502, message: 'gone' } }
    assert.deepEqual(readChat(sseOf([chunkOf('a'), { choices: [choice] }, '[DONE]'])).error, {
      status: 502,
      message: 'gone',
    })
    const stopped = { choices: [], x_groq: { id: 'r', error: 'overloaded' } }
    assert.equal(readChat(sseOf([chunkOf('a'), stopped, '[DONE]'])).error?.message, 'overloaded')
  })

  it('counts searches that a router made', () => {
    const unitsWith = (web_search_requests: number) => {
      const usage = {
        prompt_tokens: 1,
        completion_tokens: 1,
        server_tool_use_details: { web_search_requests },
      }
      return readChat({ choices: [choiceOf('a')], usage }).usage.units
    }
    assert.deepEqual(unitsWith(2), { webSearch: 2 })
    assert.deepEqual(unitsWith(0), {})
  })

  it('counts the search that a search model makes before every answer', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 }
    const unitsOf = (model: string) => readChat({ model, choices: [choiceOf('a')], usage }).usage.units
    assert.deepEqual(unitsOf('gpt-4o-mini-search-preview-2025-03-11'), { webSearch: 1 })
    assert.deepEqual(unitsOf('gpt-5-search-api'), { webSearch: 1 })
    assert.deepEqual(unitsOf('gpt-4o-mini'), {})
    assert.deepEqual(readChat({ model: 'gpt-5-search-api', choices: [choiceOf('a')] }).usage.units, {})
  })

  it('takes a router’s cost to the pico-dollar', () => {
    const picoOf = (cost: unknown) => {
      const usage = { prompt_tokens: 1, completion_tokens: 1, cost }
      return readChat({ choices: [choiceOf('a')], usage }, { provider: 'openrouter' }).inference
        .providerPicoUsd
    }
    assert.deepEqual(
      [0.0145476, 0.0135502, 6e-8, 4e-5, 1.1, 0.000_000_000_001].map(picoOf),
      [14_547_600_000, 13_550_200_000, 60_000, 40_000_000, 1_100_000_000_000, 1],
    )
    assert.deepEqual([-1, '0.1', null, 1e300].map(picoOf), [undefined, undefined, undefined, undefined])
  })

  it('bills a deferred reply when it is fetched, and not before', () => {
    const request = { model: 'grok-4', messages: [], deferred: true }
    assert.equal(readChat({ request_id: 'd1' }, { request, provider: 'xai' }).inference.billed, false)
    const url = 'https://api.x.ai/v1/chat/deferred-completion/d1'
    const get = { method: 'GET', url, request: undefined, provider: 'xai' }
    assert.equal(readChat(undefined, { ...get, status: 202 }).inference.billed, false)
    const usage = { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 }
    const done = readChat({ id: 'c1', choices: [choiceOf('a')], usage }, get)
    assert.deepEqual([done.inference.billed, done.usage.inputTokens], [true, 4])
  })

  it('reads Mistral’s agents and Snowflake’s older endpoint, and no stored completions', () => {
    const response = { id: 'a', choices: [choiceOf('x')], usage: { prompt_tokens: 1, completion_tokens: 1 } }
    const formatAt = (url: string, method = 'POST') => readChat(response, { url, method }).wireFormat
    assert.equal(formatAt('https://api.mistral.ai/v1/agents/completions'), 'openai-chat')
    assert.equal(formatAt('https://a.snowflakecomputing.com/api/v2/cortex/inference:complete'), 'openai-chat')
    assert.equal(formatAt('https://api.openai.com/v1/chat/completions', 'GET'), 'other')
    assert.equal(formatAt('https://api.openai.com/v1/chat/completions/c_1', 'GET'), 'other')
  })

  it('knows the form where no path says so', () => {
    const url = 'https://w.cloud.databricks.com/serving-endpoints/ours/invocations'
    const usage = { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 }
    const request = { messages: [{ role: 'user', content: 'x' }] }
    const reading = readChat({ id: 'a', model: 'm1', choices: [choiceOf('x')], usage }, { url, request })
    assert.deepEqual([reading.wireFormat, reading.usage.inputTokens], ['openai-chat', 2])
    assert.equal(readChat({ choices: [choiceOf('x')] }, { url, request }).wireFormat, 'other')
    const stream = sseOf([{ object: 'chat.completion.chunk', ...chunkOf('x', 'stop'), usage }, '[DONE]'])
    assert.equal(readChat(stream, { url, request }).usage.outputTokens, 1)
  })
})
