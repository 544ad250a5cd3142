// How OpenAI caches prompts: automatically up to gpt-5.5, at breakpoints from gpt-5.6 on.

import { type CacheLifetime, type CacheRule, HOUR, MINUTE, NEVER_CACHED } from '../cache-rule'

const GUIDE = 'developers.openai.com/api/docs/guides/prompt-caching'

const AUTOMATIC = {
  provider: 'openai',
  mechanism: 'automatic',
  minimumTokens: 1_024,
  incrementTokens: 128,
  maxBreakpoints: 0,
  implicitBreakpoint: false,
  lookBackBlocks: null,
  lookBackBreakpoints: null,
  chargesWrites: false,
  affinity: 'prompt_cache_key',
  evidence: 'documented',
  source: GUIDE,
  date: '2026-11-21',
} as const satisfies Partial<CacheRule>

// The guide says 5 to 10 minutes idle, at most 1 hour: the lower end is what a caller can count on. Without zero data retention
// 24 hours are the default, which a request does not tell.
const IN_MEMORY: CacheLifetime = { name: 'in_memory', idleMs: 5 * MINUTE, maxMs: HOUR }
const EXTENDED: CacheLifetime = { name: '24h', idleMs: 24 * HOUR, maxMs: 24 * HOUR }

const BREAKPOINTS = {
  provider: 'openai',
  mechanism: 'breakpoints',
  minimumTokens: 1_024,
  incrementTokens: 1,
  lifetimes: [
    { name: '30m', idleMs: 30 * MINUTE, writeMultiplier: 1.25 },
    { name: '12h', idleMs: 12 * HOUR, writeMultiplier: 2.5 },
  ],
  maxBreakpoints: 4,
  implicitBreakpoint: true,
  lookBackBlocks: null,
  lookBackBreakpoints: 80,
  chargesWrites: true,
  affinity: 'prompt_cache_key',
  source: `openai 7.57.0 resources/responses/responses.d.ts:7926, :8203; ${GUIDE}`,
  date: '2026-11-21',
} as const satisfies Partial<CacheRule>

export const OPENAI_CACHES: readonly CacheRule[] = [
  {
    ...AUTOMATIC,
    families: ['gpt-4o', 'gpt-4.5', 'chatgpt-4o', 'o1'],
    lifetimes: [IN_MEMORY, EXTENDED],
    readMultiplier: 0.5,
  },
  {
    ...AUTOMATIC,
    families: ['gpt-4.1', 'o3', 'o4', 'codex-mini'],
    lifetimes: [IN_MEMORY, EXTENDED],
    readMultiplier: 0.25,
  },
  {
    ...AUTOMATIC,
    // The small o-series models before o4 are read at half the price.
    families: ['o3-mini'],
    lifetimes: [IN_MEMORY, EXTENDED],
    readMultiplier: 0.5,
  },
  {
    ...AUTOMATIC,
    families: ['gpt-5', 'gpt-5.1', 'gpt-5.2', 'gpt-5.3', 'gpt-5.4'],
    lifetimes: [IN_MEMORY, EXTENDED],
    readMultiplier: 0.1,
  },
  {
    ...AUTOMATIC,
    // Older than prompt caching.
    families: ['gpt-4', 'gpt-3.5-turbo'],
    minimumTokens: NEVER_CACHED,
    lifetimes: [IN_MEMORY],
  },
  {
    ...AUTOMATIC,
    families: ['gpt-5.5'],
    lifetimes: [EXTENDED],
    readMultiplier: 0.1,
  },
  {
    ...BREAKPOINTS,
    families: ['gpt-5.6', 'gpt-6'],
    readMultiplier: 0.1,
    evidence: 'documented',
  },
  {
    ...BREAKPOINTS,
    families: ['gpt-6.1'],
    readMultiplier: 0.05,
    evidence: 'documented',
  },
  {
    ...BREAKPOINTS,
    families: [],
    evidence: 'assumed',
  },
]
