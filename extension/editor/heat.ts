// A flame in the gutter and a mark in the overview ruler for each line that cost something, scaled to the cost of its run.

import * as vscode from 'vscode'
import { HEAT_STEPS, type HeatStep, heatIcon, heatStep, type Look } from './heat-steps'
import type { LineMarks, Mark } from './marks/line-marks'
import { paintShownEditors } from './shown-editors'

export function registerHeat(marks: LineMarks): vscode.Disposable {
  const heat = new Heat()
  const painted = () => paintShownEditors(marks, 'heat.enabled', (editor, those) => heat.paint(editor, those))
  let painting = painted()
  const onTheme = vscode.window.onDidChangeActiveColorTheme(() => {
    // Icons know light and dark only, not high contrast: they are made anew.
    heat.dispose()
    painting.dispose()
    painting = painted()
  })
  return vscode.Disposable.from(onTheme, heat, { dispose: () => painting.dispose() })
}

class Heat implements vscode.Disposable {
  /** By step, and whether the code was changed. Made when there is something to mark. */
  private types: ReadonlyMap<string, vscode.TextEditorDecorationType> | undefined

  paint(editor: vscode.TextEditor, marks: readonly Mark[]) {
    if (marks.length === 0 && this.types === undefined) return
    this.types ??= decorationTypes()
    const ranges = Map.groupBy(marks, ({ cost, isChanged }) => keyOf(heatStep(cost.share), isChanged))
    for (const [key, type] of this.types)
      editor.setDecorations(type, ranges.get(key)?.map(({ range }) => firstLine(range)) ?? [])
  }

  dispose() {
    for (const type of this.types?.values() ?? []) type.dispose()
    this.types = undefined
  }
}

function keyOf(step: HeatStep | undefined, isChanged: boolean): string {
  return `${step} ${isChanged}`
}

/** The gutter repeats an icon on every line of its range. */
function firstLine({ start }: vscode.Range): vscode.Range {
  return new vscode.Range(start, start)
}

function decorationTypes(): Map<string, vscode.TextEditorDecorationType> {
  const [dark, light] = looks()
  return new Map(
    HEAT_STEPS.flatMap((step) =>
      [false, true].map((isChanged) => [
        keyOf(step, isChanged),
        vscode.window.createTextEditorDecorationType({
          dark: { gutterIconPath: iconUri(step, dark, isChanged) },
          light: { gutterIconPath: iconUri(step, light, isChanged) },
          // What was changed since may be another cost by now: the map of the file shows only what is known.
          ...(isChanged ? {} : rulerMark(step)),
          rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
        }),
      ]),
    ),
  )
}

function rulerMark(step: HeatStep) {
  return {
    overviewRulerColor: new vscode.ThemeColor(`costflame.heat${step}`),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  }
}

function looks(): readonly [Look, Look] {
  const { kind } = vscode.window.activeColorTheme
  const isHigh =
    kind === vscode.ColorThemeKind.HighContrast || kind === vscode.ColorThemeKind.HighContrastLight
  return isHigh ? ['highContrast', 'highContrastLight'] : ['dark', 'light']
}

function iconUri(step: HeatStep, look: Look, isChanged: boolean): vscode.Uri {
  const svg = Buffer.from(heatIcon(step, look, isChanged)).toString('base64')
  return vscode.Uri.parse(`data:image/svg+xml;base64,${svg}`)
}
