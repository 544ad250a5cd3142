// The analysis of a run while it grows to 200,000 tokens in 100, 300 and 1,000 steps: its processor time and memory beside parsing the
// same bytes. Findings are brought up to date after every call (`whileItGoesOn`, and `slowestCall` of all), and reckoned at once (`whole`).

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { figure } from './statistics.mjs'

const STEPS = [100, 300, 1000]
/** A run that is cached as it should be, and two that are not: their findings take more. */
const SHAPES = ['cached', 'unmarked', 'clock']
const ROUNDS = 2

/** What the names of its figures begin with. */
export const figures = ['analysis']

export async function* measure() {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  try {
    const program = built(folder)
    for (const shape of SHAPES)
      for (const steps of STEPS) {
        const parsed = best(() => run(program, 'parse', steps, shape))
        const live = best(() => run(program, 'live', steps, shape))
        const whole = best(() => run(program, 'whole', steps, shape))
        const name = `analysis.${shape}${steps}`
        const what = 'JSON.parse of the same bytes'
        yield figure(`${name}.whileItGoesOn`, 'ms', live.ms, parsed.ms, what)
        yield figure(
          `${name}.slowestCall`,
          'ms',
          live.slowestMs,
          parsed.ms / steps,
          `${what}, mean of a call`,
        )
        yield figure(`${name}.whole`, 'ms', whole.ms, parsed.ms, what)
        yield figure(`${name}.memory`, 'MB', live.rssMb, parsed.rssMb, what)
      }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function built(folder) {
  const outfile = join(folder, 'analysis-process.cjs')
  buildSync({
    entryPoints: [fileURLToPath(new URL('analysis-process.ts', import.meta.url))],
    ...{
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      target: 'node22',
      minify: true,
    },
  })
  return outfile
}

function run(program, ...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args.map(String)], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** The smallest of each number: other work on the machine only ever adds. */
function best(measureOnce) {
  const rounds = Array.from({ length: ROUNDS }, measureOnce)
  const least = (name) => Math.min(...rounds.map((round) => round[name]))
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, least(name)]))
}
