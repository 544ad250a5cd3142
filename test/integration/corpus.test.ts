// Recorded provider traffic of other projects, where it is at hand beside the repository: an import of all of it says the
// provider's own numbers, mapped here by code that shares nothing with the adapters. Writes docs/conformance.md when asked.

import assert from 'node:assert/strict'
import { relative } from 'node:path'
import type { ModelCall } from '../../profiler-agent/model/span'
import { CORPUS, hasCorpus, type RecordedRow, recordedRows } from '../support/recorded-corpus'
import { type ImportedCalls, importCorpus } from '../support/recorded-import'
import { verdictOf } from '../support/recorded-verdict'
import { skip } from '../support/skip'

describe('recorded traffic', function () {
  this.timeout(120_000)
  let rows: RecordedRow[]
  let imported: ImportedCalls

  before(async function () {
    if (!hasCorpus) skip(this, `no recordings at ${relative(process.cwd(), CORPUS)}`)
    rows = recordedRows()
    imported = await importCorpus(rows)
  })

  it('is imported whole, without a fault of ours', () => {
    assert.deepEqual(imported.faults, [])
    const missing = rows.filter((row) => !imported.places.has(placeOf(row)))
    assert.deepEqual(missing.map(placeOf), [])
  })

  it('gives the provider’s own numbers', () => {
    const verdicts = rows.map((row) => ({
      row,
      verdict: verdictOf(row, earlierOf(row), callsOf(row)),
    }))
    const inexact = verdicts.flatMap(({ row, verdict }) =>
      verdict.kind === 'inexact'
        ? [`${placeOf(row)} ${row.provider} ${row.endpoint}: ${verdict.reason}`]
        : [],
    )
    const kinds = Object.entries(Object.groupBy(verdicts, ({ verdict }) => verdict.kind))
    console.log(`      ${kinds.map(([kind, of = []]) => `${kind} ${of.length}`).join(' · ')}`)
    assert.deepEqual(inexact, [])
  })

  function earlierOf(row: RecordedRow): RecordedRow[] {
    return rows.filter(({ file, index }) => file === row.file && index < row.index)
  }

  function callsOf(row: RecordedRow): readonly ModelCall[] {
    return imported.calls.get(placeOf(row)) ?? []
  }
})

function placeOf({ file, index }: RecordedRow): string {
  return `${file}#${index}`
}
