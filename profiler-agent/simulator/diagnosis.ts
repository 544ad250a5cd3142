// Why a prompt could not be read from the cache as far as an earlier one: what changed first between the two, for requests that ask.

import { CACHE_TIERS, type CacheTier, invalidationOf } from '../rules/cache-invalidation'
import type { CacheOutcome } from './caches/question'
import { type CacheParameter, parametersOf } from './formats/cache-parameters'
import type { Diagnosis, ModelRequest } from './formats/wire-format'
import type { PromptUnit } from './prompt'

interface Earlier {
  readonly model: string
  readonly scope: string
  readonly parameters: readonly CacheParameter[]
  readonly units: readonly PromptUnit[]
  /** Tokens of its prompt up to its last breakpoint. */
  readonly reusableTokens: number
}

const MAX_KEPT = 1_000

/** Names under which the parts of a prompt stand in the rows of what invalidates them. */
const PARTS: Readonly<Record<CacheTier, readonly string[]>> = {
  tools: ['tools'],
  system: ['system', 'instructions'],
  messages: ['messages', 'input'],
}

export class Diagnoses {
  readonly #earlier = new Map<string, Earlier>()

  /** What there is to say of a request that names an earlier answer; `undefined` when it names none. */
  of(request: ModelRequest, cached: CacheOutcome): Diagnosis | undefined {
    const { compareWith } = request.cache
    if (compareWith === undefined) return undefined
    const earlier = this.#earlier.get(compareWith)
    if (!earlier) return { kind: 'not-found' }
    const change = firstChange(earlier, request)
    if (!change) return { kind: cached.readTokens > 0 ? 'reused' : 'unavailable' }
    const { reason, sharedTokens } = change
    if (reason === undefined || reason === 'unavailable') return { kind: 'unavailable' }
    const { reusableTokens } = earlier
    return {
      kind: 'missed',
      reason,
      reusableTokens,
      missedTokens: Math.max(0, reusableTokens - sharedTokens),
    }
  }

  /** Remembers a request under the id of its answer. */
  keep(id: string, request: ModelRequest, cached: CacheOutcome): void {
    const [oldest] = this.#earlier.keys()
    if (this.#earlier.size >= MAX_KEPT && oldest !== undefined) this.#earlier.delete(oldest)
    const written = Object.values(cached.writeTokens).reduce((sum, tokens) => sum + tokens, 0)
    this.#earlier.set(id, {
      model: request.model,
      scope: request.cache.scope,
      parameters: parametersOf(rulerOf(request), request.body),
      units: contentOf(request.prompt.units),
      reusableTokens: cached.readTokens + written,
    })
  }
}

interface Change {
  readonly reason: string | undefined
  readonly sharedTokens: number
}

function firstChange(earlier: Earlier, request: ModelRequest): Change | undefined {
  const ruler = rulerOf(request)
  const named = (name: string): Change => ({
    reason: invalidationOf(ruler, name)?.missReason,
    sharedTokens: 0,
  })
  if (earlier.model !== request.model) return named('model')
  if (earlier.scope !== request.cache.scope) return named('prompt_cache_key')
  const parameter = changedParameter(earlier.parameters, parametersOf(ruler, request.body))
  const units = contentOf(request.prompt.units)
  const parting = earlier.units.findIndex((unit, index) => !isSame(unit, units[index]))
  const tier = firstTier([earlier.units[parting]?.tier, parting < 0 ? undefined : units[parting]?.tier])
  if (parameter && firstTier([parameter.from, tier]) === parameter.from)
    return { reason: parameter.missReason, sharedTokens: tokensBefore(units, parameter.from) }
  if (!tier) return undefined
  const reason = PARTS[tier].map((name) => invalidationOf(ruler, name)?.missReason)
  const sharedTokens = units.slice(0, parting).reduce((sum, { tokens }) => sum + tokens, 0)
  return { reason: reason.find((word) => word !== undefined), sharedTokens }
}

function firstTier(tiers: readonly (CacheTier | undefined)[]): CacheTier | undefined {
  return CACHE_TIERS.find((tier) => tiers.includes(tier))
}

function changedParameter(
  before: readonly CacheParameter[],
  now: readonly CacheParameter[],
): CacheParameter | undefined {
  const differs = (one: CacheParameter, others: readonly CacheParameter[]) =>
    !others.some(({ name, value }) => name === one.name && value === one.value)
  return now.find((each) => differs(each, before)) ?? before.find((each) => differs(each, now))
}

// What opens the answer, and parameters, are no part of what is compared text by text.
function contentOf(units: readonly PromptUnit[]): readonly PromptUnit[] {
  const end = units.findLastIndex(({ isBlock }) => isBlock)
  return units.slice(0, end + 1).filter(({ isBlock, tokens }) => isBlock || tokens > 0)
}

function tokensBefore(units: readonly PromptUnit[], tier: CacheTier): number {
  const end = units.findIndex((unit) => tier === 'tools' || unit.tier === tier || unit.tier === 'messages')
  return units.slice(0, Math.max(0, end)).reduce((sum, { tokens }) => sum + tokens, 0)
}

function isSame(unit: PromptUnit, other: PromptUnit | undefined): boolean {
  return other !== undefined && unit.tier === other.tier && unit.text === other.text
}

function rulerOf({ provider, cache }: ModelRequest): string {
  return cache.rule?.provider ?? provider
}
