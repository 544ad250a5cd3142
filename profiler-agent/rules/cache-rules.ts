// Prompt-cache rules of the providers, as dated data: what is cached, from which length, for how long, and who pays for writes.
// The simulator keeps its caches by these rows, the analysis reckons what a cache could have saved. No behaviour but the look-up.

import type { CacheRule } from './cache-rule'
import { ANTHROPIC_CACHES } from './caches/anthropic'
import { GOOGLE_CACHES } from './caches/google'
import { OPENAI_CACHES } from './caches/openai'
import { OTHER_CACHES } from './caches/others'

export type { CacheLifetime, CacheRule } from './cache-rule'

/** Newest known rules. Where sources disagree the newest one stands, and `evidence` says when a row is a guess. */
export const CACHE_RULES: readonly CacheRule[] = [
  ...ANTHROPIC_CACHES,
  ...OPENAI_CACHES,
  ...GOOGLE_CACHES,
  ...OTHER_CACHES,
]

interface PassThrough {
  readonly provider: RegExp
  readonly model: RegExp
  /** The provider whose rows hold for such models. */
  readonly as: string
  readonly source: string
  readonly date: string
}

const OPENROUTER = {
  provider: /^openrouter$/,
  source: 'openrouter.ai/docs prompt caching: the rules of the provider behind it',
  date: '2026-11-21',
}
const CLAUDE_ELSEWHERE = {
  model: /claude-/,
  as: 'anthropic',
  source: 'github.com/anthropics/skills claude-api/shared/prompt-caching.md (0da71c3b): the same everywhere',
  date: '2026-11-21',
}

/** Who serves models of another provider and caches them by its rules. First match wins. */
const PASS_THROUGH: readonly PassThrough[] = [
  { provider: /^(bedrock|vertex|azure)$/, ...CLAUDE_ELSEWHERE },
  {
    provider: /^azure$/,
    model: /^(gpt|chatgpt|codex|o\d)/,
    as: 'openai',
    source: 'learn.microsoft.com prompt caching: as OpenAI',
    date: '2026-11-21',
  },
  { ...OPENROUTER, model: /^~?anthropic\//, as: 'anthropic' },
  { ...OPENROUTER, model: /^~?openai\//, as: 'openai' },
  { ...OPENROUTER, model: /^~?google\//, as: 'google' },
  { ...OPENROUTER, model: /^~?deepseek\//, as: 'deepseek' },
  { ...OPENROUTER, model: /^~?x-ai\//, as: 'xai' },
  { ...OPENROUTER, model: /^~?mistralai\//, as: 'mistral' },
  { ...OPENROUTER, model: /^~?(qwen|alibaba)\//, as: 'alibaba' },
  {
    provider: /^custom:(\w+-)*dashscope(-\w+)*\.aliyuncs\.com$/,
    model: /./,
    as: 'alibaba',
    source: 'alibabacloud.com/help/en/model-studio: its hosts',
    date: '2026-11-22',
  },
]

/**
 * The rule for a model: the row with the longest family that begins the model id, else the provider's row for other models, else
 * the row of the provider that it passes requests on to (the rule's `provider` is then that one).
 * Knows ids with a router's or region's prefix (`anthropic/claude-opus-4.5`, `us.anthropic.claude-…`).
 * `undefined` when nothing is known of the provider's caching.
 */
export function cacheRuleFor(provider: string, model: string): CacheRule | undefined {
  const through = PASS_THROUGH.find((row) => row.provider.test(provider) && row.model.test(model))
  return rowFor(provider, bareModelId(model)) ?? (through && rowFor(through.as, bareModelId(model)))
}

/** The rule for one request to a model: providers may treat requests without any breakpoint in another way. */
export function ruleForRequest(rule: CacheRule, hasBreakpoint: boolean): CacheRule {
  return hasBreakpoint ? rule : (rule.unmarked ?? rule)
}

function rowFor(provider: string, id: string): CacheRule | undefined {
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
  if (claude >= 0) return id.slice(claude).replaceAll('.', '-')
  return id.slice(id.lastIndexOf('/') + 1).replace(/^(\w+\.)*amazon\./, '')
}

// `gpt-5` begins `gpt-5-mini` but not `gpt-5.7`, and `claude-opus-4` does not begin `claude-opus-45`.
function beginsWith(id: string, family: string): boolean {
  if (!id.startsWith(family)) return false
  const next = id[family.length]
  return family === '' || next === undefined || next === '-' || next === ':' || next === '@'
}
