// Everything that the editor does about budgets, wired.

import type * as vscode from 'vscode'
import type { Session } from '../profiler/session'
import { registerExportBudgets } from './export-budgets'
import { registerLimitCompletions } from './limit-completions'
import { registerLimitDiagnostics } from './limit-diagnostics'
import { registerLimitEdits } from './limit-edits'
import { registerLimitHovers } from './limit-hovers'
import { registerLimitLenses } from './limit-lenses'
import { MeasuredLimits } from './measured-limits'
import { registerOpenBudgets } from './open-budgets'
import { registerSetBudget } from './set-budget'
import { registerViolationActions } from './violation-actions'
import { registerViolationNotifications } from './violation-notifications'

/** `ruleUri` says where a rule is explained. */
export function registerBudgets(
  session: Session,
  ruleUri: (rule: string) => vscode.Uri,
): vscode.Disposable[] {
  const measured = new MeasuredLimits(session)
  return [
    measured,
    ...registerOpenBudgets(session),
    registerSetBudget(session, measured),
    ...registerExportBudgets(session),
    ...registerLimitLenses(measured),
    ...registerLimitHovers(measured),
    ...registerLimitCompletions(measured),
    ...registerLimitDiagnostics(session, measured, ruleUri),
    ...registerLimitEdits(session),
    ...registerViolationActions(session, measured),
    registerViolationNotifications(session, measured),
  ]
}
