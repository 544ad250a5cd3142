import assert from 'node:assert/strict'
import { tokenizerFamilyOf, tokenRatio } from '../../../profiler-agent/rules/tokenizer-families'

describe('tokenizer families', () => {
  it('know models by their bare id, whoever sells them', () => {
    const names = [
      ...[
        'gpt-4o-mini',
        'openai/gpt-5.4',
        'gpt-5.6-sol',
        'o3-mini',
        'gpt-4-turbo',
        'gpt-3.5-turbo',
        'gpt-6-sol',
      ],
      ...[
        'claude-sonnet-4-6',
        'us.anthropic.claude-opus-4-6-v1:0',
        'anthropic/claude-opus-4.8',
        'claude-haiku-5-5',
      ],
      ...['gemini-2.5-flash', 'codestral-latest', 'ministral-8b-latest'],
    ].map((model) => tokenizerFamilyOf(model)?.name)
    assert.deepStrictEqual(names, [
      ...['o200k', 'o200k', 'o200k', 'o200k', 'cl100k', 'cl100k', 'OpenAI, newer'],
      ...['Claude to Opus 4.6', 'Claude to Opus 4.6', 'Claude from Opus 4.7 on', 'Claude from Opus 4.7 on'],
      ...['Gemini', 'Mistral', 'Mistral'],
    ])
    assert.equal(tokenizerFamilyOf('house-model'), undefined)
  })

  it('give the same count within a family, and a range between two', () => {
    assert.deepStrictEqual(tokenRatio('gpt-4o', 'gpt-5.4'), { low: 1, high: 1, isExact: true })
    assert.deepStrictEqual(tokenRatio('house-model', 'house-model'), { low: 1, high: 1, isExact: true })
    // 1 to 1.25 tokens of the older Claude for one of o200k, 1.3 to 1.6 of the newer one.
    assert.deepStrictEqual(tokenRatio('claude-sonnet-4-6', 'gpt-5.4'), { low: 0.8, high: 1, isExact: false })
    assert.deepStrictEqual(tokenRatio('gpt-5.4', 'claude-opus-4-8'), { low: 1.3, high: 1.6, isExact: false })
    assert.deepStrictEqual(tokenRatio('claude-sonnet-4-6', 'claude-sonnet-5'), {
      low: 1.04,
      high: 1.6,
      isExact: false,
    })
  })

  it('are as wide as what is not known', () => {
    assert.deepStrictEqual(tokenRatio('gpt-5.4', 'house-model'), { low: 0.9, high: 1.3, isExact: false })
    assert.equal(tokenRatio('house-model', 'other-model').isExact, false)
  })
})
