// Models of other publishers on Vertex: Anthropic's and chat formats behind `:rawPredict`.
import assert from 'node:assert/strict'
import { readGoogle, vertex } from './gemini-exchange'

const message = {
  id: 'msg_vrtx_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-5-20251101',
  content: [{ type: 'text', text: 'hi' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, cache_read_input_tokens: 90, cache_creation_input_tokens: 0, output_tokens: 4 },
}

describe('providers/vertex-publishers', () => {
  it('reads Claude as Messages, with the model of the path', () => {
    const { wireFormat, inference, usage } = readGoogle({
      url: vertex('publishers/anthropic/models/claude-opus-4-5@20251101:rawPredict'),
      request: { anthropic_version: 'vertex-2023-10-16', messages: [], max_tokens: 9 },
      response: message,
    })
    assert.deepEqual(
      [wireFormat, inference.requestModel, inference.responseModel, usage.inputTokens, inference.geo],
      ['anthropic-messages', 'claude-opus-4-5@20251101', 'claude-opus-4-5-20251101', 100, 'regional'],
    )
  })

  it('knows Claude by the bodies where the path is of an endpoint', () => {
    const url = vertex('endpoints/7:rawPredict').replaceAll('europe-west4', 'global')
    const { wireFormat, inference } = readGoogle({ url, response: message })
    assert.deepEqual([wireFormat, inference.geo], ['anthropic-messages', 'global'])
  })

  it('does not bill counting tokens', () => {
    const { inference, usage } = readGoogle({
      url: vertex('publishers/anthropic/models/count-tokens:rawPredict'),
      request: { model: 'claude-opus-4-5@20251101', messages: [] },
      response: { input_tokens: 33 },
    })
    assert.deepEqual(
      [inference.billed, usage.inputTokens, inference.requestModel],
      [false, null, 'claude-opus-4-5@20251101'],
    )
  })

  it('reads Mistral and others as chat', () => {
    const { wireFormat, inference, usage } = readGoogle({
      url: vertex('publishers/mistralai/models/mistral-medium-3:rawPredict'),
      request: { model: 'mistral-medium-3', messages: [{ role: 'user', content: 'x' }] },
      response: {
        id: 'c1',
        model: 'mistral-medium-3',
        choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      },
    })
    assert.deepEqual(
      [wireFormat, inference.requestModel, usage.inputTokens, usage.outputTokens],
      ['openai-chat', 'mistral-medium-3', 5, 2],
    )
  })

  it('shows what it does not know as other, and takes the tier from the kind of traffic', () => {
    const ocr = readGoogle({
      url: vertex('publishers/mistralai/models/mistral-ocr-2505:rawPredict'),
      request: { document: {} },
      response: { pages: [], usage_info: { pages_processed: 3 } },
    })
    assert.deepEqual([ocr.wireFormat, ocr.inference.billed, ocr.usage.origin], ['other', true, 'unknown'])
    const flex = readGoogle({
      url: vertex('publishers/anthropic/models/claude-opus-4-5@20251101:rawPredict'),
      response: { ...message, usage: { ...message.usage, trafficType: 'ON_DEMAND_FLEX' } },
    })
    assert.equal(flex.inference.tier, 'flex')
  })
})
