// Limits that are sound each for itself and make no sense together.

import { type Budget, CEILINGS, type Limit, type NumericLimit } from '../../model/budget'
import { limitValueText } from '../../model/limit-text'
import type { Problem } from '../../wire/jsonc'
import { isDerived } from './derived-limit'
import { scopeName } from './scope-path'

/** The first is a part of the second, so a larger limit for it can never be reached. */
const PARTS: readonly (readonly [part: NumericLimit, whole: NumericLimit])[] = [
  ['inputTokens', 'totalTokens'],
  ['outputTokens', 'totalTokens'],
  ['inputTokensPerCall', 'inputTokens'],
  ['inputTokensPerCall', 'totalTokens'],
  ['outputTokensPerCall', 'outputTokens'],
  ['outputTokensPerCall', 'totalTokens'],
  ['retrievalTokens', 'inputTokens'],
  ['retrievalTokens', 'totalTokens'],
  ['toolResultTokens', 'inputTokens'],
  ['toolResultTokens', 'totalTokens'],
  ['contextGrowthPerStep', 'inputTokensPerCall'],
  ['costUsd', 'costUsdPerRun'],
  ['costUsd', 'costUsdPerDay'],
  ['costUsdPerRun', 'costUsdPerDay'],
]

/** A warning, at its place, for each limit that another one makes pointless; it counts all the same. Derived limits are what was measured, and right. */
export function contradictions(budgets: readonly Budget[]): Problem[] {
  const warning = { severity: 'warning' as const }
  return budgets.flatMap((budget) => {
    const around = budgets.filter((outer) => encloses(outer, budget))
    return [...CEILINGS, 'costUsdPerRun' as const]
      .flatMap((name) => {
        const limit = budget.limits[name]
        if (!limit || isDerived(budget, name)) return []
        const tighter = tighterPart(name, limit, [budget, ...around]) ?? tighterAround(name, limit, around)
        return tighter ? [problemAt(budget, name, limit, tighter)] : []
      })
      .concat(modelsLeft(budget, around))
      .map((problem) => ({ ...problem, ...warning }))
  })
}

interface Tighter {
  readonly of: Budget
  readonly name: NumericLimit
  readonly value: number
}

function tighterPart(name: NumericLimit, limit: Limit, budgets: readonly Budget[]): Tighter | undefined {
  return PARTS.filter(([part]) => part === name)
    .flatMap(([, whole]) => budgets.map((of) => ({ of, name: whole, value: of.limits[whole]?.value })))
    .find(isBelow(limit))
}

function tighterAround(name: NumericLimit, limit: Limit, around: readonly Budget[]): Tighter | undefined {
  return around.map((of) => ({ of, name, value: of.limits[name]?.value })).find(isBelow(limit))
}

function isBelow({ value: limit }: Limit) {
  return (other: Omit<Tighter, 'value'> & { readonly value: number | undefined }): other is Tighter =>
    other.value !== undefined && other.value < limit
}

function problemAt(
  budget: Budget,
  name: NumericLimit,
  { value, position }: Limit,
  tighter: Tighter,
): Problem {
  const where = tighter.of === budget ? '' : ` of ${scopeName(tighter.of.scope)}`
  return {
    line: position.line,
    column: position.column,
    message: `${name} ${limitValueText(name, value)} can never be reached: ${tighter.name}${where} is ${limitValueText(tighter.name, tighter.value)}`,
  }
}

function modelsLeft(budget: Budget, around: readonly Budget[]): Problem[] {
  const { models } = budget
  if (!models) return []
  const { line, column } = models.position
  if (models.values.length === 0)
    return [{ line, column, message: 'models names no model, so none may be called' }]
  const outer = around.find(
    ({ models: others }) => others && !others.values.some((it) => models.values.includes(it)),
  )
  if (!outer) return []
  return [
    {
      line,
      column,
      message: `models has none in common with models of ${scopeName(outer.scope)}, so none may be called`,
    },
  ]
}

/** Whether everything that counts for the inner one counts for the outer one too. */
function encloses({ scope: outer }: Budget, { scope: inner }: Budget): boolean {
  if (outer.kind === 'day') return inner.kind !== 'day'
  if (outer.kind === 'run') return inner.kind !== 'day' && inner.kind !== 'run'
  if (inner.kind !== 'agent' && inner.kind !== 'step') return false
  if (outer.kind === 'workflow') return outer.rootAgent === inner.agent
  if (outer.kind === 'step') {
    return inner.kind === 'step' && inner.intent !== undefined && outer.intent === undefined
      ? outer.agent === inner.agent && outer.step === inner.step
      : false
  }
  if (outer.kind !== 'agent' || outer.agent !== inner.agent) return false
  if (outer.intent === undefined) return inner.kind === 'step' || inner.intent !== undefined
  return inner.kind === 'step' && inner.intent === outer.intent
}
