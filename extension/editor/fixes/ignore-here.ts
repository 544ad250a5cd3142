// "Ignore here": a comment above the line of a finding, or, where a file has none that would not be sent, an entry of `config.jsonc`.

import { join } from 'node:path'
import * as vscode from 'vscode'
import { withIgnoredRule } from '../../../profiler-agent/config/config-edits'
import type { Finding } from '../../../profiler-agent/model/finding'
import { present } from '../../../profiler-agent/model/present'
import { ignoreCommentFor } from '../../../profiler-agent/places/ignore-comments'
import { registerCommand } from '../../profiler/commands'
import { costflameFolder } from '../../profiler/data-folder'
import type { Session } from '../../profiler/session'
import type { FindingMark, FindingMarks } from '../finding-marks'

const CONFIG_FILE = 'config.jsonc'

/** Registers `costflame.ignoreFinding(runId, findingId)`. Resolves with `comment` or `config`: where it says so now. */
export function registerIgnoreHere(session: Session, marks: FindingMarks): vscode.Disposable {
  return registerCommand(session, 'ignoreFinding', async (runId, findingId) => {
    const finding = findingWith(session, runId, findingId)
    if (finding === undefined)
      throw new Error(vscode.l10n.t('This finding is not among those of the current run any more.'))
    if (finding.rule.startsWith('budget/')) throw new Error(whyNotIgnored())
    const mark = marks.all.find((each) => each.finding.runId === runId && each.finding.id === findingId)
    if (mark !== undefined && (await addComment(mark))) return 'comment'
    await addToConfig(session, finding)
    marks.hide(finding, () => true)
    return 'config'
  })
}

/** Somebody set a limit: to be silent about it here would hide it from everybody. */
export function whyNotIgnored(): string {
  return vscode.l10n.t(
    'A limit is not ignored: somebody set it. Raise it, or take it out of the budget file.',
  )
}

function findingWith(session: Session, runId: unknown, findingId: unknown): Finding | undefined {
  const detail = session.details.find(({ summary }) => summary.id === runId)
  return detail?.findings.find(({ id }) => id === findingId)
}

/** False where no comment can stand. */
async function addComment({ uri, range, finding: { rule } }: FindingMark): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(uri)
  const comment = ignoreCommentFor(uri.path, document.getText(), { rule, line: range.start.line + 1 })
  if (comment === undefined) return false
  const change = new vscode.WorkspaceEdit()
  change.insert(uri, new vscode.Position(comment.line - 1, comment.column - 1), comment.newText)
  return vscode.workspace.applyEdit(change)
}

async function addToConfig(session: Session, { runId, rule, location }: Finding): Promise<void> {
  const folder = session.folderOfRun(runId) ?? session.folder
  if (folder === undefined) throw new Error(vscode.l10n.t('Open a folder first.'))
  const uri = vscode.Uri.file(join(costflameFolder(folder), CONFIG_FILE))
  const before = await textOf(uri)
  const after = withIgnoredRule(before, { rule, ...present({ file: location?.file }) })
  if (after === undefined)
    throw new Error(
      vscode.l10n.t('{0} cannot be changed: mend its mistakes first.', `.costflame/${CONFIG_FILE}`),
    )
  const change = new vscode.WorkspaceEdit()
  if (before === undefined) change.createFile(uri, { contents: new TextEncoder().encode(after) })
  else {
    const document = await vscode.workspace.openTextDocument(uri)
    change.replace(uri, new vscode.Range(document.positionAt(0), document.positionAt(before.length)), after)
  }
  await vscode.workspace.applyEdit(change)
  const document = await vscode.workspace.openTextDocument(uri)
  await document.save()
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true })
}

/** As the editor has it, else as it is on disk; `undefined` where there is none. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    await vscode.workspace.fs.stat(uri)
  } catch {
    return undefined
  }
  return (await vscode.workspace.openTextDocument(uri)).getText()
}
