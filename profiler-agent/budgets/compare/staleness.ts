// Whether limits were made for another version of the agent, or at other prices, than what was measured.

import type { Budget, Measured } from '../../model/budget'
import { formatPlural } from '../../model/quantity'
import { declaredVersion } from '../measure/versions'
import { nounOf } from './why'

/** Sentences; none where the limits fit. */
export function staleSentences(
  budget: Budget,
  measured: readonly Measured[],
  havePricesChanged: boolean,
): string[] {
  const since = budget.baseline?.measuredAt
  return [
    ...versionSentences(budget, measured),
    ...(havePricesChanged ? [`unit prices have changed since the baseline of ${since}`] : []),
  ]
}

/** By the newest that says its version (a commit is none): those of before the limits are no news. */
function versionSentences({ agentVersion, scope }: Budget, measured: readonly Measured[]): string[] {
  if (agentVersion === undefined) return []
  const declared = measured
    .toSorted((left, right) => left.startedAt - right.startedAt)
    .flatMap((each) => declaredVersion(each) ?? [])
  const others = declared.filter((version) => version !== agentVersion)
  if (others.length === 0 || declared.at(-1) === agentVersion) return []
  const versions = [...new Set(others)].join(', ')
  return [
    `made for version ${agentVersion}; ${others.length} of ${formatPlural(measured.length, nounOf(scope.kind))} ${others.length === 1 ? 'is' : 'are'} of ${versions}`,
  ]
}

export const DERIVE_AGAIN = 'derive them again with: costflame budgets export'
