// The mechanical fix of a finding as a change of the workspace: at once where it changes nothing that the model reads, else to be reviewed first.

import * as vscode from 'vscode'
import type { Fix, TextEdit } from '../../../profiler-agent/model/finding'
import { uriOf } from '../../locations'
import { openDocument } from '../files-now'
import type { FindingMark } from '../finding-marks'
import type { BaseTexts } from './base-texts'
import { type FittingEdit, fittingEdits } from './fitting-edits'

/** `undefined` where there is no such fix; `outdated` where a file has changed at the place since the run. */
export async function mechanicalFix(
  { finding, root }: Pick<FindingMark, 'finding' | 'root'>,
  bases: BaseTexts,
): Promise<vscode.WorkspaceEdit | 'outdated' | undefined> {
  const { fix } = finding
  if (fix?.edits === undefined || fix.edits.length === 0) return undefined
  const change = new vscode.WorkspaceEdit()
  for (const [file, edits] of Map.groupBy(fix.edits, (edit) => edit.file)) {
    const uri = uriOf(file, root)
    const fitting = uri && (await fittingIn(uri, edits, bases))
    if (uri === undefined || fitting === undefined) return 'outdated'
    // Several may begin at one place, and stand in the order of the list.
    for (const edit of fitting) change.replace(uri, rangeOfEdit(edit), edit.newText, reviewOf(fix))
  }
  return change
}

/** Whether the fix could be made in the files as they are open. */
export function isStillToDo(
  { finding, root }: Pick<FindingMark, 'finding' | 'root'>,
  bases: BaseTexts,
): boolean {
  const files = Map.groupBy(finding.fix?.edits ?? [], ({ file }) => file)
  return [...files].some(([file, edits]) => {
    const uri = uriOf(file, root)
    const open = uri && openDocument(uri)
    const [first] = edits
    return open && first ? fittingEdits(edits, open.getText(), bases.of(first)) !== undefined : false
  })
}

async function fittingIn(
  uri: vscode.Uri,
  edits: readonly TextEdit[],
  bases: BaseTexts,
): Promise<FittingEdit[] | undefined> {
  const [first] = edits
  try {
    const document = await vscode.workspace.openTextDocument(uri)
    return first && fittingEdits(edits, document.getText(), bases.of(first))
  } catch {
    // Deleted or renamed since: it fits no file.
    return undefined
  }
}

function rangeOfEdit({ line, column, endLine, endColumn }: FittingEdit): vscode.Range {
  return new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1)
}

/** VS Code shows what needs to be confirmed in its preview, and changes nothing before. */
function reviewOf({ title, safety }: Fix): vscode.WorkspaceEditEntryMetadata | undefined {
  if (safety === 'safe') return undefined
  return {
    needsConfirmation: true,
    label: title,
    description: vscode.l10n.t('Changes what the model reads, or code that cannot be seen from here.'),
  }
}
