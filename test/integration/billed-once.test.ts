// Whole recordings of OpenAI's calls that show one response several times, or several inferences in one: each is billed once.

import assert from 'node:assert/strict'
import { importFiles } from '../support/recorded-import'

const V1 = 'https://api.openai.com/v1'
const RESPONSES = `${V1}/responses`

interface Recorded {
  readonly method?: string
  readonly url: string
  readonly request?: unknown
  readonly response: unknown
}

const USAGE = {
  input_tokens: 40,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 9,
  total_tokens: 49,
}
const background = (status: string, usage: unknown = null) => ({
  id: 'resp_1',
  object: 'response',
  model: 'gpt-4.1-2025-04-14',
  background: true,
  status,
  output: [],
  usage,
})
const poll = (status: string, usage?: unknown) => ({
  method: 'GET',
  url: `${RESPONSES}/resp_1`,
  response: background(status, usage),
})
const sse = (type: string, response: unknown) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, response })}\n\n`
const request = { model: 'gpt-4.1', input: 'x', background: true }

/** Model calls by exchange: whether it was billed, input and output tokens, and the cost. */
async function callsOf(recorded: readonly Recorded[]) {
  const exchanges = recorded.map(({ method = 'POST', url, request, response }) => ({
    method,
    url,
    request_headers: {},
    request_body: request === undefined ? '' : JSON.stringify(request),
    status: 200,
    response_headers: {},
    response_body: typeof response === 'string' ? response : JSON.stringify(response),
  }))
  const bytes = new TextEncoder().encode(JSON.stringify({ exchanges }))
  const { calls, faults } = await importFiles([{ path: '/recordings/a.json', name: 'a.json', bytes }])
  assert.deepEqual(faults, [])
  return recorded.map((_, index) =>
    (calls.get(`a.json#${index}`) ?? []).map(({ billed, usage, cost }) =>
      billed ? [usage.inputTokens, usage.outputTokens, cost?.picoUsd ?? null] : 'not billed',
    ),
  )
}

describe('billed once', () => {
  // 40 × $2 and 9 × $8 a million.
  const once = [40, 9, 152_000_000]

  it('a background response, where it is first seen with its usage', async () => {
    const queued = { url: RESPONSES, request, response: background('queued') }
    const recorded = [queued, poll('in_progress'), poll('completed', USAGE), poll('completed', USAGE)]
    assert.deepEqual(await callsOf(recorded), [['not billed'], ['not billed'], [once], ['not billed']])
  })

  it('a background response whose beginning was not recorded', async () => {
    assert.deepEqual(await callsOf([poll('completed', USAGE)]), [[once]])
  })

  it('a background stream that is taken up again', async () => {
    const done = sse('response.completed', background('completed', USAGE))
    const begun = sse('response.created', background('queued'))
    const posted = (response: string) => ({ url: RESPONSES, request: { ...request, stream: true }, response })
    const again = { method: 'GET', url: `${RESPONSES}/resp_1?stream=true&starting_after=1`, response: done }
    assert.deepEqual(await callsOf([posted(begun + done), again]), [[once], ['not billed']])
    assert.deepEqual(await callsOf([posted(begun), again]), [['not billed'], [once]])
  })

  it('a response that is read again, wherever it was made', async () => {
    const done = { ...background('completed', USAGE), background: false }
    const again = { method: 'GET', url: `${RESPONSES}/resp_1`, response: done }
    const posted = { url: RESPONSES, request: { model: 'gpt-4.1', input: 'x' }, response: done }
    assert.deepEqual(await callsOf([posted, again]), [[once], ['not billed']])
    assert.deepEqual(await callsOf([again]), [['not billed']])
  })

  it('the results of a batch that are downloaded twice, at half the price', async () => {
    const body = {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: 'gpt-4.1-2025-04-14',
      choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 40, completion_tokens: 9, total_tokens: 49 },
    }
    const line = { id: 'batch_req_1', custom_id: 'a', response: { status_code: 200, body }, error: null }
    const download = {
      method: 'GET',
      url: `${V1}/files/file-1/content`,
      response: `${JSON.stringify(line)}\n`,
    }
    assert.deepEqual(await callsOf([download, download]), [[[40, 9, 76_000_000]], ['not billed']])
  })

  it('the image model beside the model that called it', async () => {
    const response = {
      ...background('completed', USAGE),
      background: false,
      tools: [{ type: 'image_generation', model: 'gpt-image-1' }],
      tool_usage: {
        image_gen: {
          input_tokens: 50,
          input_tokens_details: { text_tokens: 50, image_tokens: 0 },
          output_tokens: 272,
          total_tokens: 322,
        },
      },
    }
    const [[chat, image] = []] = await callsOf([{ url: RESPONSES, request: { model: 'gpt-4.1' }, response }])
    assert.deepEqual(chat, once)
    // 50 × $5 and 272 × $40 a million.
    assert.deepEqual(image, [50, 272, 11_130_000_000])
  })
})
