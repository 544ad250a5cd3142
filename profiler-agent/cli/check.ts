// `costflame check`: recorded runs against the budget file, as a gate for CI.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import { judgeBudgets } from '../budgets/compare/judge-budgets'
import { type BudgetFile, readBudgetFile } from '../budgets/file/budget-file'
import { checkJson } from '../formats/check-json'
import { checkJunit } from '../formats/check-junit'
import { checkMarkdown } from '../formats/check-markdown'
import type { CheckReport } from '../formats/check-report'
import { checkSarif } from '../formats/check-sarif'
import { checkText } from '../formats/check-text'
import type { GateVerdict } from '../model/budget'
import { formatPlural } from '../model/quantity'
import { EXIT, type Io, note, print, UsageError } from './io'
import type { CheckFormat } from './output-formats'
import { budgetFile, dataFolder, rootFolder } from './places'
import { type SelectedRuns, withRecordedRuns } from './recorded-runs'

export interface CheckOptions {
  readonly run: string
  /** Runs to compare with instead of the baselines in the file. */
  readonly base?: string
  readonly budget?: string
  readonly format: CheckFormat
  readonly data?: string
}

/** Gives the exit code of the gate: 1 if any limit is over, else 3 if any is indeterminate, or a part of the file unread, else 0. */
export async function check(io: Io, options: CheckOptions): Promise<number> {
  const path = budgetFile(io, options.budget)
  const name = shown(io, path)
  const file = usableFile(path, name)
  const data = dataFolder(io, options.data)
  const needs = {
    days: file.budgets.some(({ scope, limits }) => scope.kind === 'day' && limits.costUsdPerDay),
  }
  const report = await withRecordedRuns(io, { selector: options.run, data }, needs, async (head) => {
    const { base } = options
    if (base === undefined) return reportOf({ file, name, head })
    return withRecordedRuns(io, { selector: base, data }, needs, (runs) =>
      reportOf({ file, name, head, base: runs }),
    )
  })
  const text = FORMATTERS[options.format](report, io)
  if (text !== '') print(io, text)
  tellProblems(io, report, options.format)
  tellWarnings(io, name, file)
  return exitCode(report)
}

const FORMATTERS: Readonly<Record<CheckFormat, (report: CheckReport, io: Io) => string>> = {
  text: checkText,
  json: (report) => JSON.stringify(checkJson(report)),
  sarif: (report, { version }) => JSON.stringify(checkSarif(report, version), null, 2),
  junit: checkJunit,
  markdown: checkMarkdown,
}

interface Question {
  readonly file: BudgetFile
  readonly name: string
  readonly head: SelectedRuns
  readonly base?: SelectedRuns
}

function reportOf({ file, name, head, base }: Question): CheckReport {
  const { budgets, gate } = file
  // Limits that make each other pointless count all the same.
  const problems = file.problems.filter(({ severity }) => severity !== 'warning')
  const judged = judgeBudgets({ budgets, gate, head, hashOf: sha256, ...(base ? { base } : {}) })
  return { ...judged, file: name, problems, runs: head.runs.length }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Throws UsageError where there is no file, or nothing in it can be used. */
function usableFile(path: string, name: string): BudgetFile {
  if (!existsSync(path))
    throw new UsageError(
      `there is no budget file ${path}. Make one from recorded runs with "costflame budgets export", or an empty one with "costflame budgets init".`,
    )
  const file = readBudgetFile(textOf(path))
  const [first] = file.problems
  const hasLimits = file.budgets.some(
    ({ limits, models }) => models !== undefined || Object.keys(limits).length > 0,
  )
  if (!first || hasLimits) return file
  const problems = file.problems.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`)
  throw new UsageError(`no limit can be read in the budget file:\n${problems.join('\n')}`)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Relative to the root of the repository, where it lies in it. */
function shown(io: Io, path: string): string {
  const inside = relative(rootFolder(io), path)
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/')
}

/** Where the format itself does not. */
function tellProblems(io: Io, { file, problems }: CheckReport, format: CheckFormat): void {
  if (problems.length === 0) return
  if (format !== 'text')
    for (const { line, column, message } of problems)
      note(io, `costflame: ${file}:${line}:${column}: not read: ${message}`)
  note(io, `costflame: ${formatPlural(problems.length, 'mistake')} in ${file}; the rest of it was checked`)
}

function tellWarnings(io: Io, name: string, { problems }: BudgetFile): void {
  for (const { line, column, message, severity } of problems)
    if (severity === 'warning') note(io, `costflame: ${name}:${line}:${column}: ${message}`)
}

const CODES: Readonly<Record<GateVerdict, number>> = {
  over: EXIT.failed,
  indeterminate: EXIT.indeterminate,
  ...{ stale: EXIT.fine, near: EXIT.fine, fine: EXIT.fine },
}

/** What could not be read is not known to be kept. */
function exitCode({ verdict, problems }: CheckReport): number {
  const code = CODES[verdict]
  return code === EXIT.fine && problems.length > 0 ? EXIT.indeterminate : code
}
