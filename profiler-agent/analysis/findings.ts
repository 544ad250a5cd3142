// Runs every finding rule over a run. A rule that throws costs one finding that says so; the others still run.

import type { Finding } from '../model/finding'
import type { AnalysisInput, FindingRule } from './finding-input'
import { uncachedPrefixRule } from './uncached-prefix'

export const RULES: readonly FindingRule[] = [uncachedPrefixRule]

/** All findings of a run, worst saving first. Throws nothing. */
export function findingsOf(input: AnalysisInput, rules: readonly FindingRule[] = RULES): Finding[] {
  return rules
    .flatMap((rule) => {
      try {
        return rule.find(input)
      } catch (error) {
        return [ruleFailed(rule, error, input)]
      }
    })
    .sort((left, right) => (right.saving?.picoUsd ?? 0) - (left.saving?.picoUsd ?? 0))
}

function ruleFailed(rule: FindingRule, error: unknown, input: AnalysisInput): Finding {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    id: input.hashOf(`profiler/rule-failed\n${rule.name}`).slice(0, 16),
    rule: 'profiler/rule-failed',
    severity: 'info',
    message: `The rule ${rule.name} failed on this run (${reason}); its findings are missing, everything else is complete.`,
    runId: input.runId,
    spanIds: [],
    relatedLocations: [],
    evidence: { rule: rule.name },
  }
}
