// What profiling adds before a program starts: the hook inside it, and `costflame run` around it. Baseline: the program alone.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { figure, percentile } from './statistics.mjs'

const ROUNDS = 15

/** Prints when its process began, in ms since the epoch. */
const PROGRAM = ['-p', 'performance.timeOrigin']

/** What the names of its figures begin with. */
export const figures = ['hook.start', 'run']

export async function* measure(dist) {
  const data = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  const hooked = {
    ...process.env,
    COSTFLAME_PROXY: 'http://127.0.0.1:9',
    NODE_OPTIONS: `--require ${join(dist, 'hooks', 'node.cjs')}`,
  }
  const commands = {
    alone: { args: PROGRAM, env: process.env },
    hooked: { args: PROGRAM, env: hooked },
    run: {
      args: [join(dist, 'costflame.js'), 'run', '--data', data, '--', process.execPath, ...PROGRAM],
      env: process.env,
    },
  }
  const times = { alone: [], hooked: [], run: [] }
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, { args, env }] of Object.entries(commands)) times[name].push(timed(args, env))
  rmSync(data, { recursive: true, force: true })
  const median = (name, part) =>
    percentile(
      times[name].map((each) => each[part]),
      0.5,
    )
  yield figure('hook.start', 'ms', median('hooked', 'whole'), median('alone', 'whole'), 'the program alone')
  yield figure(
    'run.before-program',
    'ms',
    median('run', 'before'),
    median('alone', 'before'),
    'the program alone',
  )
  yield figure(
    'run.start-to-end',
    'ms',
    median('run', 'whole'),
    median('alone', 'whole'),
    'the program alone',
  )
}

/** Milliseconds until the program's process begins, and until all is over. */
function timed(args, env) {
  const start = performance.timeOrigin + performance.now()
  const { status, stdout } = spawnSync(process.execPath, args, {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
  return { before: Number(stdout) - start, whole: performance.timeOrigin + performance.now() - start }
}
