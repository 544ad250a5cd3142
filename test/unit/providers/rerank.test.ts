// Reranking by everyone who offers it: search units, or tokens where those are billed.
import assert from 'node:assert/strict'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf } from './exchange'

function read(
  response: unknown,
  url = 'https://api.cohere.com/v1/rerank',
  provider = 'cohere',
  status = 200,
) {
  const request = { model: 'm', query: 'q', documents: ['a'] }
  const [inference] = readExchange(exchangeOf({ provider, url, request, response, status })).inferences
  assert.ok(inference)
  const { usage, kind, billed, providerPicoUsd } = inference
  return {
    kind,
    billed,
    providerPicoUsd,
    usage,
    facts: [usage.inputTokens, usage.outputTokens, usage.units, usage.origin],
  }
}

describe('providers/rerank', () => {
  it('has 0 tokens and its search units', () => {
    const { facts, kind } = read({ results: [], meta: { billed_units: { search_units: 3 } } })
    assert.deepEqual([kind, ...facts], ['rerank', 0, 0, { searchUnits: 3 }, 'reported'])
  })

  it('takes the cost of a router', () => {
    const url = 'https://openrouter.ai/api/v1/rerank'
    const { facts, providerPicoUsd } = read({ usage: { cost: 0.002, search_units: 1 } }, url, 'openrouter')
    assert.deepEqual([...facts, providerPicoUsd], [0, 0, { searchUnits: 1 }, 'reported', 2_000_000_000])
  })

  it('counts tokens where a provider bills those', () => {
    const usages = [
      ['https://api.voyageai.com/v1/rerank', { total_tokens: 26 }],
      ['https://api.jina.ai/v1/rerank', { total_tokens: 26 }],
      ['https://api.together.xyz/v1/rerank', { prompt_tokens: 26, completion_tokens: 0, total_tokens: 26 }],
      ['https://api.mixedbread.com/v1/reranking', { prompt_tokens: 26, total_tokens: 26 }],
    ] as const
    for (const [url, usage] of usages)
      assert.deepEqual(read({ usage }, url, 'custom:x').facts, [26, 0, {}, 'reported'], url)
    assert.deepEqual(read({ meta: { billed_units: { input_tokens: 40 } } }).facts, [40, 0, {}, 'reported'])
  })

  it('knows nothing where nothing is said', () => {
    for (const response of [{ results: [] }, [{ index: 0, score: 1 }], { meta: { billed_units: {} } }, ''])
      assert.deepEqual(read(response).facts, [null, null, {}, 'unknown'])
  })

  it('does not bill what was refused', () => {
    const { billed, facts } = read({ message: 'invalid api token' }, undefined, 'cohere', 401)
    assert.deepEqual([billed, ...facts], [false, null, null, {}, 'unknown'])
  })
})
