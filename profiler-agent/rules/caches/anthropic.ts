// How Anthropic caches prompts, by model family; the same on Bedrock, Vertex and Foundry.

import { type CacheRule, HOUR, MINUTE } from '../cache-rule'

const ANTHROPIC = {
  provider: 'anthropic',
  mechanism: 'breakpoints',
  incrementTokens: 1,
  lifetimes: [
    { name: '5m', idleMs: 5 * MINUTE, writeMultiplier: 1.25 },
    { name: '1h', idleMs: HOUR, writeMultiplier: 2 },
  ],
  maxBreakpoints: 4,
  implicitBreakpoint: false,
  lookBackBlocks: 20,
  lookBackBreakpoints: null,
  chargesWrites: true,
  date: '2026-11-21',
} as const satisfies Partial<CacheRule>

const GUIDE = 'github.com/anthropics/skills claude-api/shared/prompt-caching.md (0da71c3b)'
const OLDER_DOCS =
  'platform.claude.com prompt caching, quoted in github.com/anthropics/anthropic-sdk-python/issues/1194'

const READ_TENTH = { readMultiplier: 0.1 } as const

/** Newest known rules. Older copies of the guide give Opus 4.7 and 4.8 4,096 tokens and Sonnet 4.6 2,048. */
export const ANTHROPIC_CACHES: readonly CacheRule[] = [
  {
    ...ANTHROPIC,
    ...READ_TENTH,
    families: ['claude-opus-5', 'claude-fable-5', 'claude-mythos-5'],
    minimumTokens: 512,
    evidence: 'documented',
    source: `${GUIDE}; dev.to/creeta, Aug 2026 (another source says 1024 for Mythos 5)`,
  },
  {
    ...ANTHROPIC,
    families: ['claude-fable-5-1', 'claude-mythos-5-1'],
    minimumTokens: 512,
    readMultiplier: 0.025,
    evidence: 'documented',
    source: `${GUIDE}; read price: platform.claude.com pricing`,
  },
  {
    ...ANTHROPIC,
    ...READ_TENTH,
    families: [
      ...['claude-opus-4-8', 'claude-sonnet-5', 'claude-sonnet-4-6', 'claude-sonnet-4-5', 'claude-sonnet-4'],
      ...['claude-opus-4-1', 'claude-opus-4'],
    ],
    minimumTokens: 1_024,
    evidence: 'documented',
    source: GUIDE,
  },
  {
    ...ANTHROPIC,
    ...READ_TENTH,
    families: ['claude-3-7-sonnet', 'claude-3-5-sonnet', 'claude-3-opus'],
    minimumTokens: 1_024,
    evidence: 'documented',
    source: OLDER_DOCS,
  },
  {
    ...ANTHROPIC,
    ...READ_TENTH,
    families: ['claude-opus-4-7', 'claude-mythos-preview', 'claude-3-5-haiku', 'claude-3-haiku'],
    minimumTokens: 2_048,
    evidence: 'documented',
    source: `${GUIDE}; Haiku 3: ${OLDER_DOCS}`,
  },
  {
    ...ANTHROPIC,
    ...READ_TENTH,
    families: ['claude-opus-4-6', 'claude-opus-4-5', 'claude-haiku-4-5'],
    minimumTokens: 4_096,
    evidence: 'documented',
    source: GUIDE,
  },
  {
    ...ANTHROPIC,
    families: ['claude-opus-5-5', 'claude-sonnet-5-5'],
    minimumTokens: 1_024,
    readMultiplier: 0.05,
    evidence: 'assumed',
    source: 'no source found for the minimum: the commonest one; read price: platform.claude.com pricing',
  },
  {
    ...ANTHROPIC,
    families: ['claude-haiku-5-5', 'claude-fable-5-2', 'claude-mythos-5-2'],
    minimumTokens: 1_024,
    evidence: 'assumed',
    source: 'no source found; the commonest minimum',
  },
  {
    ...ANTHROPIC,
    families: [],
    minimumTokens: 1_024,
    evidence: 'assumed',
    source: 'models that this table does not know: the commonest minimum',
  },
]
