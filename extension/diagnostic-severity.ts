// How a diagnostic of ours is shown in a file, by the settings that hold for it.

import * as vscode from 'vscode'
import type { Severity } from '../profiler-agent/model/finding'
import { shownSeverity } from './severities'

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
}

/** `undefined` where the user wants none of its kind, or none at all. */
export function diagnosticSeverity(
  finding: { readonly rule: string; readonly severity: Severity },
  uri: vscode.Uri,
): vscode.DiagnosticSeverity | undefined {
  const settings = vscode.workspace.getConfiguration('costflame.diagnostics', uri)
  if (!settings.get<boolean>('enabled', true)) return undefined
  const severity = shownSeverity(finding, settings.get<Record<string, unknown>>('severities', {}))
  return severity === 'off' ? undefined : SEVERITIES[severity]
}
