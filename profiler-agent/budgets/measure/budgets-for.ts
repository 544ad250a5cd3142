// Which budgets hold for what was measured.

import type { Budget, BudgetScope, Measured, NumericLimit } from '../../model/budget'

/** Whether a budget is about what was measured. */
export function appliesTo({ scope }: Pick<Budget, 'scope'>, measured: Measured): boolean {
  if (scope.kind !== measured.kind) return false
  switch (scope.kind) {
    case 'agent':
      return scope.agent === measured.agent && isOfIntent(scope, measured)
    case 'step':
      return scope.agent === measured.agent && scope.step === measured.step && isOfIntent(scope, measured)
    case 'workflow':
      return scope.rootAgent === measured.agent
    default:
      return true
  }
}

function isOfIntent({ intent }: { readonly intent?: string }, measured: Measured): boolean {
  return intent === undefined || intent === measured.intent
}

/** One text for each scope, to tell them apart by. */
export function scopeKey(scope: BudgetScope): string {
  switch (scope.kind) {
    case 'agent':
      return JSON.stringify(['agent', scope.agent, scope.intent ?? null])
    case 'step':
      return JSON.stringify(['step', scope.agent, scope.intent ?? null, scope.step])
    case 'workflow':
      return JSON.stringify(['workflow', scope.workflow])
    default:
      return scope.kind
  }
}

/** The numeric limits that a budget sets, in the order of the file. */
export function limitsOf({ limits }: Pick<Budget, 'limits'>): (readonly [NumericLimit, number])[] {
  return (Object.keys(limits) as NumericLimit[]).flatMap((name) => {
    const limit = limits[name]
    return limit ? [[name, limit.value] as const] : []
  })
}
