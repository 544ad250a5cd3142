// What can be done on any line that was measured, finding or not: a budget for what runs there, a cap on what it puts out.

import * as vscode from 'vscode'
import type { LineCost } from '../../../profiler-agent/model/line-cost'
import { present } from '../../../profiler-agent/model/present'
import { uriOf } from '../../locations'
import type { Session } from '../../profiler/session'
import type { FindingMark } from '../finding-marks'
import type { LineMarks, Mark } from '../marks/line-marks'
import { callIn } from './code-call'

const { QuickFix } = vscode.CodeActionKind

/** Of a name each: a line that many agents share is no place to choose one. */
const MOST_NAMES = 3

export class LineActions {
  constructor(
    private readonly session: Session,
    private readonly marks: LineMarks,
  ) {}

  /** Of the measured calls that have a piece of the range. */
  for(document: vscode.TextDocument, range: vscode.Range, kind: vscode.CodeActionKind): vscode.CodeAction[] {
    const folder = this.session.folderFor(document.uri)
    return this.marks
      .of(document)
      .filter((mark) => mark.range.intersection(range) !== undefined)
      .flatMap((mark) => [...budgetActions(mark.cost, folder, kind), ...capActions(document, mark, kind)])
  }

  /** Of the call that sends what a finding is about, from where that stands: a prompt, or the declaration of a tool. */
  forCallOf({ finding, root, uri }: FindingMark): vscode.CodeAction[] {
    const folder = this.session.folderFor(uri)
    const calls = this.session.lines.filter(({ runId, callSite }) =>
      finding.relatedLocations.some(
        ({ file, line }) => runId === finding.runId && file === callSite.file && line === callSite.line,
      ),
    )
    const [call] = calls
    const callUri = call && uriOf(call.callSite.file, root)
    if (call === undefined || callUri === undefined) return []
    const title = vscode.l10n.t('Cap the Output of the Call')
    const cap = commandAction(title, QuickFix, 'costflame.capOutput', callUri, call.callSite.line, call.runId)
    return [
      ...budgetActions(call, folder, QuickFix),
      ...(call.totals.usage.outputTokens === null ? [] : [cap]),
    ]
  }
}

function budgetActions(
  cost: LineCost,
  folder: string | undefined,
  kind: vscode.CodeActionKind,
): vscode.CodeAction[] {
  return targetsOf(cost).map(({ title, ...target }) =>
    commandAction(title, kind, 'costflame.setBudget', { ...target, folder }),
  )
}

interface BudgetTarget {
  readonly title: string
  readonly agent?: string
  readonly step?: string
}

function targetsOf({ agents, steps }: Pick<LineCost, 'agents' | 'steps'>): BudgetTarget[] {
  const { t } = vscode.l10n
  const [agent] = agents
  // Which of several agents a step belongs to is not known here.
  const ofSteps = agents.length === 1 ? steps.slice(0, MOST_NAMES) : []
  const targets = [
    ...ofSteps.map((step) => ({ title: t('Set a Budget for Step {0}', step), ...present({ agent }), step })),
    ...agents.slice(0, MOST_NAMES).map((each) => ({ title: t('Set a Budget for {0}', each), agent: each })),
  ]
  return targets.length > 0 ? targets : [{ title: t('Set a Budget for Each Run') }]
}

/** Only where there is a call whose options can be seen: whether it takes a cap is said when it is asked for. */
function capActions(
  document: vscode.TextDocument,
  { range, cost }: Mark,
  kind: vscode.CodeActionKind,
): vscode.CodeAction[] {
  if (cost.totals.usage.outputTokens === null || callIn(document, range) === undefined) return []
  const title = vscode.l10n.t('Cap the Output Here')
  return [commandAction(title, kind, 'costflame.capOutput', document.uri, range.start.line + 1)]
}

export function commandAction(
  title: string,
  kind: vscode.CodeActionKind,
  command: string,
  ...args: readonly unknown[]
): vscode.CodeAction {
  const action = new vscode.CodeAction(title, kind)
  action.command = { title, command, arguments: [...args] }
  return action
}
