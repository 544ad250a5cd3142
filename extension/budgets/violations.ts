// Findings of violated limits in the current run, and the limit of the budget file that each is about.

import type { Finding } from '../../profiler-agent/model/finding'
import type { Session } from '../profiler/session'
import { fileUri, type PlacedLimit } from './budget-file'
import type { BudgetText } from './measured-limits'

const RULES = 'budget/'

/** The violations of the current run. */
export function violationsOf({ detail }: Session): readonly Finding[] {
  return detail?.findings.filter(({ rule }) => rule.startsWith(RULES)) ?? []
}

/** Whether a violation is one of this limit: of the same name, and it points to where the limit stands. */
export function isOf(
  { rule, relatedLocations }: Finding,
  { name, limit }: Pick<PlacedLimit, 'name' | 'limit'>,
  { uri }: Pick<BudgetText, 'uri'>,
  root: string | undefined,
): boolean {
  return (
    rule === `${RULES}${name}` &&
    relatedLocations.some(
      ({ file, line }) => line === limit.position.line && fileUri(file, root).toString() === uri.toString(),
    )
  )
}

/** What was reached, in the unit of the limit; `undefined` where the finding does not say it. */
export function reachedValue({ evidence }: Finding): number | undefined {
  return typeof evidence.value === 'number' ? evidence.value : undefined
}

/** How many times the limit was reached; 1 where the finding does not say it. */
export function excessOf(finding: Finding): number {
  const { allowed } = finding.evidence
  const value = reachedValue(finding)
  return value === undefined || typeof allowed !== 'number' || allowed === 0 ? 1 : value / allowed
}
