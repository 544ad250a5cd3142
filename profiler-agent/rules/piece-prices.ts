// What is billed by the piece instead of by token, as dated facts. Data only. Free allowances of an account are not known here.

import type { UnitKind } from '../model/usage'
import { type Evidence, LITELLM } from './price-row'

export interface PiecePriceRow extends Evidence {
  readonly provider: string
  readonly kind: UnitKind
  /** Fits ids of the price book; absent: every model. */
  readonly models?: RegExp
  readonly usdPerThousand: number
  /** First moment at which the row holds, ISO 8601 UTC. */
  readonly from?: string
  /** `request`: a request that used the tool pays once, however often it did. */
  readonly per?: 'request'
}

const READ = '2026-11-22'
const ANTHROPIC = 'platform.claude.com/docs/en/about-claude/pricing'
const OPENAI = 'developers.openai.com/api/docs/pricing'
const GOOGLE = 'ai.google.dev/gemini-api/docs/pricing'
/** Not read at Google itself. */
const MAPS = 'github.com/iyulab/TokenMeter, release notes of 0.14.0'
const XAI = 'docs.x.ai/developers/pricing'
const RERANK_4 = 'openrouter.ai/cohere/rerank-4-pro'

const PREVIEW = {
  usdPerThousand: 25,
  source: `${OPENAI} of March 2026, by modelcostwatch.com/openai/tool-costs/web-search`,
  read: READ,
}

/**
 * The older search tool costs more with models that do not reason, and what it finds is then free of tokens. Not modelled: what
 * `web_search` finds for gpt-4o-mini and gpt-4.1-mini is charged as 8,000 tokens a call, and no recording tells whether
 * the reported input has them.
 */
const OPENAI_PIECES: readonly PiecePriceRow[] = [
  { provider: 'openai', kind: 'webSearch', models: /-search-preview/, ...PREVIEW },
  { provider: 'openai', kind: 'webSearch', usdPerThousand: 10, source: OPENAI, read: READ },
  { provider: 'openai', kind: 'webSearchPreview', models: /^(ft:)?gpt-4(o|\.1)/, ...PREVIEW },
  { provider: 'openai', kind: 'webSearchPreview', usdPerThousand: 10, source: OPENAI, read: READ },
  { provider: 'openai', kind: 'fileSearch', usdPerThousand: 2.5, source: OPENAI, read: READ },
]

/** Gemini 3 pays by the search query, earlier ones by the request that was grounded. */
const gemini = (provider: string): PiecePriceRow[] =>
  (['grounding', 'webSearch'] as const).flatMap((kind) => [
    { provider, kind, models: /^gemini-([3-9])/, usdPerThousand: 14, source: GOOGLE, read: READ },
    {
      provider,
      kind,
      models: /^gemini-[12]\./,
      usdPerThousand: 35,
      per: 'request' as const,
      source: GOOGLE,
      read: READ,
    },
  ])

/** Maps: queries from Gemini 3 on, requests before. */
const maps = (provider: string): PiecePriceRow[] => [
  {
    provider,
    kind: 'mapsGrounding',
    models: /^gemini-([3-9])/,
    usdPerThousand: 14,
    source: MAPS,
    read: READ,
  },
  {
    provider,
    kind: 'mapsGrounding',
    models: /^gemini-[12]\./,
    usdPerThousand: 25,
    per: 'request',
    source: MAPS,
    read: READ,
  },
]

const claude = (provider: string): PiecePriceRow[] => [
  { provider, kind: 'webSearch', models: /^claude/, usdPerThousand: 10, source: ANTHROPIC, read: READ },
  { provider, kind: 'webFetch', models: /^claude/, usdPerThousand: 0, source: ANTHROPIC, read: READ },
]

const rerank = (provider: string): PiecePriceRow[] => [
  {
    provider,
    kind: 'searchUnits',
    models: /rerank-(v)?4(\.0)?-pro/,
    usdPerThousand: 2.5,
    source: RERANK_4,
    read: READ,
  },
  { provider, kind: 'searchUnits', models: /rerank/, usdPerThousand: 2, ...LITELLM },
]

/** The first row that fits counts. The price that the catalogue has for a model itself goes before them. */
export const PIECE_PRICES: readonly PiecePriceRow[] = [
  ...claude('anthropic'),
  ...claude('vertex'),
  ...claude('azure'),
  // Azure searches by Bing, for which no two sources name one price: its searches are not priced.
  ...OPENAI_PIECES,
  ...gemini('google'),
  ...gemini('vertex'),
  ...maps('google'),
  ...maps('vertex'),
  // Tools of xAI were free until 2025-11-21.
  ...(['webSearch', 'codeExecution', 'fileSearch'] as const).flatMap((kind) => [
    {
      provider: 'xai',
      kind,
      usdPerThousand: kind === 'fileSearch' ? 2.5 : 5,
      from: '2025-11-21',
      source: XAI,
      read: READ,
    },
    { provider: 'xai', kind, usdPerThousand: 0, source: XAI, read: READ },
  ]),
  ...rerank('cohere'),
  ...rerank('openrouter'),
  ...rerank('azure'),
  ...rerank('bedrock'),
  // Beside its tokens, running code costs nothing at Gemini.
  ...['google', 'vertex'].map((provider) => ({
    provider,
    kind: 'codeExecution' as const,
    usdPerThousand: 0,
    source: 'ai.google.dev/gemini-api/docs/code-execution',
    read: READ,
  })),
  {
    provider: 'bedrock',
    kind: 'searchUnits',
    models: /amazon\.rerank/,
    usdPerThousand: 1,
    ...LITELLM,
  },
]
