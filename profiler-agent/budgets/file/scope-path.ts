// Where the limits of a scope stand in the budget file.

import type { BudgetScope } from '../../model/budget'

/** The keys that lead to the object of a scope: `["agents", "support", "intents", "refund", "steps", "plan"]`. */
export function scopePath(scope: BudgetScope): readonly string[] {
  switch (scope.kind) {
    case 'agent':
    case 'step':
      return [
        ...['agents', scope.agent],
        ...(scope.intent === undefined ? [] : ['intents', scope.intent]),
        ...(scope.kind === 'step' ? ['steps', scope.step] : []),
      ]
    case 'workflow':
      return ['workflows', scope.workflow]
    case 'run':
    case 'day':
      return ['workspace']
    default:
      return scope satisfies never
  }
}

/** The same for people: `agents.support.steps.plan`. */
export function scopeName(scope: BudgetScope): string {
  return scopePath(scope).join('.')
}
