// Changes of the budget file that somebody asks for with a click: as edits of its text, which keep comments and layout.

import { applyEdits, type Edit } from 'jsonc-parser'
import type { BudgetScope, NumericLimit, OnExceed } from '../../model/budget'
import { readBudgetFile } from './budget-file'
import { scopeName, scopePath } from './scope-path'
import { setComment, setValue } from './set-value'

/** Sets a limit (US dollars, tokens, milliseconds or a count), in a new object where the scope has none. Empty where the text cannot be edited. */
export function raiseLimit(text: string, scope: BudgetScope, limit: NumericLimit, value: number): Edit[] {
  if (!Number.isFinite(value)) return []
  return setValue(text, [...scopePath(scope), 'limits', limit], value) ?? []
}

/** Sets what happens when a limit of the scope is exceeded. Empty where the text cannot be edited. */
export function setOnExceed(text: string, scope: BudgetScope, onExceed: OnExceed): Edit[] {
  return setValue(text, [...scopePath(scope), 'onExceed'], onExceed) ?? []
}

/**
 * The text with a new limit, and above it what it rests on, where the scope has no other limits. `undefined` where the text cannot
 * be edited.
 */
export function withNewLimit(
  text: string,
  scope: BudgetScope,
  limit: NumericLimit,
  value: number,
  evidence: string,
): string | undefined {
  const edits = raiseLimit(text, scope, limit, value)
  if (edits.length === 0) return undefined
  const before = readBudgetFile(text).budgets.find((budget) => scopeName(budget.scope) === scopeName(scope))
  const edited = applyEdits(text, edits)
  if (Object.keys(before?.limits ?? {}).length > 0) return edited
  const comment = setComment(edited, [...scopePath(scope), 'limits'], `// ${evidence}`, () => false)
  return comment ? applyEdits(edited, comment) : edited
}
