// `costflame.diff/1`: what changed between two sets of runs, for programs.

import type { ComparedRow, Comparison, SideSums, SideTotals } from '../model/comparison'
import type { PicoUsd } from '../model/money'
import { type MoneyJson, meanJson, moneyJson, partsJson, significanceJson } from './delta-json'

export const DIFF_SCHEMA = 'costflame.diff/1'

export interface DiffReport {
  readonly comparison: Comparison
  /** As the user named them. */
  readonly baseName: string
  readonly headName: string
  /** Ids, newest first. */
  readonly baseRuns: readonly string[]
  readonly headRuns: readonly string[]
}

/**
 * `delta` is what the head cost more than the base would have with as many invocations (`base.scaledCost`); with equal numbers
 * that is the difference of the costs. Rows of one `by` add up to the whole, in every part.
 */
export function diffJson({ comparison, baseName, headName, baseRuns, headRuns }: DiffReport): object {
  const { base, head, scaledBase, significance, rows, warnings } = comparison
  return {
    schema: DIFF_SCHEMA,
    base: { name: baseName, runs: baseRuns, ...sideJson(base), scaledCost: scaledJson(base, scaledBase) },
    head: { name: headName, runs: headRuns, ...sideJson(head) },
    ...deltaJson(comparison),
    significance: significanceJson(significance),
    rows: rows.map(rowJson),
    warnings,
  }
}

/** False where calls were billed and none of them has a price: then their cost is unknown, and every difference from it. */
export function isCostKnown({ calls, unpricedCalls }: Pick<SideSums, 'calls' | 'unpricedCalls'>): boolean {
  return calls === 0 || unpricedCalls < calls
}

function sideJson({ picoUsd, atLeast = false, ...counts }: SideSums & Partial<SideTotals>): object {
  const isLowerBound = atLeast || counts.unpricedCalls > 0
  const cost = { ...moneyJson(picoUsd), ...(isLowerBound ? { atLeast: true } : {}) }
  return { ...counts, cost: isCostKnown(counts) ? cost : null }
}

function scaledJson(base: SideSums, scaledBase: PicoUsd): MoneyJson | null {
  return isCostKnown(base) ? moneyJson(scaledBase) : null
}

function deltaJson({
  base,
  head,
  delta,
  parts,
  perInvocation,
}: Omit<ComparedRow, 'by' | 'key'> | Comparison): object {
  if (!isCostKnown(base) || !isCostKnown(head)) return { delta: null, parts: null, perInvocation: null }
  return { delta: moneyJson(delta), parts: partsJson(parts), perInvocation: meanJson(perInvocation) }
}

function rowJson({ by, key, ...row }: ComparedRow): object {
  const { base, head, scaledBase, significance } = row
  return {
    ...{ by, key },
    base: { ...sideJson(base), scaledCost: scaledJson(base, scaledBase) },
    head: sideJson(head),
    ...deltaJson(row),
    significance: significanceJson(significance),
  }
}
