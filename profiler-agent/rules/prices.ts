// Corrections to the price catalogue, as dated facts: what it lacks, gets wrong, or cannot say (weekdays). Data only.
// The first row that fits provider, model and moment wins, and wins over the catalogue. USD per million tokens.

import type { ModalityTokens } from '../model/call'
import type { CacheTtl } from '../model/usage'

/** Day of the newest change to this file; part of the name of the price book. */
export const CORRECTIONS_VERSION = '2026-11-22'

/**
 * USD per million tokens. An absent read or write price is the input price: no discount, no fee. Audio, images and video
 * (`audioInput`, `imageOutput` …) cost what their bucket costs where the model has no rate of their own.
 */
export interface Rates extends Readonly<Partial<Record<keyof ModalityTokens, number>>> {
  readonly input: number
  readonly cacheRead?: number
  /** `unknown` prices every TTL that is not named. */
  readonly cacheWrite?: Readonly<Partial<Record<CacheTtl, number>>>
  /** Absent for models without output, such as embeddings. */
  readonly output?: number
}

export interface PriceRow {
  readonly provider: string
  /** Exact ids without date; the first one names the model. */
  readonly models: readonly [string, ...string[]]
  /** First moment at which the row holds, ISO 8601 UTC. */
  readonly from?: string
  /** First moment at which it no longer holds. */
  readonly to?: string
  /** Hours of the day (UTC, start included, end not) and days of the week (0 = Sunday) at which the row holds. */
  readonly when?: { readonly days: readonly number[]; readonly hours: readonly (readonly [number, number])[] }
  readonly rates: Rates
  /** Rates of the whole request when all its input, cached too, is more than `tokens`. */
  readonly over?: { readonly tokens: number; readonly rates: Rates }
  readonly source: string
  /** Day on which the source was read. */
  readonly read: string
}

const ANTHROPIC = 'platform.claude.com/docs/en/about-claude/pricing'
const OPENAI = 'developers.openai.com/api/docs/pricing'
const GOOGLE = 'ai.google.dev/gemini-api/docs/pricing'
const XAI = 'docs.x.ai/docs/models'
const DEEPSEEK = 'api-docs.deepseek.com/quick_start/pricing'
const MISTRAL = 'mistral.ai/pricing'
const COHERE = 'cohere.com/pricing'
const BEDROCK = 'aws.amazon.com/bedrock/pricing'
const READ = '2026-11-21'
const TODAY = '2026-11-22'

const SONNET_5_5 = { input: 2, cacheWrite: { unknown: 2.5, '5m': 2.5, '1h': 4, '12h': 4 }, output: 10 }
const FABLE = { input: 10, cacheWrite: { unknown: 12.5, '5m': 12.5, '1h': 20, '12h': 20 }, output: 50 }

/** DeepSeek's peak: 01–04 and 06–10 UTC from Monday to Friday; its public holidays are not modelled. */
const DEEPSEEK_PEAK = {
  days: [1, 2, 3, 4, 5],
  hours: [
    [1, 4],
    [6, 10],
  ],
} as const

const bedrockRows = (rows: readonly (readonly [PriceRow['models'], number, number])[]): PriceRow[] =>
  rows.map(([models, input, output]) => ({
    provider: 'bedrock',
    models,
    rates: { input, output },
    source: BEDROCK,
    read: TODAY,
  }))

export const PRICE_CORRECTIONS: readonly PriceRow[] = [
  // The catalogue answers for Sonnet 5 when it is asked for Sonnet 5.5.
  {
    provider: 'anthropic',
    models: ['claude-sonnet-5-5', 'claude-sonnet-5.5'],
    to: '2026-10-07',
    rates: { ...SONNET_5_5, cacheRead: 0.2 },
    source: ANTHROPIC,
    read: READ,
  },
  {
    provider: 'anthropic',
    models: ['claude-sonnet-5-5', 'claude-sonnet-5.5'],
    from: '2026-10-07',
    rates: { ...SONNET_5_5, cacheRead: 0.1 },
    source: ANTHROPIC,
    read: READ,
  },
  {
    provider: 'anthropic',
    models: ['claude-haiku-5-5', 'claude-haiku-5.5'],
    rates: {
      input: 0.1,
      cacheRead: 0.01,
      cacheWrite: { unknown: 0.125, '5m': 0.125, '1h': 0.2, '12h': 0.2 },
      output: 0.5,
    },
    over: {
      tokens: 100_000,
      rates: {
        input: 0.5,
        cacheRead: 0.05,
        cacheWrite: { unknown: 0.625, '5m': 0.625, '1h': 1, '12h': 1 },
        output: 2.5,
      },
    },
    source: ANTHROPIC,
    read: READ,
  },
  {
    provider: 'anthropic',
    models: ['claude-mythos-5'],
    rates: { ...FABLE, cacheRead: 1 },
    source: ANTHROPIC,
    read: READ,
  },
  {
    provider: 'anthropic',
    models: ['claude-mythos-5-1'],
    rates: { ...FABLE, cacheRead: 0.25 },
    source: ANTHROPIC,
    read: READ,
  },
  {
    provider: 'openai',
    models: ['gpt-6.1-sol'],
    rates: { input: 2, cacheRead: 0.1, cacheWrite: { unknown: 2.5, '12h': 5 }, output: 10 },
    over: {
      tokens: 272_000,
      rates: { input: 4, cacheRead: 0.2, cacheWrite: { unknown: 5, '12h': 10 }, output: 15 },
    },
    source: OPENAI,
    read: READ,
  },
  {
    provider: 'openai',
    models: ['gpt-6.1-terra'],
    rates: { input: 1, cacheRead: 0.05, cacheWrite: { unknown: 1.25, '12h': 2.5 }, output: 5 },
    over: {
      tokens: 272_000,
      rates: { input: 2, cacheRead: 0.1, cacheWrite: { unknown: 2.5, '12h': 5 }, output: 7.5 },
    },
    source: OPENAI,
    read: READ,
  },
  {
    provider: 'google',
    models: ['gemini-4-argon'],
    to: '2026-12-01',
    rates: { input: 2, cacheRead: 0.1, output: 10 },
    source: GOOGLE,
    read: READ,
  },
  {
    provider: 'google',
    models: ['gemini-4-argon'],
    from: '2026-12-01',
    rates: { input: 4, cacheRead: 0.2, output: 20 },
    source: GOOGLE,
    read: READ,
  },
  {
    provider: 'xai',
    models: ['grok-4.7'],
    rates: { input: 2, cacheRead: 0.5, output: 6 },
    // xAI words it as "200K and more".
    over: { tokens: 199_999, rates: { input: 4, cacheRead: 1, output: 12 } },
    source: XAI,
    read: READ,
  },
  // The catalogue has the peak on all days, and before it was introduced.
  {
    provider: 'deepseek',
    models: ['deepseek-v4-pro'],
    to: '2026-08-17',
    rates: { input: 0.435, cacheRead: 0.003625, output: 0.87 },
    source: DEEPSEEK,
    read: READ,
  },
  {
    provider: 'deepseek',
    models: ['deepseek-v4-pro'],
    when: DEEPSEEK_PEAK,
    rates: { input: 1.32, cacheRead: 0.044, output: 3.96 },
    source: DEEPSEEK,
    read: READ,
  },
  {
    provider: 'deepseek',
    models: ['deepseek-v4-pro'],
    rates: { input: 0.66, cacheRead: 0.022, output: 1.98 },
    source: DEEPSEEK,
    read: READ,
  },
  {
    provider: 'deepseek',
    models: ['deepseek-v4-flash'],
    to: '2026-08-17',
    rates: { input: 0.14, cacheRead: 0.0028, output: 0.28 },
    source: DEEPSEEK,
    read: READ,
  },
  {
    provider: 'deepseek',
    models: ['deepseek-v4-flash'],
    when: DEEPSEEK_PEAK,
    rates: { input: 0.44, cacheRead: 0.014, output: 1.32 },
    source: DEEPSEEK,
    read: READ,
  },
  {
    provider: 'deepseek',
    models: ['deepseek-v4-flash'],
    rates: { input: 0.22, cacheRead: 0.007, output: 0.66 },
    source: DEEPSEEK,
    read: READ,
  },
  {
    provider: 'deepseek',
    models: ['deepseek-v4.1-flash'],
    when: DEEPSEEK_PEAK,
    rates: { input: 0.3, cacheRead: 0.006, output: 1.2 },
    source: DEEPSEEK,
    read: READ,
  },
  {
    provider: 'deepseek',
    models: ['deepseek-v4.1-flash'],
    rates: { input: 0.15, cacheRead: 0.003, output: 0.6 },
    source: DEEPSEEK,
    read: READ,
  },
  // The catalogue knows these by text only; audio tokens cost many times as much.
  {
    provider: 'openai',
    models: ['gpt-4o-audio-preview'],
    rates: { input: 2.5, output: 10, audioInput: 40, audioOutput: 80 },
    source: OPENAI,
    read: TODAY,
  },
  {
    provider: 'openai',
    models: ['gpt-4o-mini-audio-preview', 'gpt-4o-mini-audio'],
    rates: { input: 0.15, output: 0.6, audioInput: 10, audioOutput: 20 },
    source: OPENAI,
    read: TODAY,
  },
  {
    provider: 'openai',
    models: ['davinci-002'],
    rates: { input: 2, output: 2 },
    source: OPENAI,
    read: TODAY,
  },
  {
    provider: 'openai',
    models: ['babbage-002'],
    rates: { input: 0.4, output: 0.4 },
    source: OPENAI,
    read: TODAY,
  },
  // Versions that the catalogue knows by their family only, or takes for a neighbour.
  {
    provider: 'anthropic',
    models: ['claude-2.1', 'claude-2.0'],
    rates: { input: 8, output: 24 },
    source: ANTHROPIC,
    read: TODAY,
  },
  {
    provider: 'anthropic',
    models: ['claude-instant-1.2'],
    rates: { input: 0.8, output: 2.4 },
    source: ANTHROPIC,
    read: TODAY,
  },
  {
    provider: 'vertex',
    models: ['claude-3-5-sonnet-v2'],
    rates: {
      input: 3,
      cacheRead: 0.3,
      cacheWrite: { unknown: 3.75, '5m': 3.75, '1h': 6, '12h': 6 },
      output: 15,
    },
    source: ANTHROPIC,
    read: TODAY,
  },
  {
    provider: 'google',
    models: ['gemini-1.5-flash-8b'],
    rates: { input: 0.0375, cacheRead: 0.01, output: 0.15 },
    over: { tokens: 128_000, rates: { input: 0.075, cacheRead: 0.02, output: 0.3 } },
    source: GOOGLE,
    read: TODAY,
  },
  {
    provider: 'google',
    models: ['gemini-3.1-pro-preview-customtools'],
    rates: { input: 2, cacheRead: 0.2, output: 12 },
    over: { tokens: 200_000, rates: { input: 4, cacheRead: 0.4, output: 18 } },
    source: GOOGLE,
    read: TODAY,
  },
  {
    provider: 'xai',
    models: ['grok-4.20-0309-reasoning', 'grok-4.20-0309-non-reasoning'],
    rates: { input: 1.25, cacheRead: 0.2, output: 2.5 },
    over: { tokens: 199_999, rates: { input: 2.5, cacheRead: 0.4, output: 5 } },
    source: 'docs.x.ai/developers/pricing',
    read: TODAY,
  },
  {
    provider: 'mistral',
    models: ['ministral-3b-latest'],
    from: '2025-12-02',
    rates: { input: 0.1, cacheRead: 0.01, output: 0.1 },
    source: MISTRAL,
    read: TODAY,
  },
  {
    provider: 'cohere',
    models: ['command-r-03-2024'],
    rates: { input: 0.5, output: 1.5 },
    source: COHERE,
    read: TODAY,
  },
  {
    provider: 'cohere',
    models: ['command-r-plus-04-2024'],
    rates: { input: 3, output: 15 },
    source: COHERE,
    read: TODAY,
  },
  {
    provider: 'mistral',
    models: ['magistral-medium-2506', 'magistral-medium-2507', 'magistral-medium-2509'],
    rates: { input: 2, output: 5 },
    source: MISTRAL,
    read: TODAY,
  },
  {
    provider: 'mistral',
    models: ['magistral-small-2506', 'magistral-small-2507', 'magistral-small-2509'],
    rates: { input: 0.5, output: 1.5 },
    source: MISTRAL,
    read: TODAY,
  },
  {
    provider: 'mistral',
    models: ['mistral-small-2506'],
    rates: { input: 0.1, output: 0.3 },
    source: MISTRAL,
    read: TODAY,
  },
  // Reranking is billed by the search unit (rules/piece-prices.ts), its tokens cost nothing.
  ...['cohere', 'openrouter', 'azure', 'bedrock'].map(
    (provider): PriceRow => ({
      provider,
      models: [
        'rerank-v3.5',
        'cohere/rerank-v3.5',
        'cohere.rerank-v3-5',
        'rerank-english-v3.0',
        'rerank-multilingual-v3.0',
        'rerank-english-v2.0',
        'rerank-multilingual-v2.0',
      ],
      rates: { input: 0, output: 0 },
      source: COHERE,
      read: TODAY,
    }),
  ),
  ...['cohere', 'openrouter'].map(
    (provider): PriceRow => ({
      provider,
      models: ['rerank-v4.0-pro', 'cohere/rerank-4-pro', 'rerank-4-pro'],
      rates: { input: 0, output: 0 },
      source: COHERE,
      read: TODAY,
    }),
  ),
  ...['cohere', 'openrouter'].map(
    (provider): PriceRow => ({
      provider,
      models: ['rerank-v4.0-fast', 'cohere/rerank-4-fast', 'rerank-4-fast'],
      rates: { input: 0, output: 0 },
      source: COHERE,
      read: TODAY,
    }),
  ),
  {
    provider: 'cohere',
    models: [
      'embed-english-v3.0',
      'embed-multilingual-v3.0',
      'embed-english-light-v3.0',
      'embed-multilingual-light-v3.0',
    ],
    rates: { input: 0.1 },
    source: COHERE,
    read: TODAY,
  },
  {
    provider: 'cohere',
    models: ['command-a-reasoning-08-2025', 'command-a-vision-07-2025'],
    rates: { input: 2.5, output: 10 },
    source: COHERE,
    read: TODAY,
  },
  {
    provider: 'openrouter',
    models: ['x-ai/grok-4'],
    rates: { input: 3, cacheRead: 0.75, output: 15 },
    over: { tokens: 128_000, rates: { input: 6, cacheRead: 0.75, output: 30 } },
    source: 'openrouter.ai/x-ai/grok-4',
    read: TODAY,
  },
  {
    provider: 'custom:api.z.ai',
    models: ['glm-4.7', 'glm-4.6', 'glm-4.5'],
    rates: { input: 0.6, cacheRead: 0.11, output: 2.2 },
    source: 'docs.z.ai/guides/overview/pricing',
    read: TODAY,
  },
  // What Azure answers for text-embedding-ada-002; the catalogue takes it for a completion model of 2022.
  {
    provider: 'azure',
    models: ['ada'],
    rates: { input: 0.1 },
    source: 'azure.microsoft.com/pricing/details/azure-openai',
    read: TODAY,
  },
  {
    provider: 'bedrock',
    models: ['cohere.embed-english-v3', 'cohere.embed-multilingual-v3'],
    rates: { input: 0.1 },
    source: BEDROCK,
    read: TODAY,
  },
  // Models of Bedrock that the catalogue does not have, most of them retired.
  ...bedrockRows([
    [['anthropic.claude-v2', 'anthropic.claude-v2:1'], 8, 24],
    [['anthropic.claude-instant-v1'], 0.8, 2.4],
    [['ai21.j2-mid-v1'], 12.5, 12.5],
    [['ai21.j2-ultra-v1'], 18.8, 18.8],
    [['ai21.jamba-1-5-mini'], 0.2, 0.4],
    [['ai21.jamba-1-5-large'], 2, 8],
    [['cohere.command-text-v14'], 1.5, 2],
    [['cohere.command-r-v1:0'], 0.5, 1.5],
    [['cohere.command-r-plus-v1:0'], 3, 15],
    [['amazon.titan-text-premier-v1:0'], 0.5, 1.5],
    [['cohere.command-light-text-v14'], 0.3, 0.6],
    [['minimax.minimax-m2'], 0.3, 1.2],
    [['meta.llama2-13b-chat-v1'], 0.75, 1],
    [['meta.llama2-70b-chat-v1'], 1.95, 2.56],
  ]),
  // The alias moved to Mistral Large 3; the catalogue still has Large 2.
  {
    provider: 'mistral',
    models: ['mistral-large-latest'],
    from: '2025-12-02',
    rates: { input: 0.5, cacheRead: 0.05, output: 1.5 },
    source: MISTRAL,
    read: READ,
  },
]
