// Puts derived limits into the text of a budget file. Hand-made limits win, comments stay, and the same data changes nothing.

import { applyEdits, parse } from 'jsonc-parser'
import type { Budget, NumericLimit } from '../../model/budget'
import { limitValueText } from '../../model/limit-text'
import { withoutByteOrderMark } from '../../wire/jsonc'
import { type BudgetFile, readBudgetFile } from '../file/budget-file'
import { BUDGET_VERSION } from '../file/budget-shape'
import { DERIVED_LIMITS, isDerived } from '../file/derived-limit'
import type { Json } from '../file/render'
import { scopeName, scopePath } from '../file/scope-path'
import { setComment, setValue } from '../file/set-value'
import { scopeKey } from '../measure/budgets-for'
import type { Derivation, DerivedBudget } from './derive'
import { evidenceComment, isEvidence } from './evidence'

export interface Merged {
  readonly text: string
  /** Objects of the file that are other ones than before, as they are now. */
  readonly changed: readonly DerivedBudget[]
  /** Hand-made limits that were left as they are, one sentence each. */
  readonly kept: readonly string[]
}

/**
 * The text with what was derived. A limit that is what its own baseline yields is derived and follows the new measurement; any
 * other was made by hand and stays, and the baseline says nothing of it any more, so that it never comes to look derived. One
 * that the baseline knows and the limits do not was taken out by hand and stays out.
 * `undefined` where the text cannot be edited: its syntax is broken, it is of another version, or something else than an object is
 * in the way.
 */
export function mergeBudgets(text: string, { budgets, versions }: Derivation): Merged | undefined {
  const file = readBudgetFile(text)
  const before: unknown = parse(withoutByteOrderMark(text), [], { allowTrailingComma: true })
  const writings = budgets
    .map((budget) => writingOf(budget, file, before))
    .filter((writing) => writing !== undefined)
  // What a newer version means by its keys is not known.
  if (!isObject(before) || before.version !== BUDGET_VERSION) return undefined
  const edited = put(text, before, [], treeOf(writings, newVersions(budgets, before, versions)))
  if (edited === undefined) return undefined
  return {
    text: writings.reduce(withEvidence, edited),
    changed: writings.map(({ budget }) => budget),
    kept: budgets.flatMap((budget) => keptLimits(budget, existingOf(budget, file))),
  }
}

/** Of agents that have budgets here, where the file says another version or none; what is a mistake there is left. */
function newVersions(
  derived: readonly DerivedBudget[],
  before: unknown,
  versions: Derivation['versions'],
): Map<string, string> {
  const agents = new Set(derived.flatMap(({ scope }) => ('agent' in scope ? [scope.agent] : [])))
  const isOther = (agent: string, version: string) => {
    const said = memberAt(before, ['agents', agent, 'agentVersion'])
    return said === undefined || (typeof said === 'string' && said !== version)
  }
  return new Map([...versions].filter(([agent, version]) => agents.has(agent) && isOther(agent, version)))
}

/** What is to be written for one budget: the limits that change, and its baseline. */
interface Writing {
  readonly budget: DerivedBudget
  readonly limits: Readonly<Partial<Record<NumericLimit, number>>>
  /** Of the limits, whether they change or not. */
  readonly derived: readonly NumericLimit[]
  readonly isNew: boolean
}

function existingOf({ scope }: DerivedBudget, { budgets }: BudgetFile): Budget | undefined {
  const key = scopeKey(scope)
  return budgets.find((budget) => scopeKey(budget.scope) === key)
}

function keptLimits({ scope, limits }: DerivedBudget, existing: Budget | undefined): string[] {
  return DERIVED_LIMITS[scope.kind].flatMap((name) => {
    const limit = existing?.limits[name]?.value
    const derived = limits[name]
    if (limit === undefined || derived === undefined || limit === derived || isOurs(existing, name)) return []
    return [
      `${scopeName(scope)}: ${name} stays ${limitValueText(name, limit)}, which was set by hand; ${limitValueText(name, derived)} would be derived`,
    ]
  })
}

function writingOf(derived: DerivedBudget, file: BudgetFile, before: unknown): Writing | undefined {
  const existing = existingOf(derived, file)
  const isMistake = (name: NumericLimit) =>
    existing?.limits[name] === undefined &&
    memberAt(before, [...scopePath(derived.scope), 'limits', name]) !== undefined
  const own = DERIVED_LIMITS[derived.scope.kind].filter((name) => isOurs(existing, name) && !isMistake(name))
  const handMade = DERIVED_LIMITS[derived.scope.kind].filter(
    (name) => existing?.limits[name] && !own.includes(name),
  )
  const budget = { ...derived, baseline: without(derived.baseline, handMade) }
  const limits = Object.fromEntries(
    own.flatMap((name) => {
      const limit = derived.limits[name]
      return limit === undefined || existing?.limits[name]?.value === limit ? [] : [[name, limit] as const]
    }),
  )
  if (Object.keys(limits).length === 0 && isSame(existing?.baseline, budget.baseline)) return undefined
  return {
    budget,
    limits,
    derived: own.filter((name) => derived.limits[name] !== undefined),
    isNew: existing === undefined,
  }
}

/** Derived before, or neither written nor taken out by anybody. */
function isOurs(existing: Budget | undefined, name: NumericLimit): boolean {
  if (!existing || isDerived(existing, name)) return true
  return existing.limits[name] === undefined && existing.baseline?.values[name] === undefined
}

function without(
  baseline: DerivedBudget['baseline'],
  names: readonly NumericLimit[],
): DerivedBudget['baseline'] {
  const values = Object.entries(baseline.values).filter(([name]) => !names.includes(name as NumericLimit))
  return { ...baseline, values: Object.fromEntries(values) }
}

function isSame(before: Budget['baseline'], now: Budget['baseline']): boolean {
  return (
    before !== undefined && now !== undefined && sorted(baselineJson(before)) === sorted(baselineJson(now))
  )
}

function sorted(value: Json): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  )
}

/** As it stands in the file; an unknown price is absent there. */
function baselineJson({
  values,
  perInvocation = {},
  prices,
  ...rest
}: NonNullable<Budget['baseline']>): Json {
  const uses = Object.entries(perInvocation).map(([model, { usd, ...use }]) => [
    model,
    { ...use, ...(usd === null ? {} : { usd }) },
  ])
  return {
    ...rest,
    ...(prices === undefined ? {} : { prices }),
    ...(values as Readonly<Record<string, Json>>),
    ...(uses.length === 0 ? {} : { perInvocation: Object.fromEntries(uses) }),
  }
}

interface Tree {
  [key: string]: Json | Tree
}

/** Everything that changes, in the shape of the file. */
function treeOf(writings: readonly Writing[], versions: Derivation['versions']): Tree {
  const tree: Tree = {}
  for (const [agent, version] of versions) branch(tree, ['agents', agent]).agentVersion = version
  for (const { budget, limits, isNew } of writings) {
    const { scope, baseline } = budget
    const object = branch(tree, scopePath(scope))
    if (scope.kind === 'workflow') object.rootAgent = scope.rootAgent
    if (Object.keys(limits).length > 0) object.limits = { ...limits }
    // The tokens of a single prompt are reserved by its bytes, which may be twice what they turn out to be.
    if (scope.kind === 'step' && isNew) object.onExceed = 'warn'
    object.baseline = baselineJson(baseline)
  }
  return tree
}

/** The object at a path, made where it is missing. */
function branch(tree: Tree, path: readonly string[]): Tree {
  return path.reduce((object, key) => {
    const inner = (Object.hasOwn(object, key) ? object[key] : {}) as Tree
    object[key] = inner
    return inner
  }, tree)
}

/** Objects that are there already are gone into; what is missing is put in whole. */
function put(text: string, before: unknown, path: readonly string[], value: Json | Tree): string | undefined {
  if (before === undefined || path.at(-1) === 'baseline' || !isObject(value))
    return setAt(text, path, value as Json)
  if (!isObject(before)) return undefined
  return Object.entries(value).reduce<string | undefined>(
    (edited, [key, member]) =>
      edited === undefined ? undefined : put(edited, before[key], [...path, key], member as Json),
    text,
  )
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  )
}

function setAt(text: string, path: readonly string[], value: Json): string | undefined {
  const edits = setValue(text, path, value)
  return edits && applyEdits(text, edits)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withEvidence(text: string, { budget, derived }: Writing): string {
  const comment = evidenceComment(budget, derived)
  const edits = comment && setComment(text, [...scopePath(budget.scope), 'limits'], comment, isEvidence)
  return edits ? applyEdits(text, edits) : text
}
