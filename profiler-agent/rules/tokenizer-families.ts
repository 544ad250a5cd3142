// Which models count tokens alike, and how many tokens of theirs one of o200k_base comes to, as dated data. No behaviour but the look-up.

export interface TokenizerFamily {
  readonly name: string
  /** On the bare model id in lower case, versions with hyphens (`claude-opus-4-8`, `gpt-5-6-sol`). */
  readonly models: RegExp
  /** Tokens for one token of o200k_base, prose to code: the lower and the upper end. */
  readonly low: number
  readonly high: number
  readonly evidence: 'documented' | 'recorded' | 'assumed'
  readonly source: string
  readonly date: string
}

const DATE = '2026-11-22'

/** First match wins. */
export const TOKENIZER_FAMILIES: readonly TokenizerFamily[] = [
  {
    name: 'o200k',
    models: /^(gpt-4o|chatgpt-4o|gpt-4-1|gpt-4-5|gpt-5(?!-[7-9])|o[134]|codex|gpt-oss)/,
    low: 1,
    high: 1,
    evidence: 'recorded',
    source:
      'tiktoken model table (gpt-4o, o-series, gpt-4.1, gpt-5); gpt-5.6: four recorded prompts of 16,064 tokens were billed as 16,080',
    date: DATE,
  },
  {
    name: 'cl100k',
    models: /^(gpt-4|gpt-3-5)/,
    low: 1,
    high: 1.1,
    evidence: 'recorded',
    source: 'tiktoken model table; recorded prompts came to 1.03 to 1.05',
    date: DATE,
  },
  {
    name: 'OpenAI, newer',
    models: /^gpt-/,
    low: 0.9,
    high: 1.1,
    evidence: 'assumed',
    source: 'not published',
    date: DATE,
  },
  {
    name: 'Claude from Opus 4.7 on',
    models: /^claude-(fable|mythos|opus-(4-[7-9]|[5-9]|\d\d)|(sonnet|haiku)-([5-9]|\d\d))(-|$)/,
    low: 1.3,
    high: 1.6,
    evidence: 'recorded',
    source:
      'a recorded prompt of 1,118 tokens was billed as 1,592; the maker says 30 to 45 % more than before',
    date: DATE,
  },
  {
    name: 'Claude to Opus 4.6',
    models: /^claude-/,
    low: 1,
    high: 1.25,
    evidence: 'recorded',
    source: 'recorded prompts came to 1.00 to 1.23, replies to 1.13 to 1.19',
    date: DATE,
  },
  {
    name: 'Gemini',
    models: /^gemini-/,
    low: 1,
    high: 1.2,
    evidence: 'recorded',
    source: 'recorded prompts came to 1.01, replies to 1.06 to 1.19',
    date: DATE,
  },
  {
    name: 'DeepSeek',
    models: /^deepseek-/,
    low: 1,
    high: 1.1,
    evidence: 'recorded',
    source: 'a recorded reply came to 1.01',
    date: DATE,
  },
  {
    name: 'Llama',
    models: /^(meta-)?llama/,
    low: 1,
    high: 1.15,
    evidence: 'recorded',
    source: 'a recorded reply came to 1.05',
    date: DATE,
  },
  {
    name: 'Mistral',
    models: /^((mi|ma|mini)stral|codestral|devstral|open-mi|pixtral)/,
    low: 0.95,
    high: 1.25,
    evidence: 'recorded',
    source: 'recorded replies came to 0.98 and 1.24',
    date: DATE,
  },
]

/** How many times as many tokens the same text has with another model. */
export interface TokenRatio {
  readonly low: number
  readonly high: number
  /** Both count alike: the numbers are the same. */
  readonly isExact: boolean
}

const UNKNOWN = { low: 0.9, high: 1.3 } as const

/** `undefined` where nothing is known of how a model counts. Takes ids with a router's or region's prefix. */
export function tokenizerFamilyOf(model: string): TokenizerFamily | undefined {
  const id = model.toLowerCase().replaceAll('.', '-')
  const claude = id.indexOf('claude-')
  const bare = claude >= 0 ? id.slice(claude) : id.slice(id.lastIndexOf('/') + 1)
  return TOKENIZER_FAMILIES.find(({ models }) => models.test(bare))
}

export function tokenRatio(from: string, to: string): TokenRatio {
  const [before, after] = [tokenizerFamilyOf(from), tokenizerFamilyOf(to)]
  if (from === to || (before !== undefined && before === after)) return { low: 1, high: 1, isExact: true }
  const [old, next] = [before ?? UNKNOWN, after ?? UNKNOWN]
  return { low: next.low / old.high, high: next.high / old.low, isExact: false }
}
