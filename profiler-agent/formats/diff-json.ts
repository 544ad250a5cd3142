// `costflame.diff/1`: what changed between two sets of runs, for programs.

import type { ComparedRow, Comparison, SideTotals } from '../model/comparison'
import { meanJson, moneyJson, partsJson, significanceJson } from './delta-json'

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
  const { base, head, scaledBase, delta, parts, perInvocation, significance, rows, warnings } = comparison
  return {
    schema: DIFF_SCHEMA,
    base: { name: baseName, runs: baseRuns, ...sideJson(base), scaledCost: moneyJson(scaledBase) },
    head: { name: headName, runs: headRuns, ...sideJson(head) },
    delta: moneyJson(delta),
    parts: partsJson(parts),
    perInvocation: meanJson(perInvocation),
    significance: significanceJson(significance),
    rows: rows.map(rowJson),
    warnings,
  }
}

function sideJson({ picoUsd, atLeast, ...counts }: SideTotals): object {
  return { ...counts, cost: { ...moneyJson(picoUsd), ...(atLeast ? { atLeast } : {}) } }
}

function rowJson({
  by,
  key,
  base,
  head,
  scaledBase,
  delta,
  parts,
  perInvocation,
  significance,
}: ComparedRow): object {
  const side = ({ picoUsd, ...counts }: ComparedRow['base']) => ({ ...counts, cost: moneyJson(picoUsd) })
  return {
    ...{ by, key },
    base: { ...side(base), scaledCost: moneyJson(scaledBase) },
    head: side(head),
    delta: moneyJson(delta),
    parts: partsJson(parts),
    perInvocation: meanJson(perInvocation),
    significance: significanceJson(significance),
  }
}
