// `costflame budgets init|validate`: begins a budget file, says what is wrong in one.

import { readBudgetFile } from '../budgets/file/budget-file'
import { FIRST_BUDGETS } from '../budgets/file/first-budgets'
import { formatPlural } from '../model/quantity'
import { problemText, readBudgetText, writeBudgetSchema, writeBudgetText } from './budget-text'
import { escalationsToNobody } from './escalations'
import { EXIT, type Io, note, print, UsageError } from './io'
import type { BudgetsFormat } from './output-formats'
import { budgetFile } from './places'

export interface ValidateOptions {
  readonly budget?: string
  readonly format: BudgetsFormat
}

const VALIDATION_SCHEMA = 'costflame.budgets-validation/1'

/** Leaves a budget file that is there as it is; its schema is brought up to date. */
export async function initBudgets(io: Io): Promise<number> {
  const path = budgetFile(io, undefined)
  const isNew = readBudgetText(path) === undefined
  if (isNew) writeBudgetText(path, FIRST_BUDGETS)
  print(io, isNew ? `wrote ${path}` : `${path} is there already and stays as it is`)
  const schema = writeBudgetSchema(path)
  if (schema !== undefined) print(io, `wrote ${schema}`)
  return EXIT.fine
}

export async function validateBudgets(io: Io, { budget, format }: ValidateOptions): Promise<number> {
  const path = budgetFile(io, budget)
  const text = readBudgetText(path)
  if (text === undefined)
    throw new UsageError(`there is no budget file ${path}. Begin one with: costflame budgets init`)
  const { budgets, problems } = readBudgetFile(text)
  // What a name stands for is each user's own: no mistake of the file.
  const notes = escalationsToNobody(io, budgets).map((problem) => problemText(path, problem))
  if (format === 'json') print(io, JSON.stringify({ schema: VALIDATION_SCHEMA, path, problems, notes }))
  else if (problems.length > 0) print(io, problems.map((problem) => problemText(path, problem)).join('\n'))
  else {
    const limits = budgets.flatMap((each) => [
      ...Object.keys(each.limits),
      ...(each.models ? ['models'] : []),
    ])
    print(io, `${path}: ${formatPlural(limits.length, 'limit')}, no mistakes`)
  }
  if (format === 'text') for (const each of notes) note(io, `costflame: ${each}`)
  return problems.length > 0 ? EXIT.usage : EXIT.fine
}
