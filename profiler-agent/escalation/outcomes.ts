// What became of escalations, as a log line, a finding and the evidence of the violation's own finding tell it.

import { budgetRule } from '../model/budget'
import { ESCALATION_RULE } from '../model/escalation'
import type { Finding } from '../model/finding'
import { isObject } from '../wire/json'
import { type Claim, scopeKey } from './claims'

/** An escalation that reached nobody, as far as is known. */
export interface Trouble {
  readonly claim: Claim
  readonly why: string
}

/** `undefined` where it went well, or still goes on. */
export function failureOf({ result, pid }: Claim): string | undefined {
  if (result) return result.ok ? undefined : result.error
  return isAlive(pid) ? undefined : 'the profiler ended while it was told, so nobody knows whether it arrived'
}

/** `support-lead was told: exit code 0`. */
export function outcomeText(claim: Claim): string {
  const { escalation, result } = claim
  if (!result?.ok) return `${escalation} was not reached: ${failureOf(claim)}`
  return `${escalation} was told: ${'status' in result ? `HTTP ${result.status}` : `exit code ${result.exitCode}`}`
}

/** One for each limit, escalation and reason; the evidence counts the violations that met with it, and shows the latest. */
export function troubleFindings(troubles: readonly Trouble[], hashOf: (text: string) => string): Finding[] {
  const alike = Map.groupBy(troubles, ({ claim: { escalation, scope, limit }, why }) =>
    [ESCALATION_RULE, escalation, limit, scopeKey(scope), why].join('\n'),
  )
  return [...alike].flatMap(([key, group]) => {
    const latest = group.at(-1)
    return latest ? [troubleFinding(latest, group.length, hashOf(key).slice(0, 16))] : []
  })
}

function troubleFinding({ claim, why }: Trouble, violations: number, id: string): Finding {
  const { runId, escalation, scope, limit, instance, file, line, at, result } = claim
  const violated = budgetRule(limit)
  return {
    id,
    rule: ESCALATION_RULE,
    severity: 'error',
    message: `${violated} was exceeded and ${escalation} was not reached: ${why}.`,
    runId,
    spanIds: scope.kind === 'run' || scope.kind === 'day' ? [] : [instance],
    location: { file, line, column: 1 },
    relatedLocations: [],
    evidence: { escalation, violated, violations, scope, instance, at: timeOf(at), ...result },
  }
}

/** Findings of violations, each with the escalations of its limit and scope in the evidence. */
export function withEscalations(findings: readonly Finding[], claims: readonly Claim[]): Finding[] {
  return findings.map((finding) => {
    const { rule, evidence } = finding
    const { scope } = evidence
    const told = claims.filter(
      (claim) =>
        rule === budgetRule(claim.limit) && isObject(scope) && scopeKey(scope) === scopeKey(claim.scope),
    )
    if (told.length === 0) return finding
    const escalations = told.map(({ escalation, instance, at, result }) => ({
      ...{ escalation, instance, at: timeOf(at) },
      ...result,
    }))
    return { ...finding, evidence: { ...evidence, escalations } }
  })
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It lives and is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
