// Audio, images and video at the rates of their own that a model has, inside the same buckets.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ModalityTokens } from '../../../profiler-agent/model/call'
import { type UsageBuckets, usageOf } from '../../../profiler-agent/model/usage'
import { type PriceQuestion, priceCall } from '../../../profiler-agent/pricing/price'

function ask(
  [provider, model]: readonly [string, string],
  buckets: Partial<UsageBuckets>,
  modalities: ModalityTokens,
  more: Partial<PriceQuestion> = {},
) {
  const usage = usageOf(
    { uncachedInputTokens: null, cacheReadTokens: null, outputTokens: null, ...buckets },
    'reported',
    null,
  )
  const at = new Date('2026-11-21T12:00:00Z')
  const answer = priceCall({ provider, model, usage, modalities, at, basis: 'call', ...more })
  if (!('cost' in answer)) throw new Error(answer.unpricedReason)
  return answer.cost
}

describe('pricing of audio, images and video', () => {
  it('prices audio in and out at the model’s own rates, the rest as text', () => {
    // 100 × 2.50 + 400 × 32 and 20 × 10 + 80 × 64, per million
    const cost = ask(
      ['openai', 'gpt-audio'],
      { uncachedInputTokens: 500, outputTokens: 100 },
      { audioInput: 400, audioOutput: 80 },
    )
    assert.deepEqual([cost.byBucket.uncachedInput, cost.byBucket.output], [13_050_000_000, 5_320_000_000])
    assert.equal(cost.picoUsd, 18_370_000_000)
    assert.deepEqual([cost.prices.audioInput, cost.prices.audioOutput], [32_000_000, 64_000_000])
  })

  it('prices fresh audio and cached audio each at its own rate', () => {
    // Fresh: 50 text × 0.30 + 40 audio × 1; cached: 20 text × 0.03 + 60 audio × 0.10
    const cost = ask(
      ['google', 'gemini-2.5-flash'],
      { uncachedInputTokens: 90, cacheReadTokens: 80, outputTokens: 0 },
      { audioInput: 40, audioCacheRead: 60 },
    )
    assert.deepEqual([cost.byBucket.uncachedInput, cost.byBucket.cacheRead], [55_000_000, 6_600_000])
  })

  it('prices generated images by image tokens and what is said beside them as text', () => {
    // 96 × 12 + 1,120 × 120
    const cost = ask(
      ['google', 'gemini-3-pro-image-preview'],
      { uncachedInputTokens: 13, outputTokens: 1216 },
      { imageOutput: 1120 },
    )
    assert.equal(cost.byBucket.output, 135_552_000_000)
  })

  it('prices a kind as text where the model has no rate of its own for it', () => {
    const cost = ask(
      ['google', 'gemini-2.5-flash'],
      { uncachedInputTokens: 1000, outputTokens: 0 },
      { imageInput: 258, videoInput: 500 },
    )
    assert.equal(cost.byBucket.uncachedInput, 300_000_000)
    assert.equal(cost.prices.imageInput, undefined)
  })

  it('applies tier factors to these rates too', () => {
    // 1.80 for audio at priority, 0.50 at flex
    const buckets = { uncachedInputTokens: 1000, outputTokens: 0 }
    const audio = (tier: string) =>
      ask(['google', 'gemini-2.5-flash'], buckets, { audioInput: 1000 }, { tier }).byBucket.uncachedInput
    assert.deepEqual(
      ['priority', 'ON_DEMAND_PRIORITY', 'flex'].map(audio),
      [1_800_000_000, 1_800_000_000, 500_000_000],
    )
  })

  it('never charges more tokens than the bucket has', () => {
    const cost = ask(
      ['openai', 'gpt-audio'],
      { uncachedInputTokens: 10, outputTokens: 5 },
      { audioInput: 99 },
    )
    assert.equal(cost.byBucket.uncachedInput, 320_000_000)
  })

  it('keeps parts that add up to the whole, for any numbers', () => {
    const tokens = fc.nat(3_000_000)
    const some = fc.option(tokens, { nil: undefined })
    fc.assert(
      fc.property(
        fc.constantFrom(
          ['openai', 'gpt-realtime'] as const,
          ['google', 'gemini-2.5-flash'] as const,
          ['google', 'gemini-3.1-flash-live-preview'] as const,
        ),
        fc.record({ fresh: tokens, read: tokens, out: tokens }),
        fc.record({
          audioInput: some,
          imageInput: some,
          videoInput: some,
          audioCacheRead: some,
          audioOutput: some,
        }),
        (model, t, parts) => {
          const known = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
          const { byBucket, picoUsd } = ask(
            model,
            { uncachedInputTokens: t.fresh, cacheReadTokens: t.read, outputTokens: t.out },
            known,
          )
          const all = Object.values(byBucket)
          assert.ok(all.every((part) => Number.isSafeInteger(part) && part >= 0))
          assert.equal(
            all.reduce((sum, part) => sum + part, 0),
            picoUsd,
          )
        },
      ),
    )
  })
})
