// Everything that can be done about findings where they stand, wired.

import type * as vscode from 'vscode'
import type { Session } from '../../profiler/session'
import type { FindingMarks } from '../finding-marks'
import { BaseTexts } from './base-texts'
import { registerFixActions } from './fix-actions'

export function registerFixes(_session: Session, marks: FindingMarks): vscode.Disposable[] {
  const bases = new BaseTexts(marks)
  return [bases, ...registerFixActions(marks, bases)]
}
