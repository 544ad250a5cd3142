// Where a request puts cache breakpoints by its provider's rule: its own marks, the one it asks for, the one the provider sets.

import type { CacheLifetime, CacheRule } from '../../rules/cache-rules'
import type { ReplayCall } from './replay-call'

export interface Breakpoint {
  /** Of the block that it stands on. */
  readonly index: number
  readonly lifetime: CacheLifetime
}

/** Ascending, one for each block, at most as many as the rule allows. Whether the prefix is long enough is not looked at. */
export function breakpointsOf(call: ReplayCall, rule: CacheRule): Breakpoint[] {
  if (rule.mechanism === 'automatic') return []
  const { blocks } = call.prompt
  const own = hasOwnBreakpoint(call, rule) ? blocks.findLastIndex(({ kind }) => kind !== 'reasoning') : -1
  const breakpoints: Breakpoint[] = []
  let room = rule.maxBreakpoints - (own < 0 ? 0 : 1)
  for (let index = blocks.length - 1; index >= 0; index--) {
    const mark = blocks[index]?.mark
    if (index !== own && (mark === undefined || room-- <= 0)) continue
    breakpoints.push({ index, lifetime: lifetimeOf(rule, mark, call.settings.lifetime) })
  }
  return breakpoints.reverse()
}

/** The provider's own at the end of the prompt: always, unless switched off, or where the request asks for it. */
export function hasOwnBreakpoint({ settings }: ReplayCall, rule: CacheRule): boolean {
  return rule.implicitBreakpoint ? settings.mode !== 'explicit' : settings.mode === 'automatic'
}

/** The first of the names that the rule knows, else its default. */
export function lifetimeOf(rule: CacheRule, ...names: readonly (string | undefined)[]): CacheLifetime {
  for (const name of names) {
    const known = rule.lifetimes.find((lifetime) => lifetime.name === name)
    if (known) return known
  }
  const [standard] = rule.lifetimes
  if (!standard) throw new Error(`the cache rule for ${rule.provider} has no lifetime`)
  return standard
}
