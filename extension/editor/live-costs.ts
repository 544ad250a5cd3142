// What a line has cost so far, at its end, while the run goes on; gone when the run is over.

import * as vscode from 'vscode'
import { liveText } from './lens-text'
import type { LineMarks, Mark } from './marks/line-marks'
import { paintShownEditors } from './shown-editors'

export function registerLiveCosts(marks: LineMarks): vscode.Disposable {
  const type = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3ch', color: new vscode.ThemeColor('editorCodeLens.foreground') },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  })
  const painting = paintShownEditors(marks, 'liveCosts.enabled', (editor, those) => {
    const live = those.filter((mark) => marks.isLive(mark))
    editor.setDecorations(
      type,
      live.map((mark) => decorationOf(mark, editor.document)),
    )
  })
  return vscode.Disposable.from(painting, type)
}

function decorationOf({ cost, range }: Mark, document: vscode.TextDocument): vscode.DecorationOptions {
  const { end } = document.lineAt(range.start.line).range
  return {
    range: new vscode.Range(end, end),
    renderOptions: { after: { contentText: liveText(cost, vscode.l10n) } },
  }
}
