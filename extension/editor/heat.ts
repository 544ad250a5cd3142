// A flame in the gutter and a mark in the overview ruler for each line that cost something, scaled to the cost of its run.

import * as vscode from 'vscode'
import { type HeatStep, heatIcon, heatStep, type Look } from './heat-steps'
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
  /** By what they look like. Made when there is something to mark. */
  private readonly types = new Map<string, vscode.TextEditorDecorationType>()

  paint(editor: vscode.TextEditor, marks: readonly Mark[]) {
    const ranges = new Map([...this.types.values()].map((type) => [type, [] as vscode.Range[]]))
    for (const { cost, range, isChanged } of marks) {
      const step = heatStep(cost.share)
      if (step === undefined) continue
      const type = this.typeOf(step, isChanged)
      ranges.set(type, [...(ranges.get(type) ?? []), firstLine(range)])
    }
    for (const [type, those] of ranges) editor.setDecorations(type, those)
  }

  dispose() {
    for (const type of this.types.values()) type.dispose()
    this.types.clear()
  }

  private typeOf(step: HeatStep, isChanged: boolean): vscode.TextEditorDecorationType {
    const key = `${step} ${isChanged}`
    const type = this.types.get(key) ?? decorationType(step, isChanged)
    this.types.set(key, type)
    return type
  }
}

/** The gutter repeats an icon on every line of its range. */
function firstLine({ start }: vscode.Range): vscode.Range {
  return new vscode.Range(start, start)
}

function decorationType(step: HeatStep, isChanged: boolean): vscode.TextEditorDecorationType {
  const [dark, light] = looks()
  return vscode.window.createTextEditorDecorationType({
    dark: { gutterIconPath: iconUri(step, dark, isChanged) },
    light: { gutterIconPath: iconUri(step, light, isChanged) },
    // What was changed since may cost something else by now: the ruler shows only what is known.
    ...(isChanged ? {} : rulerMark(step)),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  })
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
