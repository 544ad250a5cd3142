// Changes of the budget file that somebody asks for with a click: as edits of its text, which keep comments and layout.

import type { Edit } from 'jsonc-parser'
import type { BudgetScope, NumericLimit, OnExceed } from '../../model/budget'
import { scopePath } from './scope-path'
import { setValue } from './set-value'

/** Sets a limit (US dollars, tokens, milliseconds or a count), in a new object where the scope has none. Empty where the text cannot be edited. */
export function raiseLimit(text: string, scope: BudgetScope, limit: NumericLimit, value: number): Edit[] {
  if (!Number.isFinite(value)) return []
  return setValue(text, [...scopePath(scope), 'limits', limit], value) ?? []
}

/** Sets what happens when a limit of the scope is exceeded. Empty where the text cannot be edited. */
export function setOnExceed(text: string, scope: BudgetScope, onExceed: OnExceed): Edit[] {
  return setValue(text, [...scopePath(scope), 'onExceed'], onExceed) ?? []
}
