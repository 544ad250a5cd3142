// Megabytes of recordings a second, from the start of the process to its end, beside `JSON.parse` of the same bytes in this one.
// Recorded traffic of other projects where it is at hand, else recordings of our own, many times over.

import { spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { figure, percentile } from './statistics.mjs'

const ROUNDS = 5
const TOTAL_BYTES = 16e6
const tests = dirname(dirname(fileURLToPath(import.meta.url)))
const CORPUS = join(tests, '..', '..', 'shared', 'corpus')

/** What the names of its figures begin with. */
export const figures = ['import']

export async function* measure(dist) {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  try {
    const folders = existsSync(CORPUS) ? recordingsOfOthers() : [ownRecordings(folder)]
    const files = folders.flatMap(filesIn)
    const bytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0)
    const rates = { import: [], parse: [] }
    const rate = (milliseconds) => bytes / 1e6 / (milliseconds / 1000)
    // The first round warms the disk and the compile cache.
    for (let round = -1; round < ROUNDS; round++) {
      const imported = rate(timed(() => importAll(dist, folders, join(folder, `data${round}`))))
      const parsed = rate(timed(() => files.map((file) => JSON.parse(readFileSync(file, 'utf8')))))
      if (round < 0) continue
      rates.import.push(imported)
      rates.parse.push(parsed)
    }
    const median = (name) => percentile(rates[name], 0.5)
    yield figure('import.throughput', 'MB/s', median('import'), median('parse'), 'JSON.parse of the files')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function timed(work) {
  const start = performance.now()
  work()
  return performance.now() - start
}

function importAll(dist, folders, data) {
  const args = [join(dist, 'costflame.js'), 'import', '--format', 'exchanges', '--data', data, ...folders]
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`the import ended with ${status}: ${stderr}`)
}

function filesIn(folder) {
  return globSync('**/*.json', { cwd: folder }).map((file) => join(folder, file))
}

function recordingsOfOthers() {
  return readdirSync(CORPUS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(?:expected|xref|licenses)$/.test(entry.name))
    .map((entry) => join(CORPUS, entry.name))
}

/** Every copy with other texts, so that none is stored once for all, and as long as those of agents are. */
function ownRecordings(folder) {
  const root = join(tests, 'fixtures', 'recordings')
  const texts = filesIn(root).map((file) => readFileSync(file, 'utf8'))
  const recordings = join(folder, 'recordings')
  mkdirSync(recordings)
  for (let bytes = 0, copy = 0; bytes < TOTAL_BYTES; copy++) {
    const text = texts[copy % texts.length].replaceAll(
      'Norderney',
      `Place ${copy}. ${'The wind backs and freshens. '.repeat(200)}`,
    )
    writeFileSync(join(recordings, `${copy}.json`), text)
    bytes += text.length
  }
  return recordings
}
