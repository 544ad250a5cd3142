// Which adapter reads an exchange, and what is said of exchanges that none reads.
import assert from 'node:assert/strict'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf } from './exchange'

function formatOf(url: string, method = 'POST'): [string, boolean | undefined] {
  const reading = readExchange(exchangeOf({ url, method, request: { model: 'm' }, response: { id: 'x' } }))
  return [reading.wireFormat, reading.inferences[0]?.billed]
}

describe('providers', () => {
  it('picks the adapter by path, whoever serves it', () => {
    assert.deepEqual(formatOf('https://api.groq.com/openai/v1/chat/completions'), ['openai-chat', true])
    assert.deepEqual(
      formatOf('https://r.openai.azure.com//openai/deployments/d/chat/completions?api-version=1'),
      ['openai-chat', true],
    )
    assert.deepEqual(formatOf('https://openrouter.ai/api/v1/responses'), ['openai-responses', true])
    assert.deepEqual(formatOf('https://api.deepseek.com/anthropic/v1/messages/'), [
      'anthropic-messages',
      true,
    ])
    assert.deepEqual(formatOf('http://127.0.0.1:11434/v1/messages?beta=true'), ['anthropic-messages', true])
  })

  it('keeps everything else in sight, and bills nothing that surely is free', () => {
    assert.deepEqual(formatOf('https://api.openai.com/v1/models', 'GET'), ['other', false])
    assert.deepEqual(formatOf('https://api.openai.com/v1/files'), ['other', false])
    assert.deepEqual(formatOf('https://api.openai.com/v1/threads/t_1/messages'), ['other', false])
    assert.deepEqual(formatOf('https://api.openai.com/v1/threads/t_1/runs'), ['other', true])
    assert.deepEqual(formatOf('https://api.anthropic.com/v1/messages/batches'), ['other', false])
    assert.deepEqual(formatOf('https://g/v1beta/models/gemini-2.5-flash:countTokens'), ['other', false])
    assert.deepEqual(formatOf('https://g/v1beta/models/gemini-2.5-flash:generateContent'), ['other', true])
    assert.deepEqual(formatOf('https://api.openai.com/v1/sparkles'), ['other', true])
  })

  it('says of an unread exchange what it can: model, id, and that usage is unknown', () => {
    const response = { id: 'x', model: 'voyage-3', usage: { total_tokens: 5 } }
    const reading = readExchange(
      exchangeOf({ url: 'https://api.voyageai.com/v1/sparkles', request: { model: 'v' }, response }),
    )
    const [inference] = reading.inferences
    assert.deepEqual(
      [
        inference?.kind,
        inference?.requestModel,
        inference?.responseModel,
        inference?.responseId,
        inference?.usage.origin,
        inference?.usage.raw,
      ],
      ['other', 'v', 'voyage-3', 'x', 'unknown', { total_tokens: 5 }],
    )
  })

  it('survives a URL that is none', () => {
    assert.equal(readExchange(exchangeOf({ url: 'not a url' })).wireFormat, 'other')
  })
})
