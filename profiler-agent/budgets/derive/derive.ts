// Limits and their baselines out of measured invocations. What a file says already is for `merge.ts`.

import type { Baseline, Budget, BudgetScope, GateRule, Measured, NumericLimit } from '../../model/budget'
import { formatPlural } from '../../model/quantity'
import { type ListedCall, listPrices, pricesText } from '../compare/list-prices'
import { DERIVED_LIMITS, derivedLimit } from '../file/derived-limit'
import { scopeName } from '../file/scope-path'
import { appliesTo, scopeKey } from '../measure/budgets-for'
import { declaredVersion, newestVersions } from '../measure/versions'
import { baselineOf, knownValues } from './baseline'
import { invocationsIn } from './evidence'
import { scopesOf } from './scopes'

export interface DeriveInput {
  /** Of all kinds. Those that a limit stopped are left out: limits would only ever become lower. */
  readonly measured: readonly Measured[]
  /** What the file has already: its measured objects are measured again, whatever they are about. */
  readonly budgets: readonly Budget[]
  readonly gate: GateRule
  /** 0.2 is 20 %; where it is not said each baseline keeps its own, and new ones have that of the others. */
  readonly headroom?: number
  /** What a call was priced with. */
  readonly priceOf: (runId: string, spanId: string) => ListedCall | undefined
  readonly hashOf: (text: string) => string
}

/** What was measured in one scope, and the limits that it yields. */
export interface DerivedBudget {
  readonly scope: BudgetScope
  readonly limits: Readonly<Partial<Record<NumericLimit, number>>>
  readonly baseline: Baseline
}

export interface Derivation {
  readonly budgets: readonly DerivedBudget[]
  /** Version that each agent was measured in, where somebody gave it one. */
  readonly versions: ReadonlyMap<string, string>
  /** What whoever relies on the limits should know, one sentence each. */
  readonly notes: readonly string[]
}

/** Only the version of an agent that ran last counts: limits are for what is in the repository now. */
export function deriveBudgets(input: DeriveInput): Derivation {
  const whole = input.measured.filter(({ isStopped }) => !isStopped)
  const newest = newestVersions(whole)
  const measured = whole.filter((each) => isNewest(each, newest))
  const scopes = withMeasuredOnes(scopesOf(measured), input.budgets)
  const known = new Set(input.budgets.map(({ scope }) => scopeKey(scope)))
  const groups = scopes
    .map((scope) => ({ scope, own: measured.filter((each) => appliesTo({ scope }, each)) }))
    .filter(({ own }) => own.length > 0)
  return {
    // An agent that only calls others uses nothing itself.
    budgets: groups
      .map(({ scope, own }) => derivedBudget(scope, own, input))
      .filter(({ scope, limits }) => Object.keys(limits).length > 0 || known.has(scopeKey(scope))),
    versions: new Map(
      [...newest].flatMap(([agent, version]) => (version === undefined ? [] : [[agent, version]])),
    ),
    notes: [
      ...goingOn(measured),
      ...stopped(input.measured),
      ...olderVersions(whole, newest),
      ...groups.flatMap(({ scope, own }) => [
        ...unknownValues(scope, own),
        ...tooFew(scope, own, input.gate.minInvocations),
      ]),
      ...neverRan(input.budgets, whole),
    ],
  }
}

function isNewest(each: Measured, newest: ReadonlyMap<string, string | undefined>): boolean {
  return (
    each.agent === undefined || !newest.has(each.agent) || newest.get(each.agent) === declaredVersion(each)
  )
}

/** Objects of the file that were measured once are measured again, and workflows go by the name that the file gives them. */
function withMeasuredOnes(scopes: readonly BudgetScope[], budgets: readonly Budget[]): BudgetScope[] {
  const known = budgets.map(({ scope }) => scope)
  const named = (rootAgent: string) =>
    known.some((scope) => scope.kind === 'workflow' && scope.rootAgent === rootAgent)
  const others = scopes.filter((scope) => scope.kind !== 'workflow' || !named(scope.rootAgent))
  const keys = new Set(others.map(scopeKey))
  const again = budgets
    .filter(({ scope, baseline }) => !keys.has(scopeKey(scope)) && isMeasuredAgain(scope, baseline, scopes))
    .map(({ scope }) => scope)
  return [...others, ...again]
}

function isMeasuredAgain(
  scope: BudgetScope,
  baseline: Baseline | undefined,
  scopes: readonly BudgetScope[],
): boolean {
  if (scope.kind === 'run' || scope.kind === 'day') return false
  const isRoot = (other: BudgetScope) =>
    other.kind === 'workflow' && scope.kind === 'workflow' && other.rootAgent === scope.rootAgent
  return baseline !== undefined || scopes.some(isRoot)
}

function derivedBudget(scope: BudgetScope, own: readonly Measured[], input: DeriveInput): DerivedBudget {
  const headroom = input.headroom ?? headroomIn(input.budgets, scope)
  const baseline = withPrices(baselineOf(scope.kind, own, headroom), own, input)
  const limits = DERIVED_LIMITS[scope.kind].flatMap((name) => {
    const measured = baseline.values[name]
    return measured ? [[name, derivedLimit(name, measured.p99, headroom)] as const] : []
  })
  return { scope, baseline, limits: Object.fromEntries(limits) }
}

const USUAL_HEADROOM = 0.2

function headroomIn(budgets: readonly Budget[], scope: BudgetScope): number {
  const key = scopeKey(scope)
  const measured = budgets.filter(({ baseline }) => baseline)
  const nearest = measured.find((budget) => scopeKey(budget.scope) === key) ?? measured[0]
  return nearest?.baseline?.headroom ?? USUAL_HEADROOM
}

/** Without a hash where some model has no price of its own: then nobody can tell later whether it changed. */
function withPrices(
  baseline: Baseline,
  own: readonly Measured[],
  { priceOf, hashOf }: DeriveInput,
): Baseline {
  const calls = own.flatMap(({ runId, calls }) => calls.flatMap((id) => priceOf(runId, id) ?? []))
  const text = pricesText(listPrices(calls), Object.keys(baseline.perInvocation ?? {}))
  return text === undefined ? baseline : { ...baseline, prices: `sha256:${hashOf(text)}` }
}

function goingOn(measured: readonly Measured[]): string[] {
  const n = measured.filter(({ kind, isOver }) => kind === 'agent' && !isOver).length
  if (n === 0) return []
  return [
    `${formatPlural(n, 'invocation')} may still go on and count as they stand: export again when they are over`,
  ]
}

function stopped(measured: readonly Measured[]): string[] {
  const n = measured.filter(({ kind, isStopped }) => kind === 'agent' && isStopped).length
  return n === 0 ? [] : [`${formatPlural(n, 'invocation')} stopped by a limit: left out`]
}

function olderVersions(
  whole: readonly Measured[],
  newest: ReadonlyMap<string, string | undefined>,
): string[] {
  return [...newest].flatMap(([agent, version]) => {
    const others = whole.filter(
      (each) => each.kind === 'agent' && each.agent === agent && declaredVersion(each) !== version,
    )
    if (others.length === 0) return []
    const versions = [...new Set(others.map((each) => declaredVersion(each) ?? 'no version'))].sort()
    return [
      `agents.${agent}: ${formatPlural(others.length, 'invocation')} of ${versions.join(', ')} left out; ${version ?? 'no version'} ran last`,
    ]
  })
}

function unknownValues(scope: BudgetScope, own: readonly Measured[]): string[] {
  return DERIVED_LIMITS[scope.kind].flatMap((name) => {
    const unknown = own.filter(({ values }) => values[name]).length - knownValues(own, name).length
    if (unknown === 0) return []
    return [
      `${scopeName(scope)}: ${name} is not known of ${unknown} of ${invocationsIn(scope, own.length)}: left out`,
    ]
  })
}

function tooFew(scope: BudgetScope, own: readonly Measured[], minimum: number): string[] {
  if (own.length >= minimum || scope.kind === 'step') return []
  return [
    `${scopeName(scope)}: only ${invocationsIn(scope, own.length)}, the gate judges from ${minimum}; record more before you rely on these limits`,
  ]
}

function neverRan(budgets: readonly Budget[], whole: readonly Measured[]): string[] {
  return budgets
    .filter(({ scope }) => scope.kind === 'agent' || scope.kind === 'workflow')
    .filter((budget) => !whole.some((each) => appliesTo(budget, each)))
    .map(({ scope }) => `${scopeName(scope)} is not in these runs: left as it is`)
}
