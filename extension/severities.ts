// How serious a finding is shown: as the engine judges it, or as `costflame.diagnostics.severities` says. Knows no VS Code.

import type { Severity } from '../profiler-agent/model/finding'

export type ShownSeverity = Severity | 'off'

const SEVERITIES: readonly string[] = ['error', 'warning', 'info', 'hint', 'off'] satisfies ShownSeverity[]

/** `setting` names rules or their families (`cache`); the rule counts more. What is no severity changes nothing. */
export function shownSeverity(
  { rule, severity }: { readonly rule: string; readonly severity: Severity },
  setting: Readonly<Record<string, unknown>>,
): ShownSeverity {
  const family = rule.split('/', 1)[0] ?? rule
  return [setting[rule], setting[family]].find(isSeverity) ?? severity
}

function isSeverity(value: unknown): value is ShownSeverity {
  return typeof value === 'string' && SEVERITIES.includes(value)
}
