// What holds for usage in every notation: what says nothing is unknown, what is cached is part of the input, no pieces are none.

import { type Units, type Usage, unknownUsage } from '../model/usage'

/**
 * Usage that says something; else unknown, with its `raw`: without either side, or nothing but zeros beside a reply, which
 * some servers send in place of none.
 */
export function usageOrUnknown(usage: Usage, hasReply: boolean): Usage {
  const saysNothing = usage.inputTokens === null && usage.outputTokens === null
  const isAllZero = !usage.inputTokens && !usage.outputTokens
  return saysNothing || (isAllZero && hasReply) ? unknownUsage(usage.raw) : usage
}

/**
 * Buckets of an input of which cached tokens are a part: reads, and `written` where the provider counts its writes there
 * too. Some vendors report more reads than input: no more are taken than there is input, so that the buckets sum to it.
 */
export function inputBuckets(
  total: number | null,
  read: number | null,
  written: number | null = null,
): { readonly uncachedInputTokens: number | null; readonly cacheReadTokens: number | null } {
  if (total === null) return { uncachedInputTokens: null, cacheReadTokens: read }
  const cacheReadTokens = read === null ? null : Math.min(read, total)
  const rest = total - (cacheReadTokens ?? 0) - (written ?? 0)
  return { uncachedInputTokens: Math.max(0, rest), cacheReadTokens }
}

/** Units without those of which there are none, or of which nothing is known. */
export function unitsOf(counts: { readonly [K in keyof Units]: number | null }): Units {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== null && count > 0))
}
