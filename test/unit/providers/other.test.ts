// Which adapter reads an exchange, and what is said of exchanges that none reads.
import assert from 'node:assert/strict'
import { FORMATS_BY_PATH, readExchange } from '../../../profiler-agent/providers'
import { partsOf } from '../../../profiler-agent/providers/parts'
import { exchangeOf } from './exchange'
import { loadFixtures } from './provider-fixtures'
import { ENDPOINTS } from './surfaces'

function formatOf(url: string, method = 'POST'): [string, boolean | undefined] {
  const reading = readExchange(exchangeOf({ url, method, request: { model: 'm' }, response: { id: 'x' } }))
  return [reading.wireFormat, reading.inferences[0]?.billed]
}

/** What surely bills nothing itself. */
const FREE = [
  'http://127.0.0.1:11434/api/show',
  'http://127.0.0.1:11434/api/pull',
  'http://127.0.0.1:11434/api/blobs/sha256:00',
  'https://api.cohere.com/v1/tokenize',
  'https://api.cohere.com/v1/check-api-key',
  'https://api.cohere.com/v1/datasets',
  'https://api.anthropic.com/v1/messages/batches?beta=true',
  'https://api.anthropic.com/v1/messages/batches/msgbatch_1/cancel',
  'https://api.anthropic.com/v1/files',
  'https://api.openai.com/v1/realtime/client_secrets',
  'https://api.openai.com/v1/realtime/sessions',
  'https://api.mistral.ai/v1/batch/jobs',
  'https://login.example/oauth2/token',
]

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

  it('knows each path as one format only', () => {
    const exchanges = [
      ...loadFixtures().map(({ exchange }) => exchange),
      ...[...ENDPOINTS, ...FREE].flatMap((url) => [exchangeOf({ url }), exchangeOf({ url, method: 'GET' })]),
    ]
    for (const exchange of exchanges) {
      const parts = partsOf(exchange)
      const many = FORMATS_BY_PATH.filter((format) => format.recognises(parts))
      assert.ok(many.length <= 1, exchange.url)
    }
  })

  it('keeps everything else in sight, and bills nothing that surely is free', () => {
    assert.deepEqual(formatOf('https://api.openai.com/v1/models', 'GET'), ['other', false])
    assert.deepEqual(formatOf('https://api.openai.com/v1/files'), ['other', false])
    assert.deepEqual(formatOf('https://api.openai.com/v1/threads/t_1/messages'), ['other', false])
    assert.deepEqual(formatOf('https://api.openai.com/v1/threads/t_1/runs'), ['other', true])
    assert.deepEqual(formatOf('https://api.anthropic.com/v1/messages/batches'), ['other', false])
    assert.deepEqual(formatOf('https://api.openai.com/v1/sparkles'), ['other', true])
    assert.deepEqual(formatOf('https://g/v1beta/models/some-model:predictLongRunning'), ['other', true])
  })

  it('bills nothing for looking after models, files, batches and tokens, whoever offers it', () => {
    for (const url of FREE) assert.deepEqual(formatOf(url), ['other', false], url)
    assert.deepEqual(formatOf('http://127.0.0.1:11434/api/tags', 'GET'), ['other', false])
    assert.deepEqual(formatOf('https://api.anthropic.com/v1/messages/batches/b', 'GET'), ['other', false])
  })

  it('takes what an SDK tells of itself for no call, refused or not', () => {
    for (const status of [204, 401]) {
      const url = 'https://api.openai.com/v1/traces/ingest'
      const { wireFormat, inferences } = readExchange(exchangeOf({ url, status, request: { data: [] } }))
      assert.deepEqual([wireFormat, inferences], ['other', []])
    }
  })

  it('shows what is not required as other: billed, usage unknown', () => {
    for (const url of [
      'https://api.anthropic.com/v1/complete',
      'https://eu-de.ml.cloud.ibm.com/ml/v1/text/generation?version=2024-05-31',
      'https://api.aleph-alpha.com/complete',
      'https://bedrock-agent-runtime.us-east-1.amazonaws.com/agents/A/agentAliases/B/sessions/C/text',
    ])
      assert.deepEqual(formatOf(url), ['other', true], url)
  })

  it('bills nothing for calls of tools and agents by JSON-RPC', () => {
    const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'look_up' } }
    const url = 'https://tools.example/mcp'
    assert.equal(readExchange(exchangeOf({ url, request, response: {} })).inferences[0]?.billed, false)
  })

  it('does not take frames of a socket for reading something again', () => {
    const reading = readExchange(
      exchangeOf({ url: 'wss://socket.example/v1/live', method: 'GET', transport: 'websocket' }),
    )
    assert.equal(reading.inferences[0]?.billed, true)
  })

  it('keeps the last usage that an unread stream gave', () => {
    const response = [
      '{"model":"a","usage":{"tokens":1}}',
      '{"model":"b","usage":{"tokens":9}}',
      '{"usage":null}',
    ]
    const [inference] = readExchange(
      exchangeOf({ url: 'https://models.example/v1/speak', response: response.join('\n') }),
    ).inferences
    assert.deepEqual(
      [inference?.responseModel, inference?.usage.origin, inference?.usage.inputTokens, inference?.usage.raw],
      ['b', 'unknown', null, { tokens: 9 }],
    )
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
