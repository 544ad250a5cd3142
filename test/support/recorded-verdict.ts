// Holds what we say of a recorded exchange against what its provider said.

import type { ModelCall } from '../../profiler-agent/model/span'
import type { RecordedRow } from './recorded-corpus'
import { costBothSourcesSay } from './recorded-costs'
import { expectedOf } from './recorded-expectation'
import type { Buckets } from './recorded-usage'

export type Verdict =
  /** Every bucket equals the provider's. */
  | { readonly kind: 'exact' }
  /** The provider bills nothing, and neither do we. */
  | { readonly kind: 'unbilled'; readonly reason: string }
  /** The provider did not say; we call it unknown. */
  | { readonly kind: 'withoutUsage' }
  /** A format that is shown as `other`. */
  | { readonly kind: 'notRead' }
  | { readonly kind: 'inexact'; readonly reason: string }

export function verdictOf(
  row: RecordedRow,
  earlier: readonly RecordedRow[],
  calls: readonly ModelCall[],
): Verdict {
  const expected = expectedOf(row, earlier)
  if (expected === 'unread') return { kind: 'notRead' }
  const billed = calls.filter((call) => call.billed)
  if (typeof expected === 'object' && 'unbilled' in expected)
    return billed.length === 0
      ? { kind: 'unbilled', reason: expected.unbilled }
      : inexact(`nothing (${expected.unbilled})`, textOf(billed))
  if (expected === 'unsaid')
    return billed.length > 0 && billed.every(isUnknown)
      ? { kind: 'withoutUsage' }
      : inexact('billed, usage not said', textOf(billed))
  const [said, wanted] = [totalOf(billed.map(bucketsOf)), totalOf(expected)]
  const isExact = said === wanted && billed.length === expected.length
  return isExact ? { kind: 'exact' } : inexact(wanted, billed.length > 0 ? said : 'nothing billed')
}

function inexact(wanted: string, said: string): Verdict {
  return { kind: 'inexact', reason: `${said} instead of ${wanted}` }
}

function isUnknown({ usage, cost }: ModelCall): boolean {
  return (
    usage.origin === 'unknown' && usage.inputTokens === null && usage.outputTokens === null && cost === null
  )
}

function bucketsOf({ usage }: ModelCall): Buckets {
  const lives = Object.entries(usage.cacheWriteTokens)
  return {
    uncached: usage.uncachedInputTokens,
    read: usage.cacheReadTokens,
    written: sumOf(lives.map(([, tokens]) => tokens)),
    writtenByTtl: Object.fromEntries(lives.flatMap(([ttl, tokens]) => (tokens ? [[ttl, tokens]] : []))),
    output: usage.outputTokens,
    units: usage.units,
  }
}

export type CostVerdict =
  | { readonly kind: 'exact' }
  /** Nothing is billed, or no two sources agree on what it costs. */
  | { readonly kind: 'notCompared' }
  | { readonly kind: 'inexact'; readonly reason: string }

export function costVerdictOf(
  row: RecordedRow,
  earlier: readonly RecordedRow[],
  calls: readonly ModelCall[],
): CostVerdict {
  const expected = expectedOf(row, earlier)
  if (typeof expected === 'string' || 'unbilled' in expected) return { kind: 'notCompared' }
  const billed = calls.filter((call) => call.billed)
  const pricedAt = billed.find(({ cost }) => cost !== null)?.cost?.pricedAt ?? new Date().toISOString()
  const wanted = costBothSourcesSay(row, expected, pricedAt)
  if (wanted === undefined) return { kind: 'notCompared' }
  const said = sumOf(billed.map(({ cost }) => cost?.picoUsd ?? null))
  if (said === wanted) return { kind: 'exact' }
  const reasons = billed.flatMap(({ unpricedReason }) => unpricedReason ?? [])
  return { kind: 'inexact', reason: `${said} instead of ${wanted} pico-dollars ${reasons.join('; ')}`.trim() }
}

/** All inferences of an exchange as one text, so that a difference reads well. */
function totalOf(parts: readonly Buckets[]): string {
  const lives = parts.flatMap(({ writtenByTtl }) => Object.entries(writtenByTtl))
  const written = Map.groupBy(lives, ([ttl]) => ttl)
  const ttls = [...written].sort().map(([ttl, of]) => `${ttl}:${sumOf(of.map(([, tokens]) => tokens))}`)
  return [
    `${parts.length}×`,
    `in ${sumOf(parts.map((part) => part.uncached))}`,
    `read ${sumOf(parts.map((part) => part.read))}`,
    `written ${sumOf(parts.map((part) => part.written))}${ttls.length > 0 ? ` (${ttls.join(' ')})` : ''}`,
    `out ${sumOf(parts.map((part) => part.output))}`,
  ].join(' ')
}

function textOf(calls: readonly ModelCall[]): string {
  return calls.length === 0 ? 'nothing billed' : totalOf(calls.map(bucketsOf))
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}
