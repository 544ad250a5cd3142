// The comment above derived limits: what they rest on, in one line.

import type { BudgetScope, NumericLimit } from '../../model/budget'
import { limitValueText } from '../../model/limit-text'
import { formatPlural } from '../../model/quantity'
import type { DerivedBudget } from './derive'

/** Below this p99 is the largest that was seen. */
const MANY = 100

/** The one that a limit is known by, where several are derived. */
const MAIN: readonly NumericLimit[] = ['totalTokens', 'inputTokens', 'costUsd', 'agents']
const UNITS: Readonly<Partial<Record<NumericLimit, string>>> = {
  totalTokens: ' tokens',
  inputTokens: ' input tokens',
  agents: ' agents',
}

/** `// p95 4,100 and p99 5,000 tokens over 212 invocations, +20 %`; `undefined` where no limit is derived. */
export function evidenceComment(
  { scope, baseline }: DerivedBudget,
  derived: readonly NumericLimit[],
): string | undefined {
  const name = MAIN.find((each) => derived.includes(each))
  const percentiles = name && baseline.values[name]
  if (!percentiles) return undefined
  const { p95, p99 } = percentiles
  const n = baseline.invocations
  const few = n < MANY ? `; few, so p99 is the largest` : ''
  const headroom = Number((baseline.headroom * 100).toFixed(2))
  return `// p95 ${limitValueText(name, p95)} and p99 ${limitValueText(name, p99)}${UNITS[name] ?? ''} over ${invocationsIn(scope, n)}, +${headroom} %${few}`
}

const EVIDENCE =
  /^\/\/ p95 \S+ and p99 \S+( [a-z ]+)? over [\d,]+ (invocation|step)s?, \+[\d.]+ %(; few, so p99 is the largest)?$/

/** Whether a comment is one that stands above derived limits, and nothing was added to it: people's own words are left alone. */
export function isEvidence(comment: string): boolean {
  return EVIDENCE.test(comment)
}

/** `212 invocations`, of a step `212 steps`. */
export function invocationsIn(scope: BudgetScope, n: number): string {
  return formatPlural(n, scope.kind === 'step' ? 'step' : 'invocation')
}
