// How the other providers cache prompts.

import { type CacheRule, FREE_PREFIX_CACHE, HOUR, MINUTE } from '../cache-rule'

const ALIBABA_PAGE = 'alibabacloud.com/help/en/model-studio/context-cache (24 Jun 2026)'

const ALIBABA_IMPLICIT: CacheRule = {
  ...FREE_PREFIX_CACHE,
  provider: 'alibaba',
  minimumTokens: 256,
  incrementTokens: 1,
  lifetimes: [{ name: 'implicit', idleMs: 5 * MINUTE }],
  readMultiplier: 0.2,
  evidence: 'assumed',
  source: `${ALIBABA_PAGE} (price and minimum documented; the lifetime is not)`,
}

export const OTHER_CACHES: readonly CacheRule[] = [
  {
    ...FREE_PREFIX_CACHE,
    provider: 'deepseek',
    minimumTokens: 128,
    incrementTokens: 128,
    lifetimes: [{ name: 'disk', idleMs: HOUR }],
    holds: 'whole-units',
    evidence: 'assumed',
    source:
      'api-docs.deepseek.com/guides/kv_cache (units documented, lifetime only as hours to days); hits recorded in multiples of 128',
  },
  {
    ...FREE_PREFIX_CACHE,
    provider: 'xai',
    minimumTokens: 1,
    incrementTokens: 1,
    lifetimes: [{ name: 'automatic', idleMs: 5 * MINUTE }],
    affinity: 'x-grok-conv-id',
    evidence: 'assumed',
    source:
      'docs.x.ai prompt caching (no minimum, no lifetime named); recorded hits of 2, 244, 290 and 608 tokens',
  },
  {
    ...FREE_PREFIX_CACHE,
    provider: 'groq',
    // Other models of theirs are not cached, or not yet.
    families: ['kimi-k2', 'gpt-oss-20b', 'gpt-oss-120b', 'gpt-oss-safeguard-20b'],
    minimumTokens: 128,
    incrementTokens: 128,
    lifetimes: [{ name: 'automatic', idleMs: 2 * HOUR }],
    readMultiplier: 0.5,
    evidence: 'assumed',
    source:
      'console.groq.com/docs/prompt-caching (models, price and lifetime documented; the minimum is not)',
  },
  {
    ...FREE_PREFIX_CACHE,
    provider: 'mistral',
    minimumTokens: 64,
    incrementTokens: 64,
    lifetimes: [{ name: 'automatic', idleMs: 5 * MINUTE }],
    readMultiplier: 0.1,
    affinity: 'prompt_cache_key',
    evidence: 'assumed',
    source:
      'docs.mistral.ai prompt caching as of aissential.tech (blocks of 64, 10 %, by key; no lifetime named); without a key 32, 64 and 151 of 152 tokens were recorded, too',
  },
  {
    ...FREE_PREFIX_CACHE,
    provider: 'fireworks',
    minimumTokens: 512,
    incrementTokens: 1,
    lifetimes: [{ name: 'automatic', idleMs: 5 * MINUTE }],
    affinity: 'x-session-affinity',
    evidence: 'assumed',
    source: 'docs.fireworks.ai/guides/prompt-caching (at least several minutes); minimum: zumik.ai',
  },
  {
    provider: 'alibaba',
    families: [],
    mechanism: 'breakpoints',
    minimumTokens: 1_024,
    incrementTokens: 1,
    lifetimes: [{ name: '5m', idleMs: 5 * MINUTE, writeMultiplier: 1.25 }],
    maxBreakpoints: 4,
    implicitBreakpoint: false,
    lookBackBlocks: 20,
    lookBackBreakpoints: null,
    chargesWrites: true,
    readMultiplier: 0.1,
    unmarked: ALIBABA_IMPLICIT,
    evidence: 'documented',
    source: ALIBABA_PAGE,
    date: '2026-11-22',
  },
  {
    provider: 'bedrock',
    families: ['nova'],
    mechanism: 'breakpoints',
    minimumTokens: 1_000,
    incrementTokens: 1,
    lifetimes: [{ name: '5m', idleMs: 5 * MINUTE, writeMultiplier: 1 }],
    maxBreakpoints: 4,
    implicitBreakpoint: false,
    lookBackBlocks: null,
    lookBackBreakpoints: null,
    // No fee, but reported in a bucket of their own.
    chargesWrites: true,
    evidence: 'assumed',
    source:
      'docs.aws.amazon.com bedrock prompt-caching, second hand; a recorded call wrote 2,492 tokens, another read 2,098 of them',
    date: '2026-11-22',
  },
]
