// A run as columns: out of the store, beside the way through whole spans; and from columns to boxes, a million spans beside ten times 100,000.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { figure } from './statistics.mjs'

/** What the names of its figures begin with. */
export const figures = ['columns']

export async function* measure() {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  try {
    const program = built(folder)
    for (const [name, spans] of [
      ['columns.stored5k', 5_000],
      ['columns.stored20k', 20_000],
    ]) {
      const { columns, whole } = measured(program, 'stored', spans)
      yield figure(name, 'ms', columns, whole, 'the same by way of whole spans')
    }
    const [large, usual] = [measured(program, 'pictures', 1_000_000), measured(program, 'pictures', 100_000)]
    yield figure('columns.boxes100k', 'ms', usual.cost, usual.time, 'the same boxes in time')
    yield figure('columns.boxes1m', 'ms', large.cost, 10 * usual.cost, 'ten times those of 100,000 spans')
    yield figure('columns.timeline1m', 'ms', large.time, 10 * usual.time, 'ten times that of 100,000 spans')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function built(folder) {
  const outfile = join(folder, 'columns-process.cjs')
  const entry = fileURLToPath(new URL('columns-process.ts', import.meta.url))
  buildSync({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node22' },
    // Nothing here counts tokens: the tokenizer is never loaded.
    external: ['tiktoken', 'tiktoken/*'],
  })
  return outfile
}

function measured(program, what, spans) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, what, String(spans)])
  if (status !== 0) throw new Error(String(stderr))
  return JSON.parse(stdout)
}
