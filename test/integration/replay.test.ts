// What the proxy records of a call is what an import says of its recording: recorded requests go through a real profiler, recorded
// replies come back, and usage and cost are the same. Our own recordings always, those of other projects where they are at hand.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { factsOf } from '../support/call-facts'
import { CORPUS, hasCorpus, type Recorded, recordedRows } from '../support/recorded-corpus'
import { importFiles } from '../support/recorded-import'
import { type ReplayedFile, replay } from '../support/replay'
import { inRepository } from '../support/repository'
import { skip } from '../support/skip'

describe('recorded calls through the proxy', function () {
  this.timeout(240_000)

  it('count and cost what their import says', () => assertSame(ourRecordings()))

  it('do so for the traffic of other projects', function () {
    if (!hasCorpus) skip(this, `no recordings at ${relative(process.cwd(), CORPUS)}`)
    return assertSame(corpusFiles())
  })
})

async function assertSame(files: readonly ReplayedFile[]): Promise<void> {
  // Live calls are priced at their start: the recordings are made to say that they are of today.
  const date = new Date().toUTCString()
  const dated = files.map(({ name, exchanges }) => ({
    name,
    exchanges: exchanges.map((each) => ({ ...each, response_headers: withDate(each, date) })),
  }))
  const imported = await importFiles(
    dated.map(({ name, exchanges }) => ({
      ...{ path: `/${name}`, name },
      bytes: Buffer.from(JSON.stringify({ exchanges })),
    })),
  )
  const replayed = await replay(dated)
  const differences = dated.flatMap(({ name, exchanges }) =>
    exchanges.flatMap((_, index) => {
      const place = `${name}#${index}`
      const [ours, theirs] = [imported.calls.get(place), replayed.get(place)].map((calls = []) =>
        calls.map(factsOf),
      )
      return JSON.stringify(ours) === JSON.stringify(theirs)
        ? []
        : [{ place, imported: JSON.stringify(ours), replayed: JSON.stringify(theirs) }]
    }),
  )
  assert.deepEqual(differences, [])
  assert.deepEqual(imported.faults, [])
}

function withDate({ response_headers }: Recorded, date: string): Record<string, string> {
  const others = Object.entries(response_headers).filter(([name]) => name.toLowerCase() !== 'date')
  return { ...Object.fromEntries(others), date }
}

function ourRecordings(): ReplayedFile[] {
  const folder = inRepository('test', 'fixtures', 'recordings')
  return globSync('**/*.json', { cwd: folder }).map((name) => ({
    name: name.replaceAll('\\', '/'),
    exchanges: JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')).exchanges,
  }))
}

function corpusFiles(): ReplayedFile[] {
  const files = Map.groupBy(recordedRows(), ({ file }) => file)
  return [...files].map(([name, rows]) => ({ name, exchanges: rows.map(({ recorded }) => recorded) }))
}
