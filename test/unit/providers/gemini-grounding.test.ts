// Searches that Google bills: prompts up to Gemini 2.5, queries from Gemini 3 on.
import assert from 'node:assert/strict'
import { sseOf } from './exchange'
import { readGoogle, replyOf, STREAM } from './gemini-exchange'

const USAGE = { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 }

function unitsOf(groundingMetadata: unknown, modelVersion: string) {
  const candidates = [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP', groundingMetadata }]
  return readGoogle({ response: replyOf(USAGE, { candidates, modelVersion }) }).usage.units
}

describe('providers/gemini-grounding', () => {
  const queries = { webSearchQueries: ['a', 'b', '', 'a'], searchEntryPoint: {} }

  it('trap 28: counts a prompt once up to 2.5, and each different query from 3 on', () => {
    assert.deepEqual(unitsOf(queries, 'gemini-2.5-pro'), { grounding: 1 })
    assert.deepEqual(unitsOf(queries, 'gemini-3-flash-preview'), { grounding: 2 })
    assert.deepEqual(unitsOf(queries, 'gemini-flash-latest'), { grounding: 2 })
  })

  it('counts image searches as queries, and a use of Maps once, apart from searches', () => {
    assert.deepEqual(
      unitsOf({ imageSearchQueries: ['c'], webSearchQueries: ['a'] }, 'gemini-3.1-flash-image'),
      { grounding: 2 },
    )
    assert.deepEqual(unitsOf({ groundingChunks: [{ maps: { placeId: 'p' } }] }, 'gemini-2.5-flash'), {
      mapsGrounding: 1,
    })
  })

  it('trap 28: charges nothing for a search that was only offered, nor for files and URLs', () => {
    assert.deepEqual(unitsOf({}, 'gemini-2.5-pro'), {})
    assert.deepEqual(unitsOf({ webSearchQueries: [''] }, 'gemini-3-pro'), {})
    assert.deepEqual(unitsOf({ groundingChunks: [{ retrievedContext: {} }] }, 'gemini-3-pro'), {})
    assert.deepEqual(unitsOf({ groundingChunks: [{ web: { uri: 'https://a.test' } }] }, 'gemini-2.5-pro'), {})
  })

  it('finds searches in any chunk of a stream', () => {
    const chunk = (more: object) => ({
      candidates: [{ content: { parts: [{ text: 'x' }] }, ...more }],
      modelVersion: 'gemini-3-pro',
    })
    const chunks = [
      chunk({ groundingMetadata: { webSearchQueries: ['a'] } }),
      chunk({ groundingMetadata: { webSearchQueries: ['a', 'b'] } }),
      { ...chunk({ finishReason: 'STOP' }), usageMetadata: USAGE },
    ]
    assert.deepEqual(readGoogle({ url: STREAM, response: sseOf(chunks) }).usage.units, { grounding: 2 })
  })
})
