// Findings of violated limits in the current run, and the limit of the budget file that each is about.

import type { Finding } from '../../profiler-agent/model/finding'
import { limitKey } from '../limit-values'
import { uriOf } from '../locations'
import type { Session } from '../profiler/session'
import type { PlacedLimit } from './budget-file'
import type { BudgetText } from './measured-limits'

const RULES = 'budget/'

/** The violations of the current run. */
export function violationsOf({ detail }: Session): readonly Finding[] {
  return detail?.findings.filter(({ rule }) => rule.startsWith(RULES)) ?? []
}

/** Whether a finding is about this limit: the same scope, in the same file. Lines tell nothing, because the file may have been edited since. */
export function isOf(
  { rule, evidence, relatedLocations }: Finding,
  { key, name }: Pick<PlacedLimit, 'key' | 'name'>,
  { uri }: Pick<BudgetText, 'uri'>,
  root: string | undefined,
): boolean {
  const { scope } = evidence
  return (
    rule === `${RULES}${name}` &&
    typeof scope === 'object' &&
    scope !== null &&
    limitKey(scope, name) === key &&
    relatedLocations.some(({ file }) => uriOf(file, root)?.toString() === uri.toString())
  )
}

/** Whether a limit is exceeded; it may also be not known, which is worth a finding, and no alarm. */
export function isOver({ severity }: Pick<Finding, 'severity'>): boolean {
  return severity === 'warning' || severity === 'error'
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
