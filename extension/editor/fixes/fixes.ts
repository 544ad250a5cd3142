// Everything that can be done about findings and measured lines where they stand, wired.

import type * as vscode from 'vscode'
import type { Session } from '../../profiler/session'
import type { FindingMarks } from '../finding-marks'
import type { LineMarks } from '../marks/line-marks'
import { BaseTexts } from './base-texts'
import { registerCapOutput } from './cap-output'
import { registerFixActions } from './fix-actions'
import { LineActions } from './line-actions'

export function registerFixes(
  session: Session,
  marks: FindingMarks,
  lineMarks: LineMarks,
): vscode.Disposable[] {
  const bases = new BaseTexts(marks)
  return [
    bases,
    ...registerFixActions({ marks, bases, lines: new LineActions(session, lineMarks) }),
    registerCapOutput(session, lineMarks),
  ]
}
