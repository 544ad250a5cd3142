// What one invocation uses more tokens than in a baseline, on average: by more calls, or by longer ones.

import type { MeanUse, NumericLimit } from '../../model/budget'
import type { ComparedSet, TokensDelta } from '../../model/comparison'
import { inputOf } from './compared-calls'

type TokenLimit = 'inputTokens' | 'outputTokens' | 'totalTokens'

interface MeanTokens {
  readonly calls: number
  readonly tokens: number
}

function isTokenLimit(limit: NumericLimit): limit is TokenLimit {
  return limit === 'inputTokens' || limit === 'outputTokens' || limit === 'totalTokens'
}

/** `undefined` for a limit on anything else, and where one side is not known. */
export function tokensDelta(
  limit: NumericLimit,
  head: ComparedSet,
  base: ComparedSet | Readonly<Record<string, MeanUse>> | undefined,
): TokensDelta | undefined {
  if (!isTokenLimit(limit) || base === undefined || head.units.length === 0) return undefined
  const before = isSet(base) ? meanOfSet(limit, base) : meanOfUse(limit, base)
  const after = meanOfSet(limit, head)
  if (before.calls === 0) return undefined
  const delta = Math.round(after.tokens) - Math.round(before.tokens)
  const calls = Math.round((after.calls - before.calls) * (before.tokens / before.calls))
  return {
    base: Math.round(before.tokens),
    head: Math.round(after.tokens),
    delta,
    calls,
    tokensPerCall: delta - calls,
  }
}

function isSet(base: ComparedSet | Readonly<Record<string, MeanUse>>): base is ComparedSet {
  return Array.isArray(base.units)
}

function meanOfSet(limit: TokenLimit, { units }: ComparedSet): MeanTokens {
  const calls = units.flatMap((unit) => unit.calls)
  const n = Math.max(1, units.length)
  const tokens = calls.reduce((sum, call) => sum + picked(limit, inputOf(call.tokens), call.tokens.output), 0)
  return { calls: calls.length / n, tokens: tokens / n }
}

function meanOfUse(limit: TokenLimit, use: Readonly<Record<string, MeanUse>>): MeanTokens {
  return Object.values(use).reduce<MeanTokens>(
    (sum, { calls, uncachedInput, cacheRead, cacheWrite, output }) => ({
      calls: sum.calls + calls,
      tokens: sum.tokens + picked(limit, uncachedInput + cacheRead + cacheWrite, output),
    }),
    { calls: 0, tokens: 0 },
  )
}

function picked(limit: TokenLimit, input: number, output: number): number {
  return (limit === 'outputTokens' ? 0 : input) + (limit === 'inputTokens' ? 0 : output)
}
