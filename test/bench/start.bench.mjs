// What profiling adds before a program starts: the hook inside it, and `costflame run` around it. Baseline: the program alone.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { figure, percentile } from './statistics.mjs'

const ROUNDS = 15

export async function* measure(dist) {
  const data = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  const hooked = {
    ...process.env,
    COSTFLAME_PROXY: 'http://127.0.0.1:9',
    NODE_OPTIONS: `--require ${join(dist, 'hooks', 'node.cjs')}`,
  }
  const commands = {
    alone: { args: ['-e', '0'], env: process.env },
    hooked: { args: ['-e', '0'], env: hooked },
    run: {
      args: [join(dist, 'costflame.js'), 'run', '--data', data, '--', process.execPath, '-e', '0'],
      env: process.env,
    },
  }
  const times = { alone: [], hooked: [], run: [] }
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, { args, env }] of Object.entries(commands)) times[name].push(timed(args, env))
  rmSync(data, { recursive: true, force: true })
  const median = (name) => percentile(times[name], 0.5)
  yield figure('hook.start', 'ms', median('hooked'), median('alone'), 'the program alone')
  yield figure('run.start-to-end', 'ms', median('run'), median('alone'), 'the program alone')
}

function timed(args, env) {
  const start = performance.now()
  const { status } = spawnSync(process.execPath, args, { env, stdio: 'ignore' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
  return performance.now() - start
}
