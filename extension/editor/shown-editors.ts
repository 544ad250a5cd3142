// Paints what is decorated on the lines of the visible editors, whenever it may look different. Nothing is done for documents that nobody sees.

import * as vscode from 'vscode'
import type { LineMarks, Mark } from './marks/line-marks'

/** Sets all decorations of its own in an editor, those it has no more included; without marks where its setting is off. */
export type Paint = (editor: vscode.TextEditor, marks: readonly Mark[]) => void

/** `setting` is the switch below `costflame.`, of the file's folder. Decorations go with what is disposed. */
export function paintShownEditors(marks: LineMarks, setting: string, paint: Paint): vscode.Disposable {
  const paintOne = (editor: vscode.TextEditor) => {
    const { document } = editor
    const isOn = vscode.workspace.getConfiguration('costflame', document).get<boolean>(setting, true)
    paint(editor, isOn ? marks.of(document) : [])
  }
  const paintAll = () => vscode.window.visibleTextEditors.forEach(paintOne)
  paintAll()
  return vscode.Disposable.from(
    marks.onDidChange((uri) => {
      if (uri === undefined) return paintAll()
      const key = uri.toString()
      for (const editor of vscode.window.visibleTextEditors)
        if (editor.document.uri.toString() === key) paintOne(editor)
    }),
    vscode.window.onDidChangeVisibleTextEditors(paintAll),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`costflame.${setting}`)) paintAll()
    }),
  )
}
