// Where the catalogue alone would be wrong: versions it takes for a neighbour, aliases that moved, resellers with prices of their own.
import assert from 'node:assert/strict'
import { openPriceBook } from '../../../profiler-agent/pricing/price'
import { quoteFor } from '../../../profiler-agent/pricing/quote'
import { wordsOf } from '../../../profiler-agent/rules/price-row'

const book = openPriceBook()

function quote(provider: string, model: string, on = '2026-11-22T12:00:00Z', tier?: string) {
  const modifiers = tier === undefined ? {} : { tier }
  const answer = quoteFor({ provider, model, at: new Date(on), inputTokens: 1000, ...modifiers }, book)
  if (!('prices' in answer)) throw new Error(answer.unpricedReason)
  return answer
}

/** Input, cache read and output, USD per million tokens. */
function rates(...asked: Parameters<typeof quote>): number[] {
  const { uncachedInput, cacheRead, output } = quote(...asked).prices
  return [uncachedInput, cacheRead, output].map((price) => price / 1e6)
}

describe('corrections of the catalogue', () => {
  it('tell a version from its neighbour', () => {
    assert.deepEqual(rates('bedrock', 'amazon.titan-embed-text-v2:0'), [0.02, 0.02, 0])
    assert.deepEqual(rates('bedrock', 'amazon.titan-embed-text-v1'), [0.1, 0.1, 0])
    assert.deepEqual(rates('groq', 'openai/gpt-oss-safeguard-20b'), [0.075, 0.037, 0.3])
    assert.deepEqual(rates('bedrock', 'minimax.minimax-m2.5'), [0.3, 0.3, 1.2])
  })

  it('follow a name that moves to newer models', () => {
    const chat = (on: string) => rates('deepseek', 'deepseek-chat', on)
    assert.deepEqual(chat('2025-02-08T15:59:59Z'), [0.14, 0.014, 0.28])
    assert.deepEqual(chat('2025-09-05T15:59:59Z'), [0.27, 0.07, 1.1])
    assert.deepEqual(chat('2025-09-05T16:00:00Z'), [0.56, 0.07, 1.68])
    assert.deepEqual(chat('2025-09-29T00:00:00Z'), [0.28, 0.028, 0.42])
    assert.deepEqual(chat('2026-04-24T00:00:00Z'), [0.14, 0.0028, 0.28])
    assert.deepEqual(rates('mistral', 'mistral-small-latest', '2026-03-15T12:00:00Z'), [0.1, 0.1, 0.3])
    assert.deepEqual(rates('mistral', 'mistral-small-latest', '2026-03-16T12:00:00Z'), [0.15, 0.015, 0.6])
  })

  it('charge OpenAI’s older search tool by whether the model reasons', () => {
    const perSearch = (model: string, kind: 'webSearch' | 'webSearchPreview') =>
      (quote('openai', model).prices.units[kind] ?? 0) / 1e9
    assert.equal(perSearch('gpt-4.1-mini', 'webSearchPreview'), 25)
    assert.equal(perSearch('gpt-4.1-mini', 'webSearch'), 10)
    assert.equal(perSearch('o4-mini', 'webSearchPreview'), 10)
    assert.equal(perSearch('gpt-4o-mini-search-preview', 'webSearch'), 25)
    assert.equal(perSearch('gpt-5-search-api', 'webSearch'), 10)
  })

  it('do not take the maker’s price for Azure’s', () => {
    assert.deepEqual(rates('azure', 'DeepSeek-V4-Pro'), [1.74, 1.74, 3.48])
    assert.deepEqual(rates('azure', 'o4-mini-2025-04-16'), [1.1, 0.275, 4.4])
  })

  it('say where a number is not confirmed', () => {
    assert.equal(wordsOf({ source: 'a page', read: '2026-11-22' }), 'a page, read 2026-11-22')
    assert.match(quote('google', 'gemini-1.5-flash-8b').origin, /^unconfirmed: /)
    assert.deepEqual(quote('bedrock', 'openai.gpt-oss-120b-1:0', undefined, 'priority').sources, [
      'tier priority ×1.75: unconfirmed: AWS says that there is a premium, not how much',
    ])
  })
})
