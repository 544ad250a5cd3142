// Fifty ways in which other tools shipped wrong totals: a test for each that applies to what there is, named after its row.

import assert from 'node:assert/strict'
import { findingTraps } from './traps/finding-traps'
import { priceTraps } from './traps/price-traps'
import { programTraps } from './traps/program-traps'
import { runTraps } from './traps/run-traps'
import { testedRows } from './traps/trap'
import { usageTraps } from './traps/usage-traps'
import { ON_THE_WIRE, WAITING } from './traps/waiting-rows'

const ROWS = 50

describe('traps', () => {
  describe('usage', usageTraps)
  describe('price', priceTraps)
  describe('runs', runTraps)
  describe('programs', programTraps)
  describe('findings and budgets', findingTraps)

  it('has a test or a reason for every row, and not both', () => {
    const waiting = WAITING.flatMap(({ rows }) => rows)
    const tested = [...testedRows()]
    assert.deepEqual(
      [...tested, ...ON_THE_WIRE, ...waiting].sort((left, right) => left - right),
      Array.from({ length: ROWS }, (_, index) => index + 1),
    )
  })
})
