// How Google caches prompts by itself (implicit caching), at AI Studio and on Vertex, and on demand.

import { type CacheRule, FREE_PREFIX_CACHE, HOUR, MINUTE, NEVER_CACHED } from '../cache-rule'

// Minimums are documented; how long a prefix is held is not: a few minutes is what is seen.
const GOOGLE = {
  ...FREE_PREFIX_CACHE,
  provider: 'google',
  incrementTokens: 1,
  lifetimes: [{ name: 'implicit', idleMs: 5 * MINUTE }],
  readMultiplier: 0.1,
  evidence: 'assumed',
  source: 'ai.google.dev caching, Oct 2026 (minimum documented; lifetime is not)',
} as const satisfies Partial<CacheRule>

const VERTEX = {
  ...GOOGLE,
  provider: 'vertex',
  source: 'docs.cloud.google.com context-cache-overview (minimum documented; lifetime is not)',
} as const satisfies Partial<CacheRule>

export const GOOGLE_CACHES: readonly CacheRule[] = [
  {
    ...GOOGLE,
    families: [
      ...['gemini-4-argon', 'gemini-3.8-flash', 'gemini-3.7-flash', 'gemini-3.6-flash', 'gemini-3.5-flash'],
      'gemini-3.1-pro',
    ],
    minimumTokens: 4_096,
  },
  {
    ...GOOGLE,
    // Older copies of the page say 1,024 (Flash) and 4,096 (Pro). Recorded: 191 and 220 tokens read, where there was an image.
    families: ['gemini-2.5'],
    minimumTokens: 2_048,
  },
  {
    ...GOOGLE,
    families: ['gemini-3-flash'],
    minimumTokens: 1_024,
    source: 'ai.google.dev interactions/caching, an older copy (minimum documented; lifetime is not)',
  },
  {
    ...GOOGLE,
    families: ['gemini-3-pro'],
    minimumTokens: 4_096,
    source: 'ai.google.dev interactions/caching, an older copy (minimum documented; lifetime is not)',
  },
  {
    ...GOOGLE,
    // Implicit caching began with 2.5.
    families: ['gemini-2.0', 'gemini-1.5', 'gemini-1.0'],
    minimumTokens: NEVER_CACHED,
    evidence: 'documented',
  },
  { ...GOOGLE, minimumTokens: 4_096, source: 'models that this table does not know: the newest minimum' },
  {
    ...VERTEX,
    families: ['gemini-2.5', 'gemini-3-flash', 'gemini-3-pro', 'gemini-3.1-pro'],
    minimumTokens: 2_048,
  },
  { ...VERTEX, families: ['gemini-2.0', 'gemini-1.5'], minimumTokens: NEVER_CACHED, evidence: 'documented' },
  {
    ...VERTEX,
    families: ['gemini'],
    minimumTokens: 4_096,
    source: 'models that the Vertex page does not list: the minimum at AI Studio',
  },
]

/** Caches that a caller makes with `cachedContents`: read for certain, paid for while they last. */
export const EXPLICIT_CACHES = {
  provider: 'google',
  /** That of the implicit cache differs by model; a cache made for one may be smaller. */
  minimumTokens: 1_024,
  /** Where the caller names none. */
  lifetimeMs: HOUR,
  readMultiplier: 0.1,
  source: 'ai.google.dev caching; minimum: older copies of the page, of which the lowest stands',
  date: '2026-11-22',
} as const
