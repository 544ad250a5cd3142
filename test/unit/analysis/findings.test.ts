// The rules at work on one run: one that fails costs nobody else's findings.

import assert from 'node:assert/strict'
import type { FindingRule } from '../../../profiler-agent/analysis/finding-input'
import { findingsOf } from '../../../profiler-agent/analysis/findings'
import { contextOf } from '../../support/cache-calls'

describe('findingsOf', () => {
  const broken: FindingRule = {
    name: 'waste/broken',
    start: () => {
      throw new Error('no such call')
    },
  }
  const fine: FindingRule = {
    name: 'cache/fine',
    start: () => ({ add: () => undefined, findings: () => [] }),
  }

  it('says that a rule failed and runs the others', () => {
    const found = findingsOf({ ...contextOf(), calls: [] }, [broken, fine])
    assert.deepEqual(
      found.map(({ rule, severity, message }) => [rule, severity, message]),
      [
        [
          'profiler/rule-failed',
          'info',
          'The rule waste/broken failed on this run (no such call); its findings are missing, everything else is complete.',
        ],
      ],
    )
  })
})
