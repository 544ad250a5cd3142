// Reads and writes the budget file for commands, and the schema beside it. What stands in the file is for others.

import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BudgetProblem } from '../budgets/file/budget-file'
import { budgetJsonSchema } from '../budgets/file/budget-schema'
import { BUDGET_SCHEMA_FILE } from '../budgets/file/first-budgets'
import { UsageError } from './io'

/** `undefined` where there is none. Throws UsageError where it cannot be read. */
export function readBudgetText(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`the budget file ${path} cannot be read: ${reasonOf(error)}`)
  }
}

/**
 * Writes it whole or not at all: what people wrote by hand must not be lost half-way. Throws UsageError, which ends with the
 * advice, where it cannot.
 */
export function writeBudgetText(path: string, text: string, advice = ''): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = existsSync(path) ? realpathSync(path) : path
    const written = `${file}.${process.pid}.new`
    try {
      writeFileSync(written, text)
      renameSync(written, file)
    } finally {
      rmSync(written, { force: true })
    }
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${reasonOf(error)}. Nothing was changed.${advice}`)
  }
}

/** The schema beside a budget file, as this version has it. Gives its path where it was not there or another one. */
export function writeBudgetSchema(budgetPath: string): string | undefined {
  const path = join(dirname(budgetPath), BUDGET_SCHEMA_FILE)
  const text = `${JSON.stringify(budgetJsonSchema(), null, 2)}\n`
  if (readBudgetText(path) === text) return undefined
  writeBudgetText(path, text)
  return path
}

/** `path:line:column: message`. */
export function problemText(path: string, { line, column, message }: BudgetProblem): string {
  return `${path}:${line}:${column}: ${message}`
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
