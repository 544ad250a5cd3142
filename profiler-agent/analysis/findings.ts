// Runs every finding rule over a run as it grows. A rule that throws costs one finding that says so; the others still run.

import type { Finding } from '../model/finding'
import { cacheMissRule } from './cache/cache-misses'
import {
  type AnalysedCall,
  type AnalysisContext,
  type AnalysisInput,
  type FindingRule,
  type RuleRun,
  TooLate,
} from './finding-input'

export const RULES: readonly FindingRule[] = [cacheMissRule]

/** All findings of a run, worst saving first. Throws nothing. */
export function findingsOf(input: AnalysisInput, rules: readonly FindingRule[] = RULES): Finding[] {
  const { calls, ...context } = input
  const analysis = new RunAnalysis(context, rules)
  for (const call of calls.toSorted((left, right) => left.startedAt - right.startedAt)) analysis.add(call)
  return analysis.findings()
}

interface RunningRule {
  readonly rule: FindingRule
  readonly run?: RuleRun
  failure?: unknown
}

/** The findings of one run, kept up to date call by call: each call is compared once, when it comes. */
export class RunAnalysis {
  readonly #rules: readonly RunningRule[]

  constructor(
    readonly context: AnalysisContext,
    rules: readonly FindingRule[] = RULES,
  ) {
    this.#rules = rules.map((rule) => started(rule, context))
  }

  /** Takes calls in the order in which they ended. Throws TooLate where the run has to be gone through from its beginning. */
  add(call: AnalysedCall): void {
    for (const running of this.#rules)
      try {
        if (running.failure === undefined) running.run?.add(call)
      } catch (error) {
        if (error instanceof TooLate) throw error
        running.failure = error
      }
  }

  /** Worst saving first. Throws nothing. */
  findings(): Finding[] {
    return this.#rules
      .flatMap((running) => findingsOfRule(running, this.context))
      .sort((left, right) => (right.saving?.picoUsd ?? 0) - (left.saving?.picoUsd ?? 0))
  }
}

function started(rule: FindingRule, context: AnalysisContext): RunningRule {
  try {
    return { rule, run: rule.start(context) }
  } catch (failure) {
    return { rule, failure }
  }
}

function findingsOfRule({ rule, run, failure }: RunningRule, context: AnalysisContext): Finding[] {
  if (failure !== undefined) return [ruleFailed(rule, failure, context)]
  try {
    return run?.findings() ?? []
  } catch (error) {
    return [ruleFailed(rule, error, context)]
  }
}

/** What is said where a rule threw: the others run all the same. */
export function ruleFailed(
  rule: Pick<FindingRule, 'name'>,
  error: unknown,
  context: Pick<AnalysisContext, 'runId' | 'hashOf'>,
): Finding {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    id: context.hashOf(`profiler/rule-failed\n${rule.name}`).slice(0, 16),
    rule: 'profiler/rule-failed',
    severity: 'info',
    message: `The rule ${rule.name} failed on this run (${reason}); its findings are missing, everything else is complete.`,
    runId: context.runId,
    spanIds: [],
    relatedLocations: [],
    evidence: { rule: rule.name },
  }
}
