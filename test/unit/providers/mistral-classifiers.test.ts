// Moderation that is billed by the token, told from moderation that is free.
import assert from 'node:assert/strict'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf } from './exchange'

describe('providers/mistral-classifiers', () => {
  it('bills moderation that has a usage, and none that has not', () => {
    const usage = { prompt_tokens: 21, total_tokens: 21, completion_tokens: 0 }
    const response = { id: 'mod-1', model: 'mistral-moderation-2411', results: [], usage }
    const request = { model: 'mistral-moderation-latest', input: ['a', 'b'] }
    for (const path of ['moderations', 'chat/moderations', 'classifications', 'chat/classifications']) {
      const url = `https://api.mistral.ai/v1/${path}`
      const reading = readExchange(exchangeOf({ url, provider: 'mistral', request, response }))
      const [inference] = reading.inferences
      assert.deepEqual(
        [reading.wireFormat, inference?.responseModel, inference?.billed, inference?.usage.inputTokens],
        ['mistral-classifiers', 'mistral-moderation-2411', true, 21],
      )
      assert.deepEqual([inference?.usage.outputTokens, reading.prompt.length], [0, 2])
    }
    const url = 'https://api.openai.com/v1/moderations'
    const free = readExchange(exchangeOf({ url, request, response: { id: 'modr-1', results: [] } }))
    assert.deepEqual([free.wireFormat, free.inferences[0]?.billed], ['other', false])
  })
})
