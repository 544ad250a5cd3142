// What can be done about a violated limit: the same offers as code actions on its lines and as buttons of a notification.

import * as vscode from 'vscode'
import type { Finding } from '../../profiler-agent/model/finding'
import { formatValue, isFloor, isOfMany, limitFor, worstOf } from '../limit-values'
import type { Session } from '../profiler/session'
import { isBudgetFile, limitAt, limitsOf, type PlacedLimit } from './budget-file'
import type { MeasuredLimits } from './measured-limits'
import { isOf, isOver, reachedValue, violationsOf } from './violations'

/** Something that a click does. */
export interface Offer {
  readonly title: string
  /** For a button, which shows about a dozen letters. */
  readonly short: string
  readonly command: string
  readonly arguments: readonly unknown[]
}

/** What can be done about a violation of the current run, the most useful first. */
export function offersFor(session: Session, measured: MeasuredLimits, finding: Finding): Offer[] {
  const run = session.detail?.summary
  const placed = limitOf(measured, finding, run?.root)
  const open = openOffer(placed, finding.runId, ...finding.spanIds.slice(0, 1))
  const stop = {
    title: vscode.l10n.t('Stop Run'),
    short: vscode.l10n.t('Stop Run'),
    command: 'costflame.stopRun',
    arguments: [finding.runId],
  }
  const limits = placed && isOver(finding) ? limitOffers(wantedValue(finding, placed), placed) : []
  return [open, ...limits, ...(run?.active === true ? [stop] : [])]
}

function limitOf(
  { current }: MeasuredLimits,
  finding: Finding,
  root: string | undefined,
): PlacedLimit | undefined {
  return current && limitsOf(current.file).find((placed) => isOf(finding, placed, current, root))
}

/** Several limits may be broken on one line: each title says which it is about. */
function openOffer(placed: PlacedLimit | undefined, ...target: readonly string[]): Offer {
  const { t } = vscode.l10n
  const title = t('Open Flame Graph')
  return {
    title: placed ? `${title}: ${limitTitle(placed)}` : title,
    short: t('Flame Graph'),
    command: 'costflame.openFlameGraph',
    arguments: target,
  }
}

/** What was stopped at its limit did not reach what it wanted: then anything above the limit helps. */
function wantedValue(finding: Finding, { name, limit }: PlacedLimit): number {
  const reached = reachedValue(finding) ?? limit.value
  return isFloor(name) ? Math.min(reached, limit.value) : Math.max(reached, limit.value)
}

/** `reached` is the value that shall be within the limit. */
function limitOffers(reached: number | undefined, placed: PlacedLimit): Offer[] {
  const { t } = vscode.l10n
  const { key, name, limit, budget } = placed
  const value = reached === undefined ? undefined : limitFor(name, reached)
  const isHelpful = value !== undefined && (isFloor(name) ? value < limit.value : value > limit.value)
  const text = value === undefined ? '' : formatValue(name, value)
  const raise = {
    title: isFloor(name)
      ? t('Lower {0} to {1}', limitTitle(placed), text)
      : t('Raise {0} to {1}', limitTitle(placed), text),
    short: isFloor(name) ? t('Lower Limit') : t('Raise Limit'),
    command: 'costflame.raiseLimit',
    arguments: [key, value],
  }
  const block = {
    title: t('Block Next Time: {0}', limitTitle(placed)),
    short: t('Block Next'),
    command: 'costflame.blockNextTime',
    arguments: [key],
  }
  return [...(isHelpful ? [raise] : []), ...(budget.onExceed === 'warn' ? [block] : [])]
}

/** `inputTokens of plan`. */
function limitTitle({ name, budget: { scope } }: PlacedLimit): string {
  const { t } = vscode.l10n
  switch (scope.kind) {
    case 'agent':
      return t('{0} of {1}', name, scope.intent ?? scope.agent)
    case 'step':
      return t('{0} of {1}', name, scope.step)
    case 'workflow':
      return t('{0} of {1}', name, scope.workflow)
    default:
      return name
  }
}

export function registerViolationActions(session: Session, measured: MeasuredLimits): vscode.Disposable[] {
  const provider = {
    provideCodeActions: (document: vscode.TextDocument, _: vscode.Range, context: vscode.CodeActionContext) =>
      context.diagnostics.flatMap((diagnostic) => actionsFor(session, measured, document, diagnostic)),
  }
  const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }
  return [vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, provider, kinds)]
}

/** A diagnostic comes back from VS Code without what it was made from: rule, text and place tell the finding. */
function actionsFor(
  session: Session,
  measured: MeasuredLimits,
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction[] {
  const rule = typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code
  if (diagnostic.source !== 'costflame') return []
  const finding = violationsOf(session).find(
    (each) => each.rule === rule && each.message === diagnostic.message,
  )
  const offers = finding
    ? [...offersFor(session, measured, finding), explainOffer(finding)]
    : offersForLimit(measured, document, diagnostic)
  return offers.map(({ title, command, arguments: args }) => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix)
    action.command = { title, command, arguments: [...args] }
    action.diagnostics = [diagnostic]
    return action
  })
}

/** No button of a notification: who reads that wants to act. */
function explainOffer({ runId, id }: Finding): Offer {
  const title = vscode.l10n.t('Explain This')
  return { title, short: title, command: 'costflame.explainFinding', arguments: [runId, id] }
}

/** For a limit that is over or near by what was recorded, without a violation in the current run. */
function offersForLimit(
  measured: MeasuredLimits,
  document: vscode.TextDocument,
  { range }: vscode.Diagnostic,
): Offer[] {
  const placed = isBudgetFile(document) ? limitAt(document, range.start) : undefined
  const use = placed && measured.useOf(document.uri, placed.key)
  const worst = use && worstOf(use)
  if (placed === undefined || use === undefined || worst === undefined) return []
  const open = openOffer(placed, worst.runId, worst.spanId)
  // A day is of many runs.
  return [
    ...(worst.runId === '' ? [] : [open]),
    ...limitOffers(isOfMany(use) ? use.percentiles?.p99 : use.worst, placed),
  ]
}
