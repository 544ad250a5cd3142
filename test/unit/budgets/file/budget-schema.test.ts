// The published schema is the shape that is read, and says what each limit means.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { budgetJsonSchema } from '../../../../profiler-agent/budgets/file/budget-schema'
import { inRepository } from '../../../support/repository'

describe('budgets/file/budget-schema', () => {
  it('is the published JSON Schema', () => {
    const published = inRepository('docs', 'costflame.budgets-1.schema.json')
    if (process.env.COSTFLAME_WRITE_SCHEMA)
      writeFileSync(published, `${JSON.stringify(budgetJsonSchema(), null, 2)}\n`)
    assert.deepEqual(
      JSON.parse(readFileSync(published, 'utf8')),
      JSON.parse(JSON.stringify(budgetJsonSchema())),
      'docs/costflame.budgets-1.schema.json is not the shape in profiler-agent/budgets/file/budget-shape.ts. If the change is meant: ' +
        'COSTFLAME_WRITE_SCHEMA=1 npm test -- unit --grep "published JSON Schema"',
    )
  })
})
