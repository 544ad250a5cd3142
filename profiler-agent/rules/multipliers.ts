// What service tier, speed and region do to token prices, as dated facts. Data only.
// A combination without a row has no known price: it is unpriced, never taken as 1.

import { type Evidence, LITELLM } from './price-row'

export interface MultiplierRow extends Evidence {
  readonly provider: string
  readonly by: 'tier' | 'speed' | 'geo'
  readonly value: string
  /** Exact model ids of the price book, or what fits a family of them; absent: every model. */
  readonly models?: readonly string[] | RegExp
  /** First moment at which the row holds, ISO 8601 UTC. */
  readonly from?: string
  /** On every token price. Things billed by the piece keep theirs. */
  readonly factor: number
  /** On cache reads, where that differs. */
  readonly cacheReadFactor?: number
}

/** Values that mean the ordinary price, in lower case. */
export const ORDINARY = {
  tier: [
    'default',
    'standard',
    'standard_only',
    'on_demand',
    'auto',
    'unspecified',
    'traffic_type_unspecified',
    '',
  ],
  speed: ['standard', ''],
  geo: ['global', 'not_available', ''],
} as const satisfies Record<MultiplierRow['by'], readonly string[]>

/** Tiers that are paid by the hour or in advance, so that a token has no price. */
export const PAID_APART = ['provisioned_throughput', 'provisioned', 'reserved', 'scale'] as const

const READ = '2026-11-21'
const TODAY = '2026-11-22'
const ANTHROPIC = 'platform.claude.com/docs/en/about-claude/pricing'
const ANTHROPIC_FAST = 'platform.claude.com/docs/en/build-with-claude/fast-mode'
const OPENAI = 'developers.openai.com/api/docs/pricing'
const GOOGLE = 'ai.google.dev/gemini-api/docs/pricing'
const VERTEX = 'github.com/BerriAI/litellm/pull/37543, github.com/promptfoo/promptfoo/pull/10389'
const VERTEX_CLAUDE = 'platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai'
const BEDROCK = 'aws.amazon.com/bedrock/pricing'
const GROQ = 'console.groq.com/docs/flex-processing, console.groq.com/docs/batch'
const GEMINI_PRIORITY = 'docs.llmgateway.io/features/service-tiers; LiteLLM price list of 2026-08-01'

type Row = Omit<MultiplierRow, 'by' | 'value' | 'provider'>

const tier = (providers: readonly string[], value: string, row: Row): MultiplierRow[] =>
  providers.map((provider) => ({ provider, by: 'tier', value, ...row }))

const openAiPriority = (factor: number, models: readonly string[], evidence: Evidence): MultiplierRow[] =>
  tier(['openai'], 'priority', { models, factor, ...evidence })

const PRIORITY_PAGE = { source: 'openai.com/api-priority-processing', read: TODAY }

/** Models since Claude 4.5, for which Vertex and Bedrock have a regional price. */
const CLAUDE_SINCE_4_5 =
  /^claude-((sonnet|haiku|opus)-4[.-][5-9]|(sonnet|haiku|opus|fable|mythos)-([5-9]|\d\d)\b|4[.-][5-9]-|[5-9][.-])/

const GEMINI_3_FLASH = /^gemini-3[\w.]*-flash/
const GEMINI_WITH_REGIONS = /^gemini-(3\.[1-9]-flash-lite|3\.[5-9]|[4-9])/

export const MULTIPLIERS: readonly MultiplierRow[] = [
  ...tier(['anthropic', 'openai', 'azure', 'bedrock', 'groq', 'mistral'], 'batch', {
    factor: 0.5,
    source: `${ANTHROPIC}, ${OPENAI}, ${BEDROCK}, ${GROQ}, mistral.ai/pricing`,
    read: READ,
  }),
  ...tier(['openai'], 'flex', { factor: 0.5, source: OPENAI, read: READ }),
  // Cached input is halved with the rest by the 3.x Flash family only (github.com/pydantic/genai-prices/pull/547).
  ...['batch', 'flex'].flatMap((value) => [
    ...tier(['google', 'vertex'], value, {
      models: GEMINI_3_FLASH,
      factor: 0.5,
      source: GOOGLE,
      read: TODAY,
    }),
    ...tier(['google', 'vertex'], value, {
      models: /^gemini/,
      factor: 0.5,
      cacheReadFactor: 1,
      source: GOOGLE,
      read: TODAY,
    }),
  ]),
  ...tier(['vertex'], 'batch', { models: /^claude/, factor: 0.5, source: ANTHROPIC, read: READ }),
  ...tier(['google', 'vertex'], 'priority', {
    models: /^gemini-(2\.5|[3-9])/,
    factor: 1.8,
    source: GEMINI_PRIORITY,
    read: TODAY,
  }),
  ...openAiPriority(
    2,
    ['gpt-5.4', 'gpt-5.4-mini', 'gpt-5.2', 'gpt-5.1', 'gpt-5', 'gpt-4.1-nano'],
    PRIORITY_PAGE,
  ),
  ...openAiPriority(2, ['gpt-5.1-codex', 'gpt-5-codex'], PRIORITY_PAGE),
  ...openAiPriority(1.8, ['gpt-5-mini'], PRIORITY_PAGE),
  ...openAiPriority(1.75, ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4o-2024-05-13', 'o3'], PRIORITY_PAGE),
  ...openAiPriority(1.7, ['gpt-4o'], PRIORITY_PAGE),
  ...openAiPriority(5 / 3, ['gpt-4o-mini'], PRIORITY_PAGE),
  ...openAiPriority(20 / 11, ['o4-mini'], PRIORITY_PAGE),
  ...openAiPriority(
    2,
    ['gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-5.6-luna', 'gpt-5.2-codex', 'gpt-5.3-codex'],
    LITELLM,
  ),
  ...openAiPriority(1.8, ['gpt-5.1-codex-mini'], LITELLM),
  // LiteLLM has 2 for it.
  ...openAiPriority(2.5, ['gpt-5.5'], { source: 'models.dev, experimental.modes', read: READ }),
  ...tier(['bedrock'], 'flex', {
    factor: 0.5,
    source: 'github.com/vectorize-io/hindsight/issues/2072',
    read: TODAY,
  }),
  // AWS itself names no number: "Standard rate + premium" (aws.amazon.com/bedrock/service-tiers).
  ...tier(['bedrock'], 'priority', {
    factor: 1.75,
    source: 'AWS says that there is a premium, not how much',
  }),
  ...tier(['groq'], 'flex', { factor: 1, source: GROQ, read: TODAY }),
  {
    provider: 'anthropic',
    by: 'speed',
    value: 'fast',
    models: ['claude-opus-4-6', 'claude-opus-4-7'],
    factor: 6,
    source: ANTHROPIC_FAST,
    read: READ,
  },
  {
    provider: 'anthropic',
    by: 'speed',
    value: 'fast',
    models: ['claude-opus-4-8', 'claude-opus-5', 'claude-opus-5-5'],
    factor: 2,
    source: ANTHROPIC_FAST,
    read: READ,
  },
  {
    provider: 'bedrock',
    by: 'speed',
    value: 'optimized',
    models: ['amazon.nova-pro-v1:0', 'regional.anthropic.claude-3-5-haiku-20241022-v1:0'],
    factor: 1.25,
    source: 'AWS says that there is a premium, not how much',
  },
  { provider: 'anthropic', by: 'geo', value: 'us', factor: 1.1, source: ANTHROPIC, read: READ },
  {
    provider: 'azure',
    by: 'geo',
    value: 'us',
    models: /^claude/,
    factor: 1.1,
    source: ANTHROPIC,
    read: READ,
  },
  // Data residency: a region's own host, `eu.api.openai.com`. Families before 5.4 have no uplift.
  {
    provider: 'openai',
    by: 'geo',
    value: 'regional',
    models: /^gpt-(5\.[4-9]|[6-9])/,
    factor: 1.1,
    source: 'developers.openai.com/api/docs/models/gpt-5.4-pro',
    read: TODAY,
  },
  {
    provider: 'openai',
    by: 'geo',
    value: 'regional',
    factor: 1,
    source: 'developers.openai.com/api/docs/models/gpt-5.4-pro',
    read: TODAY,
  },
  {
    provider: 'vertex',
    by: 'geo',
    value: 'regional',
    models: CLAUDE_SINCE_4_5,
    factor: 1.1,
    source: VERTEX_CLAUDE,
    read: TODAY,
  },
  {
    provider: 'vertex',
    by: 'geo',
    value: 'regional',
    models: GEMINI_WITH_REGIONS,
    from: '2026-07-01',
    factor: 1.1,
    source: VERTEX,
    read: TODAY,
  },
  { provider: 'vertex', by: 'geo', value: 'regional', factor: 1, source: GOOGLE, read: READ },
]
