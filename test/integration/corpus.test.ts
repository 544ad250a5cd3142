// Recorded provider traffic of other projects, where it is at hand beside the repository: an import of all of it says the
// provider's own numbers, mapped here by code that shares nothing with the adapters, and docs/conformance.md says so too.

import assert from 'node:assert/strict'
import { relative } from 'node:path'
import { factsOf } from '../support/call-facts'
import { conformancePage, type Judged } from '../support/conformance-table'
import { assertGeneratedPage } from '../support/generated-page'
import { CORPUS, hasCorpus, type RecordedRow, recordedRows } from '../support/recorded-corpus'
import { type ImportedCalls, importCorpus, importFiles } from '../support/recorded-import'
import { totalSaidBy } from '../support/recorded-usage'
import { VARIANTS } from '../support/recorded-variants'
import { costVerdictOf, verdictOf } from '../support/recorded-verdict'
import { skip } from '../support/skip'

describe('recorded traffic', function () {
  this.timeout(480_000)
  let judged: readonly Judged[]
  let imported: ImportedCalls
  let missing: readonly RecordedRow[]

  before(async function () {
    if (!hasCorpus) skip(this, `no recordings at ${relative(process.cwd(), CORPUS)}`)
    const rows = recordedRows()
    imported = await importCorpus(rows)
    missing = rows.filter((row) => !imported.places.has(placeOf(row)))
    judged = rows.map((row) => {
      const calls = imported.calls.get(placeOf(row)) ?? []
      const earlier = rows.filter(({ file, index }) => file === row.file && index < row.index)
      return { row, verdict: verdictOf(row, earlier, calls), cost: costVerdictOf(row, earlier, calls) }
    })
  })

  it('is imported whole, without a fault of ours', () => {
    assert.deepEqual(imported.faults, [])
    assert.deepEqual(missing.map(placeOf), [])
  })

  it('gives the provider’s own numbers', () => {
    assert.deepEqual(
      judged.flatMap(({ row, verdict }) =>
        verdict.kind === 'inexact' ? [`${nameOf(row)}: ${verdict.reason}`] : [],
      ),
      [],
    )
  })

  it('adds up to the provider’s own total wherever it gives one', () => {
    const different = judged.flatMap(({ row, verdict }) => {
      const [call, ...others] = (imported.calls.get(placeOf(row)) ?? []).filter(({ billed }) => billed)
      const total = totalSaidBy(row)
      if (verdict.kind !== 'exact' || !call || others.length > 0 || total === null) return []
      const sum = (call.usage.inputTokens ?? 0) + (call.usage.outputTokens ?? 0)
      return sum === total ? [] : [`${nameOf(row)}: ${sum} instead of ${total}`]
    })
    assert.deepEqual(different, [])
  })

  it('costs what two independent sources say, wherever they agree', () => {
    assert.deepEqual(
      judged.flatMap(({ row, cost }) => (cost.kind === 'inexact' ? [`${nameOf(row)}: ${cost.reason}`] : [])),
      [],
    )
  })

  for (const [what, change] of Object.entries(VARIANTS))
    it(`says the same of replies ${what}`, async () => {
      const { calls } = await importFiles(
        Object.entries(Object.groupBy(judged, ({ row }) => row.file)).map(([name, of = []]) => ({
          ...{ path: `/${name}`, name },
          bytes: Buffer.from(JSON.stringify({ exchanges: of.map(({ row }) => change(row.recorded)) })),
        })),
      )
      const different = judged.flatMap(({ row }) => {
        const [before, after] = [imported.calls, calls].map((of) =>
          JSON.stringify((of.get(placeOf(row)) ?? []).map(factsOf)),
        )
        return before === after ? [] : [`${nameOf(row)}: ${after} instead of ${before}`]
      })
      assert.deepEqual(different, [])
    })

  it('is what docs/conformance.md shows', () => {
    assertGeneratedPage('conformance.md', conformancePage(judged), 'COSTFLAME_WRITE_CONFORMANCE')
  })
})

function placeOf({ file, index }: RecordedRow): string {
  return `${file}#${index}`
}

function nameOf(row: RecordedRow): string {
  return `${placeOf(row)} ${row.provider} ${row.endpoint} ${row.model}`
}
