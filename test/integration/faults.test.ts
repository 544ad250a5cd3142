// What docs/reliability.md says is what the fault tests find. Loaded after them: mocha takes the files in the order of their names.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { notedFaults } from '../support/reliability'
import { readReliabilityPage, reliabilityPage } from '../support/reliability-page'
import { inRepository } from '../support/repository'
import { skip } from '../support/skip'

const PAGE = inRepository('docs', 'reliability.md')

describe('faults: docs/reliability.md', () => {
  before(function () {
    if (notedFaults().length === 0) skip(this, 'no fault was tried in this run')
    if (process.env.COSTFLAME_WRITE_RELIABILITY === '1')
      writeFileSync(PAGE, reliabilityPage(notedFaults(), new Date().toISOString().slice(0, 10)))
  })

  it('names every fault that was tried', () => {
    const written = readReliabilityPage(readFileSync(PAGE, 'utf8'))
    assert.deepEqual(
      notedFaults().flatMap(({ fault }) => (written.has(fault) ? [] : [fault])),
      [],
      'docs/reliability.md is not current; write it with COSTFLAME_WRITE_RELIABILITY=1',
    )
  })

  it('says that no call failed and none was lost', () => {
    const written = readReliabilityPage(readFileSync(PAGE, 'utf8'))
    assert.ok(written.size > 0)
    assert.deepEqual(
      [...written].filter(([, { failed, lost }]) => failed !== 0 || lost !== 0),
      [],
    )
  })
})
