// The billing buckets of a usage as lines for people: tokens, unit price, cost. Buckets the provider says nothing of are left out.

import { formatUsd } from '../../profiler-agent/model/money'
import { formatCount } from '../../profiler-agent/model/quantity'
import type { Cost, CostByBucket } from '../../profiler-agent/model/span'
import {
  CACHE_TTLS,
  type CacheTtl,
  cacheWriteTotal,
  type UnitKind,
  type Usage,
} from '../../profiler-agent/model/usage'
import { t } from '../words'

export interface BucketLine {
  readonly label: string
  readonly tokens: string
  /** Per million tokens, or per piece; empty when the call has no price. */
  readonly price: string
  readonly cost: string
  /** Of sums over many calls; pico-dollars. */
  readonly picoUsd?: number
}

const UNIT_WORDS: Readonly<Record<UnitKind, string>> = {
  webSearch: t('Web searches'),
  webSearchPreview: t('Web searches (preview)'),
  webFetch: t('Web fetches'),
  searchUnits: t('Search units'),
  grounding: t('Grounded requests'),
  mapsGrounding: t('Requests with maps'),
  fileSearch: t('File searches'),
  codeExecution: t('Code executions'),
  cacheStorage: t('Stored caches'),
}

/** Tokens and costs over many calls, whose unit prices may differ. */
export function summedLines(usage: Usage, byBucket: CostByBucket | null): readonly BucketLine[] {
  const written = cacheWriteTotal(usage)
  const units = Object.values(usage.units).reduce((sum, count) => sum + count, 0)
  const lines = [
    sumLine(t('Input'), usage.uncachedInputTokens, byBucket?.uncachedInput),
    sumLine(t('Cache read'), usage.cacheReadTokens, byBucket?.cacheRead),
    sumLine(t('Cache write'), written, byBucket?.cacheWrite),
    sumLine(t('Output'), usage.outputTokens, byBucket?.output),
    units === 0 ? undefined : sumLine(t('Units'), units, byBucket?.units),
  ]
  return lines.filter((bucket) => bucket !== undefined)
}

function sumLine(label: string, tokens: number | null, picoUsd: number | undefined): BucketLine | undefined {
  if (tokens === null) return undefined
  const cost = picoUsd === undefined ? '' : formatUsd(picoUsd)
  return {
    label,
    tokens: formatCount(tokens),
    price: '',
    cost,
    ...(picoUsd === undefined ? {} : { picoUsd }),
  }
}

/** One line per known bucket, in the order in which a prompt is billed. Without a cost the price columns are empty. */
export function bucketLines(usage: Usage, cost: Cost | null = null): readonly BucketLine[] {
  const lines = [
    line(t('Input'), usage.uncachedInputTokens, cost?.prices.uncachedInput, cost?.byBucket.uncachedInput),
    line(t('Cache read'), usage.cacheReadTokens, cost?.prices.cacheRead, cost?.byBucket.cacheRead),
    ...CACHE_TTLS.map((ttl) =>
      line(writeLabel(ttl), usage.cacheWriteTokens[ttl], cost?.prices.cacheWrite[ttl]),
    ),
    line(t('Output'), usage.outputTokens, cost?.prices.output, cost?.byBucket.output),
    ...unitLines(usage, cost),
  ]
  return lines.filter((bucket) => bucket !== undefined)
}

function writeLabel(ttl: CacheTtl): string {
  return ttl === 'unknown' ? t('Cache write') : t('Cache write {0}', ttl)
}

function line(
  label: string,
  tokens: number | null,
  picoPerToken: number | undefined,
  /** What the bucket cost; audio and images in it may cost more than the plain price. */
  picoUsd?: number,
): BucketLine | undefined {
  if (tokens === null) return undefined
  return {
    label,
    tokens: formatCount(tokens),
    price: picoPerToken === undefined ? '' : `${perMillion(picoPerToken)} / M`,
    cost: picoPerToken === undefined ? '' : formatUsd(picoUsd ?? tokens * picoPerToken),
  }
}

/** Pico-dollars per token are micro-dollars per million tokens. */
function perMillion(picoPerToken: number): string {
  return `$${Number((picoPerToken / 1e6).toFixed(4))}`
}

function unitLines(usage: Usage, cost: Cost | null): BucketLine[] {
  return (Object.entries(usage.units) as [UnitKind, number][]).map(([kind, count]) => {
    const price = cost?.prices.units[kind]
    return {
      label: UNIT_WORDS[kind] ?? kind,
      tokens: formatCount(count),
      price: price === undefined ? '' : t('{0} each', formatUsd(price)),
      cost: price === undefined ? '' : formatUsd(count * price),
    }
  })
}
