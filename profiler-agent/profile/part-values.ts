// What a call has of its own, and what the parts of its prompt and reply say that they take of it. They are estimates.

import { PART_CACHES, type PartColumns, type RunColumns, tokensOfSpan } from './columns'

/** Measures in which a call is cut up into its parts; time and what is avoidable belong to the whole call. */
export const PART_MEASURES = ['cost', 'tokens', 'uncachedTokens', 'cacheWriteTokens'] as const
export type PartMeasure = (typeof PART_MEASURES)[number]

/** NaN where it is not known. */
export function callValue(columns: RunColumns, span: number, measure: PartMeasure): number {
  switch (measure) {
    case 'cost':
      return columns.picoUsd[span] ?? Number.NaN
    case 'tokens':
      return tokensOfSpan(columns, span)
    case 'uncachedTokens':
      return known(columns.uncachedTokens[span])
    case 'cacheWriteTokens':
      return known(columns.cacheWriteTokens[span])
    default:
      return measure satisfies never
  }
}

function known(tokens: number | undefined): number {
  return tokens === undefined || tokens < 0 ? Number.NaN : tokens
}

const [WRITE, FRESH] = [PART_CACHES.indexOf('write'), PART_CACHES.indexOf('fresh')]

/** NaN where the part does not say. */
export function partValue(parts: PartColumns, part: number, measure: PartMeasure): number {
  if (measure === 'cost') return parts.picoUsd[part] ?? Number.NaN
  const tokens = parts.tokens[part] ?? 0
  if (measure === 'tokens') return tokens
  return parts.cache[part] === (measure === 'cacheWriteTokens' ? WRITE : FRESH) ? tokens : 0
}
