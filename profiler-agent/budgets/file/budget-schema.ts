// The JSON Schema of `budgets.jsonc`, made from the shape that the reader checks, so that the editor and the reader agree.

import { fileSchema, type Schema } from '../../wire/json-schema'
import { BUDGET_SHAPE, BUDGET_VERSION } from './budget-shape'

/** JSON Schema (draft 2020-12) of version 1. */
export function budgetJsonSchema(): Schema {
  return fileSchema('Costflame budgets', BUDGET_SHAPE, BUDGET_VERSION)
}
