// `costflame.diff/1`: what changed between two sets of runs, for programs.

import type { ComparedRow, Comparison, SideTotals } from '../model/comparison'
import { moneyJson, partsJson, significanceJson } from './delta-json'

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

export function diffJson({ comparison, baseName, headName, baseRuns, headRuns }: DiffReport): object {
  const { base, head, delta, parts, significance, rows, warnings } = comparison
  return {
    schema: DIFF_SCHEMA,
    base: { name: baseName, runs: baseRuns, ...sideJson(base) },
    head: { name: headName, runs: headRuns, ...sideJson(head) },
    delta: { ...moneyJson(delta), perInvocation: moneyJson(perInvocation(head) - perInvocation(base)) },
    parts: partsJson(parts),
    significance: significanceJson(significance),
    rows: rows.map(rowJson),
    warnings,
  }
}

/** Rounded to whole pico-dollars. */
export function perInvocation({ picoUsd, invocations }: Pick<SideTotals, 'picoUsd' | 'invocations'>): number {
  return invocations === 0 ? 0 : Math.round(picoUsd / invocations)
}

function sideJson(side: SideTotals): object {
  const { invocations, calls, unpricedCalls, inputTokens, outputTokens, picoUsd, atLeast } = side
  return {
    ...{ invocations, calls, unpricedCalls, inputTokens, outputTokens },
    cost: { ...moneyJson(picoUsd), ...(atLeast ? { atLeast } : {}) },
    perInvocation: moneyJson(perInvocation(side)),
  }
}

function rowJson({ by, key, base, head, delta, parts, significance }: ComparedRow): object {
  const side = ({ picoUsd, ...counts }: ComparedRow['base']) => ({ ...counts, cost: moneyJson(picoUsd) })
  return {
    by,
    key,
    base: side(base),
    head: side(head),
    delta: moneyJson(delta),
    parts: partsJson(parts),
    significance: significanceJson(significance),
  }
}
