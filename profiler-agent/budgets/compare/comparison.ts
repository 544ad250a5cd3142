// Two sets of runs side by side: totals, the difference with its parts, rows by agent, step and call site, and what speaks against comparing them.

import type { ComparedKey, ComparedRow, Comparison } from '../../model/comparison'
import { present } from '../../model/present'
import { type ComparableSide, comparabilityWarnings } from './comparability'
import { compareSets, type PlaceDelta } from './compare-sets'
import { totalsOfSet } from './sums'

export function compareSides(base: ComparableSide, head: ComparableSide): Comparison {
  const { scaledBase, delta, parts, perInvocation, significance, places, grouped } = compareSets(
    base.set,
    head.set,
  )
  return {
    base: totalsOfSet(base.set),
    head: totalsOfSet(head.set),
    ...{ scaledBase, delta, parts, perInvocation, significance },
    rows: [
      ...rowsOf('agent', grouped(agentKey)),
      ...rowsOf('step', grouped(stepKey)),
      ...rowsOf('callsite', places),
    ],
    warnings: comparabilityWarnings(base, head),
  }
}

function agentKey({ agent }: ComparedKey): ComparedKey {
  return present({ agent })
}

function stepKey({ agent, step }: ComparedKey): ComparedKey {
  return present({ agent, step })
}

/** The largest difference first, either way. */
function rowsOf(by: ComparedRow['by'], places: readonly PlaceDelta[]): ComparedRow[] {
  return places
    .map((place) => ({ by, ...place }))
    .sort(
      (left, right) => Math.abs(right.delta) - Math.abs(left.delta) || right.head.picoUsd - left.head.picoUsd,
    )
}
