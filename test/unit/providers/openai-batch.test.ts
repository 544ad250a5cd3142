// Batch results beyond the fixture: which files are results, and which of their lines are billed.
import assert from 'node:assert/strict'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf } from './exchange'

const chat = (id: string, custom_id = id) => ({
  id: `batch_req_${id}`,
  custom_id,
  response: {
    status_code: 200,
    body: {
      id,
      object: 'chat.completion',
      model: 'gpt-4.1',
      choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
    },
  },
  error: null,
})

function read(lines: readonly unknown[], url = 'https://api.openai.com/v1/files/file-1/content') {
  const response = lines.map((line) => JSON.stringify(line)).join('\n')
  return readExchange(exchangeOf({ method: 'GET', url, response }))
}

describe('providers/openai-batch', () => {
  it('reads a file of one line as well as of many', () => {
    for (const count of [1, 2, 5]) {
      const lines = Array.from({ length: count }, (_, index) => chat(`c${index}`))
      const { wireFormat, inferences } = read(lines)
      assert.equal(wireFormat, 'openai-batch')
      assert.deepEqual(
        inferences.map(({ responseId, tier, usage }) => [responseId, tier, usage.inputTokens]),
        lines.map((_, index) => [`c${index}`, 'batch', 3]),
      )
    }
  })

  it('bills nothing where every request failed', () => {
    const failed = {
      id: 'b',
      custom_id: 'c',
      response: { status_code: 500, body: { error: { message: 'x' } } },
    }
    const { wireFormat, inferences } = read([failed])
    assert.deepEqual([wireFormat, inferences.map(({ billed }) => billed)], ['openai-batch', [false]])
  })

  it('leaves other files alone', () => {
    const input = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: { model: 'm' } }
    assert.deepEqual([read([input]).wireFormat, read([input]).inferences[0]?.billed], ['other', false])
    assert.equal(read([{ prompt: 'p', completion: 'c' }]).wireFormat, 'other')
    assert.equal(read([]).wireFormat, 'other')
  })

  it('reads Azure’s and Mistral’s results', () => {
    const azure = 'https://r.openai.azure.com/openai/files/file-1/content?api-version=2024-10-21'
    assert.equal(read([chat('a')], azure).wireFormat, 'openai-batch')
    assert.equal(read([chat('a')], 'https://api.mistral.ai/v1/files/f/content').inferences[0]?.tier, 'batch')
  })
})
