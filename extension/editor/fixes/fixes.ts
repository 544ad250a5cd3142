// Everything that can be done about findings and measured lines where they stand, wired.

import * as vscode from 'vscode'
import { registerCommand } from '../../profiler/commands'
import { plainText } from '../../profiler/plain-text'
import type { Session } from '../../profiler/session'
import type { FindingMarks } from '../finding-marks'
import type { LineMarks } from '../marks/line-marks'
import { BaseTexts } from './base-texts'
import { registerCapOutput } from './cap-output'
import { registerExplain } from './explain'
import { registerFixActions } from './fix-actions'
import { registerIgnoreHere } from './ignore-here'
import { LineActions } from './line-actions'
import { isStillToDo } from './mechanical-fix'

export function registerFixes(
  session: Session,
  marks: FindingMarks,
  lineMarks: LineMarks,
): vscode.Disposable[] {
  const bases = new BaseTexts(marks)
  return [
    bases,
    registerFixActions({ marks, bases, lines: new LineActions(session, lineMarks) }),
    registerCapOutput(session, lineMarks),
    registerIgnoreHere(session, marks),
    ...registerExplain(session),
    registerCommand(session, 'fixOutdated', (title) => {
      const text = vscode.l10n.t(
        'The code changed since the run. Run it again for the exact change: {0}',
        String(title),
      )
      void vscode.window.showInformationMessage(plainText(text))
    }),
    // Ours alone: a finding whose fix was made is shown again when that is undone, or by the next run.
    registerCommand(session, 'fixApplied', (runId, findingId) => {
      const mark = marks.all.find(({ finding }) => finding.runId === runId && finding.id === findingId)
      if (mark !== undefined) marks.hide(mark.finding, () => !isStillToDo(mark, bases))
    }),
  ]
}
