// Limits held against a run of 20,000 calls, after each of them, beside the same of 2,000: what a call takes must not grow with the run.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { figure } from './statistics.mjs'

const ROUNDS = 3

/** What the names of its figures begin with. */
export const figures = ['limits']

export async function* measure() {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  try {
    const program = built(folder)
    const long = best(() => msPerCall(program, 20_000))
    const short = best(() => msPerCall(program, 2_000))
    yield figure('limits.perCall', 'ms', long, short, 'the same in a run of 2,000 calls')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function built(folder) {
  const outfile = join(folder, 'limits-process.cjs')
  buildSync({
    entryPoints: [fileURLToPath(new URL('limits-process.ts', import.meta.url))],
    ...{
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      target: 'node22',
    },
  })
  return outfile
}

function msPerCall(program, calls) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, String(calls)])
  if (status !== 0) throw new Error(String(stderr))
  return Number(stdout)
}

function best(work) {
  return Math.min(...Array.from({ length: ROUNDS }, work))
}
