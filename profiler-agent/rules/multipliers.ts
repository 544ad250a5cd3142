// What service tier, speed and region do to token prices, as dated facts; and what is billed by the piece. Data only.
// A combination without a row has no known price: it is unpriced, never taken as 1.

import type { UnitKind } from '../model/usage'

export interface MultiplierRow {
  readonly provider: string
  readonly by: 'tier' | 'speed' | 'geo'
  readonly value: string
  /** Exact model ids of the price book; absent: every model. */
  readonly models?: readonly string[]
  /** On every token price. Things billed by the piece keep theirs. */
  readonly factor: number
  readonly source: string
  readonly read: string
}

/** Values that mean the ordinary price. */
export const ORDINARY = {
  tier: ['default', 'standard', 'standard_only', 'on_demand', 'auto'],
  speed: ['standard'],
  geo: ['global', 'not_available'],
} as const satisfies Record<MultiplierRow['by'], readonly string[]>

const READ = '2026-11-21'
const ANTHROPIC = 'platform.claude.com/docs/en/about-claude/pricing'
const ANTHROPIC_FAST = 'platform.claude.com/docs/en/build-with-claude/fast-mode'
const OPENAI = 'developers.openai.com/api/docs/pricing'
const MODELS_DEV = 'models.dev, experimental.modes'
const GOOGLE = 'ai.google.dev/gemini-api/docs/pricing'

const halfPrice = (provider: string, value: string, source: string): MultiplierRow => ({
  provider,
  by: 'tier',
  value,
  factor: 0.5,
  source,
  read: READ,
})

export const MULTIPLIERS: readonly MultiplierRow[] = [
  halfPrice('anthropic', 'batch', ANTHROPIC),
  halfPrice('openai', 'batch', OPENAI),
  halfPrice('openai', 'flex', OPENAI),
  halfPrice('azure', 'batch', OPENAI),
  halfPrice('google', 'batch', GOOGLE),
  halfPrice('google', 'flex', GOOGLE),
  halfPrice('vertex', 'batch', GOOGLE),
  halfPrice('vertex', 'flex', GOOGLE),
  {
    provider: 'openai',
    by: 'tier',
    value: 'priority',
    models: ['gpt-5.4'],
    factor: 2,
    source: MODELS_DEV,
    read: READ,
  },
  {
    provider: 'openai',
    by: 'tier',
    value: 'priority',
    models: ['gpt-5.5'],
    factor: 2.5,
    source: MODELS_DEV,
    read: READ,
  },
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
  { provider: 'anthropic', by: 'geo', value: 'us', factor: 1.1, source: ANTHROPIC, read: READ },
]

/** USD per thousand pieces, where the price catalogue has none for the model. */
export const PIECE_PRICES: readonly {
  readonly provider: string
  readonly kind: UnitKind
  readonly usdPerThousand: number
  readonly source: string
}[] = [
  { provider: 'anthropic', kind: 'webSearch', usdPerThousand: 10, source: ANTHROPIC },
  { provider: 'anthropic', kind: 'webFetch', usdPerThousand: 0, source: ANTHROPIC },
  { provider: 'openai', kind: 'webSearch', usdPerThousand: 10, source: OPENAI },
  { provider: 'azure', kind: 'webSearch', usdPerThousand: 10, source: OPENAI },
]
