// "Cap the output here": puts a cap on what a call may put out into its options, above what it was measured to need.

import * as vscode from 'vscode'
import { formatCount } from '../../../profiler-agent/model/quantity'
import { capOutput, type NotCapped, type OutputCap } from '../../../profiler-agent/places/edits/cap-output'
import { limitFor } from '../../limit-values'
import { registerCommand } from '../../profiler/commands'
import type { Session } from '../../profiler/session'
import type { LineMarks, Mark } from '../marks/line-marks'
import { callIn } from './code-call'

/** Providers refuse less. */
const LEAST_TOKENS = 16

/**
 * Registers `costflame.capOutput(uri?, line?, runId?)`; a line starts at 1, with a run it is the one that the run saw, and without both
 * it is the one with the cursor. Resolves with the tokens that the call is capped at; why one cannot be capped is said.
 */
export function registerCapOutput(session: Session, marks: LineMarks): vscode.Disposable {
  return registerCommand(session, 'capOutput', async (uri, line, runId) => {
    const { document, position } = await placeIn(uri, line)
    const isMeant = ({ cost, range }: Mark) =>
      runId === undefined
        ? isOnLines(range, position)
        : cost.runId === runId && cost.callSite.line === position + 1
    const mark = marks.of(document).find(isMeant)
    if (mark === undefined)
      throw new Error(vscode.l10n.t('No model call was measured on this line. Run it once.'))
    const tokens = await capAt(session, document, mark)
    const editor = await vscode.window.showTextDocument(document)
    editor.revealRange(mark.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport)
    return tokens
  })
}

async function placeIn(uri: unknown, line: unknown) {
  const editor = vscode.window.activeTextEditor
  const document = uri instanceof vscode.Uri ? await vscode.workspace.openTextDocument(uri) : editor?.document
  if (document === undefined) throw new Error(vscode.l10n.t('Open the file with the call first.'))
  const position = typeof line === 'number' ? line - 1 : (editor?.selection.active.line ?? 0)
  return { document, position }
}

function isOnLines({ start, end }: vscode.Range, line: number): boolean {
  return start.line <= line && line <= end.line
}

async function capAt(
  session: Session,
  document: vscode.TextDocument,
  { cost, range }: Mark,
): Promise<number> {
  const { runId, callSite, models } = cost
  const asked = { ask: 'line', runId, file: callSite.file, line: callSite.line } as const
  const measured = (await session.ask<'line'>(asked)).detail?.outputPerCall
  if (measured === undefined)
    throw new Error(vscode.l10n.t('What this call puts out is not known: nothing to derive a cap from.'))
  const tokens = Math.max(LEAST_TOKENS, limitFor('outputTokensPerCall', measured.p99))
  const call = callIn(document, range)
  const cap = call === undefined ? 'unknown' : capOutput(call, tokens, models)
  if (typeof cap === 'string') throw new Error(whyNot(cap, tokens))
  await apply(document, cap)
  return tokens
}

async function apply(document: vscode.TextDocument, { edits }: OutputCap): Promise<void> {
  const change = new vscode.WorkspaceEdit()
  for (const { start, end, newText } of edits)
    change.replace(
      document.uri,
      new vscode.Range(document.positionAt(start), document.positionAt(end)),
      newText,
    )
  await vscode.workspace.applyEdit(change)
}

function whyNot(why: NotCapped, tokens: number): string {
  const { t } = vscode.l10n
  switch (why) {
    case 'lower':
      return t('The call has a cap already that is not above {0} tokens.', formatCount(tokens))
    case 'computed':
      return t(
        'The cap of this call is reckoned elsewhere in the code: {0} tokens would do.',
        formatCount(tokens),
      )
    case 'unknown':
      return t(
        'It cannot be seen from here how this call takes a cap: {0} tokens would do.',
        formatCount(tokens),
      )
    default:
      return why satisfies never
  }
}
