// Parameters of a request that make its cached prompt another one, put into the prompt as units without tokens where they begin to count.

import { CACHE_TIERS, type CacheTier, INVALIDATION_ROWS } from '../../rules/cache-invalidation'
import { isObject, type JsonObject } from '../json'
import type { PromptBuilder } from '../prompt'

/** Parts of a request that are rendered (or told apart) by themselves. */
const RENDERED = new Set([
  ...['model', 'tools', 'system', 'messages', 'input', 'instructions', 'prompt_cache_key'],
])

/**
 * Puts what counts from `tier` on into the prompt. `body` may hold values under names that stand for something else than a parameter
 * (`images`: whether there are any). Values that mean the same as leaving the parameter out count as left out.
 */
export function frameParameters(
  prompt: PromptBuilder,
  provider: string,
  tier: CacheTier,
  body: JsonObject,
): void {
  const values = parametersOf(provider, body).flatMap(({ name, value, from }) =>
    from === tier ? [`${name}=${value}`] : [],
  )
  if (values.length > 0) prompt.frame(tier, values.join('\n'), 0)
}

export interface CacheParameter {
  readonly name: string
  /** JSON. */
  readonly value: string
  readonly from: CacheTier
  readonly missReason?: string
}

/** All parameters of a request that its provider's cache tells apart, in the order of the tiers. */
export function parametersOf(provider: string, body: JsonObject): CacheParameter[] {
  const found = INVALIDATION_ROWS.filter((row) => row.providers.includes(provider)).flatMap((row) =>
    row.parameters.flatMap((name) => {
      const value = RENDERED.has(name) ? undefined : JSON.stringify(valueAt(body, name))
      if (value === undefined || value === 'null' || row.ordinary?.includes(value)) return []
      const { from, missReason } = row
      return [{ name, value, from, ...(missReason === undefined ? {} : { missReason }) }]
    }),
  )
  return found.sort((left, right) => CACHE_TIERS.indexOf(left.from) - CACHE_TIERS.indexOf(right.from))
}

function valueAt(body: JsonObject, name: string): unknown {
  let value: unknown = body
  for (const part of name.split('.')) value = isObject(value) ? value[part] : undefined
  return value
}
