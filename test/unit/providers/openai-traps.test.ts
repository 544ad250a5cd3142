// The traps that other tools fell into, each by its number, in OpenAI's formats.
import assert from 'node:assert/strict'
import { type Parts, RESPONSES, readFirst, sseOf } from './exchange'

const read = (response: unknown, more: Parts = {}) =>
  readFirst({ request: { model: 'm' }, response, ...more })

const choice = { index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }
const chat = (usage: object, more: object = {}) => ({
  id: 'c',
  model: 'gpt-5.6-sol',
  choices: [choice],
  usage,
  ...more,
})
const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] }
const responses = (usage: object, more: object = {}) => ({
  id: 'r',
  status: 'completed',
  output: [message],
  usage,
  ...more,
})
const toResponses = { url: RESPONSES, request: { model: 'm', input: 'x' } }
const delta = (content: string, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
})

describe('providers/openai, traps', () => {
  it('trap 1: takes cached tokens out of the input that includes them, and sums to the provider’s total', () => {
    const { usage } = read(
      chat({
        prompt_tokens: 1000,
        completion_tokens: 50,
        total_tokens: 1050,
        prompt_tokens_details: { cached_tokens: 768 },
        completion_tokens_details: { reasoning_tokens: 20 },
      }),
    )
    assert.deepEqual([usage.uncachedInputTokens, usage.cacheReadTokens, usage.outputTokens], [232, 768, 50])
    assert.equal((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0), 1050)
  })

  it('trap 4: tells 0 from what is missing', () => {
    const zero = read(
      chat({ prompt_tokens: 5, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 0 } }),
    )
    assert.deepEqual([zero.usage.cacheReadTokens, zero.usage.outputTokens], [0, 0])
    const missing = read(chat({ prompt_tokens: 5, completion_tokens: null }))
    assert.deepEqual([missing.usage.cacheReadTokens, missing.usage.outputTokens], [null, null])
  })

  it('trap 10: calls a stream without usage unknown', () => {
    const { usage, inference } = read(sseOf([delta('a', 'stop'), '[DONE]']))
    assert.deepEqual([usage.origin, usage.inputTokens, inference.billed], ['unknown', null, true])
  })

  it('trap 11: knows no usage of a stream that broke off', () => {
    const cut = { end: 'truncated' as const }
    assert.equal(read(sseOf([delta('a')]), cut).usage.origin, 'unknown')
    const begun = { type: 'response.created', response: { id: 'r', status: 'in_progress', usage: null } }
    const { usage, inference } = read(sseOf([begun]), { ...toResponses, ...cut })
    assert.deepEqual([usage.origin, usage.outputTokens, inference.billed], ['unknown', null, true])
  })

  it('trap 12: takes usage of zeros beside a reply as none', () => {
    const none = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    assert.deepEqual([read(chat(none)).usage.origin, read(chat(none)).usage.inputTokens], ['unknown', null])
    const zeros = { input_tokens: 0, output_tokens: 0, total_tokens: 0 }
    assert.equal(read(responses(zeros), toResponses).usage.origin, 'unknown')
    assert.equal(read(responses(zeros, { output: [] }), toResponses).usage.inputTokens, 0)
  })

  it('trap 16: takes written tokens out of the input too, whether or not they have a price', () => {
    const details = { cached_tokens: 200, cache_write_tokens: 700 }
    const inChat = read(
      chat({ prompt_tokens: 1000, completion_tokens: 1, prompt_tokens_details: details }),
    ).usage
    const inResponses = read(
      responses({ input_tokens: 1000, output_tokens: 1, input_tokens_details: details }),
      toResponses,
    ).usage
    for (const usage of [inChat, inResponses])
      assert.deepEqual(
        [usage.uncachedInputTokens, usage.cacheReadTokens, usage.cacheWriteTokens['30m'], usage.inputTokens],
        [100, 200, 700, 1000],
      )
  })

  it('trap 19: does not add reasoning to an output that includes it', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 90, total_tokens: 100 }
    const details = { completion_tokens_details: { reasoning_tokens: 64 } }
    const inChat = read(chat({ ...usage, ...details })).usage
    assert.deepEqual([inChat.outputTokens, inChat.reasoningTokens], [90, 64])
    const raw = { input_tokens: 10, output_tokens: 90, output_tokens_details: { reasoning_tokens: 64 } }
    assert.equal(read(responses(raw), { ...toResponses, provider: 'xai' }).usage.outputTokens, 90)
  })

  it('trap 28: charges searches that were made, and none that were only offered', () => {
    const usage = { input_tokens: 10, output_tokens: 9 }
    const tools = [{ type: 'web_search' }]
    assert.deepEqual(read(responses(usage, { tools }), toResponses).usage.units, {})
    const call = { type: 'web_search_call', status: 'completed', action: { type: 'search' } }
    const stream = sseOf([
      { type: 'response.output_item.done', output_index: 0, item: call },
      { type: 'response.completed', response: responses(usage, { tools, output: [call, message] }) },
    ])
    assert.deepEqual(read(stream, toResponses).usage.units, { webSearch: 1 })
  })

  it('trap 29: believes the reply before the request about the tier', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1 }
    const request = { model: 'm', service_tier: 'flex' }
    assert.equal(read(chat(usage, { service_tier: 'default' }), { request }).inference.tier, 'default')
    assert.equal(read(chat(usage), { request }).inference.tier, 'flex')
    assert.equal(read(chat(usage), { request: { service_tier: 'auto' } }).inference.tier, undefined)
    const refused = read({ error: { message: 'no capacity' } }, { request, status: 429 })
    assert.equal(refused.inference.billed, false)
  })

  it('trap 33: gives a response that is seen twice the same id and usage', () => {
    const usage = { input_tokens: 10, output_tokens: 9 }
    const done = responses(usage, { background: true })
    const streamed = read(sseOf([{ type: 'response.completed', response: done }]), toResponses).inference
    const polled = read(done, { method: 'GET', url: `${RESPONSES}/r`, request: undefined }).inference
    assert.deepEqual([streamed.responseId, streamed.usage], [polled.responseId, polled.usage])
  })
})
