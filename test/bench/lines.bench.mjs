// What the editor asks of the code with 10,000 calls in the store: its lines the first time, again, and after a call of a run that
// goes on; the detail of one line. Beside the time that `JSON.parse` takes for the answer.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { figure } from './statistics.mjs'

const ROUNDS = 3

/** What the names of its figures begin with. */
export const figures = ['lines']

export async function* measure() {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  try {
    const program = built(folder)
    const rounds = Array.from({ length: ROUNDS }, () => measured(program))
    const best = (name) => Math.min(...rounds.map((round) => round[name]))
    const base = 'JSON.parse of the answer'
    yield figure('lines.first', 'ms', best('first'), best('parse'), base)
    yield figure('lines.again', 'ms', best('again'), best('parse'), base)
    yield figure('lines.afterACall', 'ms', best('grown'), best('parse'), base)
    yield figure('lines.detail', 'ms', best('line'), best('parse'), base)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function built(folder) {
  const outfile = join(folder, 'lines-process.cjs')
  buildSync({
    entryPoints: [fileURLToPath(new URL('lines-process.ts', import.meta.url))],
    ...{ outfile, bundle: true, platform: 'node', format: 'cjs' },
    ...{ mainFields: ['module', 'main'], target: 'node22' },
  })
  return outfile
}

function measured(program) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program])
  if (status !== 0) throw new Error(String(stderr))
  return JSON.parse(String(stdout))
}
