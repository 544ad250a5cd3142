// Limits as rows of a list: how they read, and how they are grouped, sorted and found. Knows no VS Code.

import type { BudgetScope, GateRule, GateVerdict, LimitUse } from '../../profiler-agent/model/budget'
import { scopeText } from '../../profiler-agent/model/limit-text'
import { formatValue, isFloor, isOfMany, judgedValue, usedShare } from '../limit-values'
import { isFound } from './text-filter'
import type { Words } from './words'

export type BudgetGroup = 'agent' | 'verdict' | 'none'
export type BudgetSort = 'file' | 'used' | 'name'

export interface BudgetGroupRow {
  readonly key: string
  readonly label: string
  readonly uses: readonly LimitUse[]
}

/** The limits that a filter finds, in groups, in the order of the file unless another one is wanted. */
export function groupedLimits(
  uses: readonly LimitUse[],
  choice: { readonly group: BudgetGroup; readonly sort: BudgetSort; readonly filter: string },
  gate: GateRule,
  words: Words,
): BudgetGroupRow[] {
  const found = uses.filter((use) =>
    isFound(choice.filter, [scopeText(use.scope), use.limit, verdictText(use.verdict, words)]),
  )
  const sorted = choice.sort === 'file' ? found : found.toSorted(BY[choice.sort](gate))
  const groups = Map.groupBy(sorted, (use) => keyOf(use, choice.group))
  const rows = [...groups].map(([key, members]) => ({
    key,
    label: labelOf(choice.group, key, words),
    uses: members,
  }))
  return choice.group === 'verdict'
    ? rows.sort((left, right) => verdictRank(left.key) - verdictRank(right.key))
    : rows
}

const BY: Readonly<
  Record<Exclude<BudgetSort, 'file'>, (gate: GateRule) => (left: LimitUse, right: LimitUse) => number>
> = {
  used: (gate) => (left, right) => usedOf(right, gate) - usedOf(left, gate),
  name: () => (left, right) => compareTexts(nameOf(left), nameOf(right)),
}

function nameOf({ scope, limit }: LimitUse): string {
  return `${scopeText(scope)} ${limit}`
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** Part of the limit that is used, 1 is all of it; of a floor how far the value is below it. What is not known comes last. */
function usedOf(use: LimitUse, { percentile }: GateRule): number {
  const value = judgedValue(use, percentile)
  if (value === undefined) return -1
  if (isFloor(use.limit)) return value === 0 ? Number.POSITIVE_INFINITY : use.allowed / value
  return use.allowed === 0 ? Number.POSITIVE_INFINITY : value / use.allowed
}

const VERDICTS: readonly GateVerdict[] = ['over', 'near', 'stale', 'indeterminate', 'fine']

function verdictRank(verdict: string): number {
  return VERDICTS.map(String).indexOf(verdict)
}

function keyOf({ scope, verdict }: LimitUse, group: BudgetGroup): string {
  if (group === 'verdict') return verdict
  return group === 'agent' ? agentOf(scope) : ''
}

/** The workspace has no name: that no agent has. */
function agentOf(scope: BudgetScope): string {
  switch (scope.kind) {
    case 'agent':
    case 'step':
      return scope.agent
    case 'workflow':
      return scope.rootAgent
    default:
      return ''
  }
}

function labelOf(group: BudgetGroup, key: string, words: Words): string {
  const verdict = VERDICTS.find((each) => each === key)
  if (group === 'verdict' && verdict !== undefined) return verdictText(verdict, words)
  return group === 'agent' && key === '' ? words.t('Workspace') : key
}

export function verdictText(verdict: GateVerdict, words: Words): string {
  switch (verdict) {
    case 'over':
      return words.t('Over the limit')
    case 'near':
      return words.t('Near the limit')
    case 'fine':
      return words.t('Within the limit')
    case 'stale':
      return words.t('Made for another version')
    case 'indeterminate':
      return words.t('Too little is known')
    default:
      return verdict satisfies never
  }
}

/** `plan inputTokens`: the step and the limit, with the agent where no group says that. */
export function limitLabel({ scope, limit }: LimitUse, group: BudgetGroup): string {
  const agent = group === 'agent' ? '' : agentOf(scope)
  return [agent, scope.kind === 'step' ? scope.step : '', limit].filter((name) => name !== '').join(' ')
}

/** `68 % · order-status-lookup · p95 4,100 of 6,000`: what it says first is seen in a narrow list. */
export function limitDescription(use: LimitUse, gate: GateRule, words: Words): string {
  const used = isFloor(use.limit) ? undefined : usedShare(use, gate.percentile)
  return [used, withinAgent(use.scope, words), useText(use, gate, words)]
    .filter((part) => part !== undefined)
    .join(' · ')
}

function useText(use: LimitUse, { percentile }: GateRule, words: Words): string {
  const allowed = formatValue(use.limit, use.allowed)
  const judged = judgedValue(use, percentile)
  if (use.n === 0) return words.t('nothing measured yet · limit {0}', allowed)
  if (judged === undefined) return words.t('not known · limit {0}', allowed)
  const known = formatValue(use.limit, judged)
  const value = isOfMany(use) ? `${percentile} ${known}` : known
  if (isFloor(use.limit)) return words.t('{0}, at least {1}', value, allowed)
  return words.t('{0} of {1}', value, allowed)
}

/** The intent or workflow. */
function withinAgent(scope: BudgetScope, words: Words): string | undefined {
  switch (scope.kind) {
    case 'agent':
    case 'step':
      return scope.intent
    case 'workflow':
      return words.t('workflow {0}', scope.workflow)
    default:
      return undefined
  }
}
