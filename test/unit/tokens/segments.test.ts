import { largestRemainder } from '../../../profiler-agent/model/largest-remainder'
// Shares of a call's tokens and cost: estimates each, exact in sum.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Cost, Segment } from '../../../profiler-agent/model/span'
import { CACHE_TTLS, type Usage, unknownUsage, usageOf } from '../../../profiler-agent/model/usage'
import {
  type CountedBlock,
  mergeUnchanged,
  plainSegments,
  type SegmentInput,
  segmentsOf,
} from '../../../profiler-agent/tokens/segments'
import { costOf } from '../../support/spans'

const tokensIn = (segments: readonly Segment[]) => segments.reduce((sum, { tokens }) => sum + tokens, 0)
const picoIn = (segments: readonly Segment[]) =>
  segments.reduce((sum, { picoUsd }) => sum + (picoUsd ?? 0), 0)

const block = (
  path: string,
  kind: CountedBlock['kind'],
  tokens: number,
  unchanged = false,
): CountedBlock => ({
  path,
  kind,
  hash: path,
  tokens,
  unchanged,
})

/** What these buckets cost at the prices of `costOf`. */
function priced(usage: Usage, units = 0): Cost {
  const base = costOf()
  const byBucket = {
    uncachedInput: (usage.uncachedInputTokens ?? 0) * base.prices.uncachedInput,
    cacheRead: (usage.cacheReadTokens ?? 0) * base.prices.cacheRead,
    cacheWrite: CACHE_TTLS.reduce(
      (sum, ttl) => sum + (usage.cacheWriteTokens[ttl] ?? 0) * base.prices.cacheWrite[ttl],
      0,
    ),
    output: (usage.outputTokens ?? 0) * base.prices.output,
    units,
  }
  const picoUsd = Object.values(byBucket).reduce((sum, part) => sum + part, 0)
  return { ...base, byBucket, picoUsd, usd: picoUsd / 1e12 }
}

const tokens = fc.nat({ max: 200_000 })
const maybeTokens = fc.option(tokens, { nil: null })
const usages = fc
  .record({
    uncachedInputTokens: tokens,
    cacheReadTokens: maybeTokens,
    write5m: maybeTokens,
    write1h: maybeTokens,
    outputTokens: tokens,
    reasoningTokens: maybeTokens,
  })
  .map(({ write5m, write1h, ...buckets }) =>
    usageOf({ ...buckets, cacheWriteTokens: { '5m': write5m, '1h': write1h } }, 'reported', null),
  )
const promptKinds = fc.constantFrom('system', 'tool_def', 'user', 'assistant', 'tool_result')
const prompts = fc.array(
  fc.record({ kind: promptKinds, tokens: fc.nat({ max: 5000 }), unchanged: fc.boolean() }),
  {
    maxLength: 12,
  },
)
const replies = fc.array(
  fc.record({ kind: fc.constantFrom('output', 'tool_call', 'reasoning'), tokens: fc.nat({ max: 5000 }) }),
  { maxLength: 4 },
)
const inputs = fc
  .record({
    model: fc.constantFrom('gpt-5-mini', 'claude-sonnet-5', 'claude-haiku-4-5'),
    usage: usages,
    units: fc.nat({ max: 30_000_000_000 }),
    prompt: prompts,
    reply: replies,
  })
  .map(
    ({ model, usage, units, prompt, reply }): SegmentInput => ({
      model,
      usage,
      cost: priced(usage, units),
      prompt: prompt.map((each, index) => ({ ...each, path: `messages[${index}]`, hash: String(index) })),
      reply: reply.map((each, index) => ({ ...each, path: `output[${index}]`, hash: `o${index}` })),
    }),
  )

describe('segmentsOf', () => {
  it('shares exactly the tokens and the cost that were billed', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const segments = segmentsOf(input)
        assert.equal(tokensIn(segments), (input.usage.inputTokens ?? 0) + (input.usage.outputTokens ?? 0))
        assert.equal(picoIn(segments), input.cost?.picoUsd)
        assert.ok(segments.every((segment) => segment.tokens >= 0 && (segment.picoUsd ?? 0) >= 0))
      }),
    )
  })

  it('shares exactly a sum that the provider itself named', () => {
    fc.assert(
      fc.property(inputs, fc.nat({ max: 2 ** 31 - 1 }), (input, total) => {
        const { byBucket } = priced(input.usage)
        const names = ['uncachedInput', 'cacheRead', 'cacheWrite', 'output'] as const
        const parts = largestRemainder(
          names.map((name) => byBucket[name]),
          total * 1000,
        )
        const shared = Object.fromEntries(names.map((name, index) => [name, parts[index] ?? 0]))
        const cost = { ...priced(input.usage), byBucket: { ...byBucket, ...shared, units: 0 } }
        const expected = parts.reduce((sum, part) => sum + part, 0)
        assert.equal(picoIn(segmentsOf({ ...input, cost })), expected)
      }),
    )
  })

  it('keeps the sums when unchanged neighbours are one', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const segments = segmentsOf(input)
        const merged = mergeUnchanged(segments)
        assert.equal(tokensIn(merged), tokensIn(segments))
        assert.equal(picoIn(merged), picoIn(segments))
        assert.ok(merged.length <= segments.length)
      }),
    )
  })

  it('splits a block at the border of the cache', () => {
    const usage = usageOf({ uncachedInputTokens: 23, cacheReadTokens: 60, outputTokens: 0 }, 'reported', null)
    const prompt = [block('system', 'system', 36), block('messages[0]', 'user', 36)]
    const segments = segmentsOf({ model: 'gpt-5-mini', usage, cost: priced(usage), prompt, reply: [] })
    assert.deepEqual(
      segments.map(({ path, tokens, cache, picoUsd }) => [path, tokens, cache, picoUsd]),
      [
        ['system', 40, 'read', 4000],
        ['messages[0]', 20, 'read', 2000],
        ['messages[0]', 20, 'fresh', 20_000],
        ['overhead', 3, 'fresh', 3000],
      ],
    )
  })

  it('lays read before written before fresh input', () => {
    const usage = usageOf(
      { uncachedInputTokens: 23, cacheReadTokens: 40, cacheWriteTokens: { '5m': 40 }, outputTokens: 0 },
      'reported',
      null,
    )
    const prompt = ['messages[0]', 'messages[1]', 'messages[2]'].map((path, index) =>
      block(path, 'user', index === 2 ? 16 : 36),
    )
    const segments = segmentsOf({ model: 'gpt-5-mini', usage, cost: priced(usage), prompt, reply: [] })
    assert.deepEqual(
      segments.map(({ cache, tokens, picoUsd }) => [cache, tokens, picoUsd]),
      [
        ['read', 40, 4000],
        ['write', 40, 50_000],
        ['fresh', 20, 20_000],
        ['fresh', 3, 3000],
      ],
    )
  })

  it('shows what no text of the request explains as hidden, and does not spread it over what is there', () => {
    const usage = usageOf(
      { uncachedInputTokens: 1000, cacheReadTokens: null, outputTokens: 0 },
      'reported',
      null,
    )
    const prompt = [block('messages[0]', 'user', 6)]
    const segments = segmentsOf({ model: 'gpt-5-mini', usage, cost: null, prompt, reply: [] })
    assert.deepEqual(
      segments.map(({ kind, tokens }) => [kind, tokens]),
      [
        ['user', 10],
        ['overhead', 3],
        ['hidden', 987],
      ],
    )
  })

  it('gives counts of our own and no cost where the usage is unknown', () => {
    const prompt = [block('messages[0]', 'user', 6)]
    const reply = [block('output', 'output', 7)]
    const segments = segmentsOf({ model: 'gpt-5-mini', usage: unknownUsage(), cost: null, prompt, reply })
    assert.deepEqual(
      segments.map(({ kind, tokens, picoUsd }) => [kind, tokens, picoUsd]),
      [
        ['user', 10, null],
        ['output', 7, null],
      ],
    )
  })

  it('gives reasoning what was reported for it, seen or not', () => {
    const usage = usageOf(
      { uncachedInputTokens: 0, cacheReadTokens: null, outputTokens: 100, reasoningTokens: 70 },
      'reported',
      null,
    )
    const reply = [block('output', 'output', 9)]
    const segments = segmentsOf({ model: 'gpt-5-mini', usage, cost: priced(usage), prompt: [], reply })
    assert.deepEqual(
      segments.map(({ kind, tokens, picoUsd }) => [kind, tokens, picoUsd]),
      [
        ['reasoning', 70, 140_000],
        ['output', 30, 60_000],
      ],
    )
  })

  it('shows units that were billed by the piece', () => {
    const usage = usageOf(
      { uncachedInputTokens: 0, cacheReadTokens: null, outputTokens: 0 },
      'reported',
      null,
    )
    const [units] = segmentsOf({
      model: 'gpt-5-mini',
      usage,
      cost: priced(usage, 500),
      prompt: [],
      reply: [],
    })
    assert.deepEqual([units?.path, units?.tokens, units?.picoUsd], ['units', 0, 500])
  })
})

describe('mergeUnchanged', () => {
  const usage = usageOf({ uncachedInputTokens: 43, cacheReadTokens: 80, outputTokens: 0 }, 'reported', null)
  const segments = segmentsOf({
    model: 'gpt-5-mini',
    usage,
    cost: priced(usage),
    prompt: [
      block('messages[0]', 'user', 36, true),
      block('messages[1]', 'user', 36, true),
      block('messages[2]', 'user', 36),
    ],
    reply: [],
  })

  it('writes an unchanged beginning as one range', () => {
    const [first] = mergeUnchanged(segments)
    assert.deepEqual(
      [first?.path, first?.tokens, first?.picoUsd, first?.cache],
      ['messages[0..1]', 80, 8000, 'read'],
    )
  })

  it('leaves what is new by itself', () => {
    assert.deepEqual(
      mergeUnchanged(segments).map((segment) => segment.path),
      ['messages[0..1]', 'messages[2]', 'overhead'],
    )
  })

  it('shows no mark of ours in exports', () => {
    for (const segment of [...mergeUnchanged(segments), ...plainSegments(segments)])
      assert.equal('unchanged' in segment, false)
  })
})

describe('largestRemainder', () => {
  it('rounds so that the sum stays, the larger remainder first and then the earlier one', () => {
    assert.deepEqual(largestRemainder([1, 1, 1], 10), [4, 3, 3])
    assert.deepEqual(largestRemainder([1, 2, 4], 10), [1, 3, 6])
    assert.deepEqual(largestRemainder([0, 0], 10), [0, 0])
  })
})
