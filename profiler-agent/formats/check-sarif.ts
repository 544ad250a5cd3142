// What the gate found as findings, which SARIF is written from: at the line that spends most, with the limit beside it.

import { createHash } from 'node:crypto'
import { budgetRule } from '../model/budget'
import type { LimitCheck } from '../model/comparison'
import type { Finding, Location, Severity } from '../model/finding'
import { scopeText } from '../model/limit-text'
import { type CheckReport, reasons, valueSentence } from './check-report'
import { sarifExport } from './sarif'

const SEVERITIES: Readonly<Record<Exclude<LimitCheck['verdict'], 'fine'>, Severity>> = {
  over: 'error',
  indeterminate: 'warning',
  near: 'warning',
  stale: 'info',
}

export function checkSarif({ results, file, problems }: CheckReport, version: string): object {
  const findings = [
    ...problems.map((problem) => problemFinding(file, problem)),
    ...results.flatMap((result) => findingOf(file, result)),
  ]
  return sarifExport(findings, version, 'costflame/check/')
}

function findingOf(file: string, result: LimitCheck): Finding[] {
  const { verdict, limit, scope, cause, position, runId = '' } = result
  if (verdict === 'fine') return []
  const rule = budgetRule(limit)
  const limitPlace: Location = { file, ...position }
  const line = cause && { file: cause.place.file, line: cause.place.line, column: 1 }
  return [
    {
      id: hashOf(`${rule}\n${JSON.stringify(scope)}\n${file}`),
      rule,
      severity: SEVERITIES[verdict],
      message: `${verdict}: ${scopeText(scope)}: ${[valueSentence(result), ...reasons(result)].join('; ')}.`,
      ...{ runId, spanIds: [] },
      location: line ?? limitPlace,
      relatedLocations: line ? [{ ...limitPlace, message: 'The limit is set here' }] : [],
      evidence: { verdict },
    },
  ]
}

function problemFinding(file: string, { line, column, message }: CheckReport['problems'][number]): Finding {
  const rule = 'profiler/budget-file'
  return {
    id: hashOf(`${rule}\n${file}\n${message}`),
    ...{ rule, severity: 'error' as const, message, runId: '', spanIds: [] },
    location: { file, line, column },
    ...{ relatedLocations: [], evidence: {} },
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
