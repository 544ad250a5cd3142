// Prompt-cache rules of the providers, as dated data: what is cached, from which length, for how long, and who pays for writes.
// The simulator keeps its caches by these rows, the analysis reckons what a cache could have saved. No behaviour but the look-up.

/** One lifetime that a caller can choose. `idleMs` runs from the last use; `maxMs`, where there is one, from the write. */
export interface CacheLifetime {
  /** As the request names it: `5m`, `1h`, `30m`, `12h`, `in_memory`, `24h`. */
  readonly name: string
  readonly idleMs: number
  readonly maxMs?: number
}

export interface CacheRule {
  /** Provider id as in a proxy route. */
  readonly provider: string
  /** Beginnings of model ids, longest first match wins; empty: every other model of the provider. */
  readonly families: readonly string[]
  /** `breakpoints`: entries only where the request (or an implicit mark) ends a prefix. `automatic`: any repeated prefix. */
  readonly mechanism: 'breakpoints' | 'automatic'
  /** Prefixes with fewer tokens are not cached, without a word. */
  readonly minimumTokens: number
  /** Hits are whole multiples of this; 1: exact boundaries. */
  readonly incrementTokens: number
  /** The first is the default. */
  readonly lifetimes: readonly CacheLifetime[]
  /** Most breakpoints that one request may write; 0 for automatic caches. */
  readonly maxBreakpoints: number
  /** True when the provider sets one breakpoint of its own at the end of the prompt. */
  readonly implicitBreakpoint: boolean
  /** Content blocks before a breakpoint, itself included, that are searched for an entry; `null`: no limit. */
  readonly lookBackBlocks: number | null
  /** Latest breakpoints of the prompt that are considered for a match; `null`: all. */
  readonly lookBackBreakpoints: number | null
  /** True when writes cost more than plain input and are reported. */
  readonly chargesWrites: boolean
  readonly evidence: 'documented' | 'assumed'
  readonly source: string
  /** Day on which the source was read. */
  readonly date: string
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const ANTHROPIC = {
  provider: 'anthropic',
  mechanism: 'breakpoints',
  incrementTokens: 1,
  lifetimes: [
    { name: '5m', idleMs: 5 * MINUTE },
    { name: '1h', idleMs: HOUR },
  ],
  maxBreakpoints: 4,
  implicitBreakpoint: false,
  lookBackBlocks: 20,
  lookBackBreakpoints: null,
  chargesWrites: true,
  date: '2026-11-21',
} as const satisfies Partial<CacheRule>

const ANTHROPIC_GUIDE = 'github.com/anthropics/skills claude-api/shared/prompt-caching.md (0da71c3b)'

const OPENAI_AUTOMATIC = {
  provider: 'openai',
  mechanism: 'automatic',
  minimumTokens: 1_024,
  incrementTokens: 128,
  maxBreakpoints: 0,
  implicitBreakpoint: false,
  lookBackBlocks: null,
  lookBackBreakpoints: null,
  chargesWrites: false,
  evidence: 'documented',
  source: 'developers.openai.com/api/docs/guides/prompt-caching',
  date: '2026-11-21',
} as const satisfies Partial<CacheRule>

// The guide says 5 to 10 minutes idle, at most 1 hour: the lower end is what a caller can count on.
const IN_MEMORY: CacheLifetime = { name: 'in_memory', idleMs: 5 * MINUTE, maxMs: HOUR }
const EXTENDED: CacheLifetime = { name: '24h', idleMs: 24 * HOUR, maxMs: 24 * HOUR }

const OPENAI_BREAKPOINTS = {
  provider: 'openai',
  mechanism: 'breakpoints',
  minimumTokens: 1_024,
  incrementTokens: 1,
  lifetimes: [
    { name: '30m', idleMs: 30 * MINUTE },
    { name: '12h', idleMs: 12 * HOUR },
  ],
  maxBreakpoints: 4,
  implicitBreakpoint: true,
  lookBackBlocks: null,
  lookBackBreakpoints: 80,
  chargesWrites: true,
  source:
    'openai 7.57.0 resources/responses/responses.d.ts:7926, :8203; developers.openai.com prompt-caching',
  date: '2026-11-21',
} as const satisfies Partial<CacheRule>

const FREE_PREFIX_CACHE = {
  mechanism: 'automatic',
  families: [],
  maxBreakpoints: 0,
  implicitBreakpoint: false,
  lookBackBlocks: null,
  lookBackBreakpoints: null,
  chargesWrites: false,
  date: '2026-11-21',
} as const satisfies Partial<CacheRule>

/** Newest known rules. Where sources disagree the newest one stands, and `evidence` says when a row is a guess. */
export const CACHE_RULES: readonly CacheRule[] = [
  {
    ...ANTHROPIC,
    families: ['claude-opus-5', 'claude-fable-5', 'claude-mythos-5', 'claude-fable-5-1', 'claude-mythos-5-1'],
    minimumTokens: 512,
    evidence: 'documented',
    source: 'dev.to/creeta, Aug 2026; docs.litellm.ai (another source says 1024 for Mythos 5)',
  },
  {
    ...ANTHROPIC,
    families: [
      'claude-opus-4-8',
      'claude-sonnet-5',
      'claude-sonnet-4-6',
      'claude-sonnet-4-5',
      'claude-sonnet-4',
      'claude-opus-4-1',
      'claude-opus-4',
    ],
    minimumTokens: 1_024,
    evidence: 'documented',
    source: ANTHROPIC_GUIDE,
  },
  {
    ...ANTHROPIC,
    families: ['claude-opus-4-7', 'claude-mythos-preview', 'claude-3-5-haiku', 'claude-3-haiku'],
    minimumTokens: 2_048,
    evidence: 'documented',
    source: ANTHROPIC_GUIDE,
  },
  {
    ...ANTHROPIC,
    families: ['claude-opus-4-6', 'claude-opus-4-5', 'claude-haiku-4-5'],
    minimumTokens: 4_096,
    evidence: 'documented',
    source: ANTHROPIC_GUIDE,
  },
  {
    ...ANTHROPIC,
    families: [
      'claude-opus-5-5',
      'claude-sonnet-5-5',
      'claude-haiku-5-5',
      'claude-fable-5-2',
      'claude-mythos-5-2',
    ],
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
  {
    ...OPENAI_AUTOMATIC,
    families: [
      ...['gpt-4o', 'gpt-4.1', 'gpt-4.5', 'chatgpt-4o', 'o1', 'o3', 'o4', 'codex-mini'],
      ...['gpt-5', 'gpt-5.1', 'gpt-5.2', 'gpt-5.3', 'gpt-5.4'],
    ],
    lifetimes: [IN_MEMORY, EXTENDED],
  },
  {
    ...OPENAI_AUTOMATIC,
    // Older than prompt caching: no length is enough.
    families: ['gpt-4', 'gpt-3.5-turbo'],
    minimumTokens: Number.MAX_SAFE_INTEGER,
    lifetimes: [IN_MEMORY],
  },
  {
    ...OPENAI_AUTOMATIC,
    families: ['gpt-5.5'],
    lifetimes: [EXTENDED],
  },
  {
    ...OPENAI_BREAKPOINTS,
    families: ['gpt-5.6', 'gpt-6'],
    evidence: 'documented',
  },
  {
    ...OPENAI_BREAKPOINTS,
    families: [],
    evidence: 'assumed',
  },
  {
    ...FREE_PREFIX_CACHE,
    provider: 'google',
    minimumTokens: 4_096,
    incrementTokens: 1,
    lifetimes: [{ name: 'implicit', idleMs: 5 * MINUTE }],
    evidence: 'assumed',
    source: 'ai.google.dev caching, Oct 2026 (minimum documented; lifetime is not)',
  },
  {
    ...FREE_PREFIX_CACHE,
    provider: 'google',
    families: ['gemini-2.5'],
    minimumTokens: 2_048,
    incrementTokens: 1,
    lifetimes: [{ name: 'implicit', idleMs: 5 * MINUTE }],
    evidence: 'assumed',
    source: 'ai.google.dev caching, Oct 2026 (minimum documented; lifetime is not)',
  },
  {
    ...FREE_PREFIX_CACHE,
    provider: 'deepseek',
    minimumTokens: 128,
    incrementTokens: 128,
    lifetimes: [{ name: 'disk', idleMs: HOUR }],
    evidence: 'assumed',
    source: 'api-docs.deepseek.com (hours to days); hits seen in multiples of 128',
  },
  {
    ...FREE_PREFIX_CACHE,
    provider: 'xai',
    minimumTokens: 128,
    incrementTokens: 128,
    lifetimes: [{ name: 'automatic', idleMs: 5 * MINUTE }],
    evidence: 'assumed',
    source: 'docs.x.ai prompt caching',
  },
  {
    ...FREE_PREFIX_CACHE,
    provider: 'groq',
    minimumTokens: 128,
    incrementTokens: 128,
    lifetimes: [{ name: 'automatic', idleMs: 2 * HOUR }],
    evidence: 'assumed',
    source: 'console.groq.com prompt caching (2 h idle; only some models)',
  },
]

/**
 * The rule for a model: the row with the longest family that begins the model id, else the provider's row for other models.
 * Knows ids with a router's or region's prefix (`anthropic/claude-opus-4.5`, `us.anthropic.claude-…`).
 * `undefined` when nothing is known of the provider's caching.
 */
export function cacheRuleFor(provider: string, model: string): CacheRule | undefined {
  const id = bareModelId(model)
  let best: CacheRule | undefined
  let bestLength = -1
  for (const rule of CACHE_RULES) {
    if (rule.provider !== provider) continue
    for (const family of rule.families.length === 0 ? [''] : rule.families) {
      if (!beginsWith(id, family) || family.length <= bestLength) continue
      best = rule
      bestLength = family.length
    }
  }
  return best
}

function bareModelId(model: string): string {
  const id = model.toLowerCase()
  const claude = id.indexOf('claude-')
  // Routers write Claude's versions with a dot, the provider with a hyphen.
  return claude >= 0 ? id.slice(claude).replaceAll('.', '-') : id.slice(id.lastIndexOf('/') + 1)
}

// `gpt-5` begins `gpt-5-mini` but not `gpt-5.7`, and `claude-opus-4` does not begin `claude-opus-45`.
function beginsWith(id: string, family: string): boolean {
  if (!id.startsWith(family)) return false
  const next = id[family.length]
  return family === '' || next === undefined || next === '-' || next === ':' || next === '@'
}
