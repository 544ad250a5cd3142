// Runs a command under the profiler for an assistant, and tells what it cost.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { runsWithFindings } from '../findings'
import { type Io, UsageError } from '../io'
import { dataFolder, rootFolder } from '../places'
import { selectRuns } from '../select-runs'
import { toldFinding } from './told-finding'
import { toldTotals } from './told-totals'
import type { AssistantOptions } from './tools'

interface Asked {
  readonly command: readonly string[]
  readonly timeoutSeconds: number
}

/** Its own last words are not told: they may hold what the model said. Throws UsageError where nothing was recorded. */
export async function profiled(
  io: Io,
  { command, timeoutSeconds }: Asked,
  { data, prompts }: AssistantOptions,
): Promise<unknown> {
  const folder = dataFolder(io, data)
  const startedAt = Date.now()
  const ended = await ranUnderProfiler(io, ['--data', folder, '--', ...command], timeoutSeconds * 1000)
  const [run] = await selectRuns(io, { selector: 'latest', data: folder }, { segments: 'none' }).catch(
    () => [],
  )
  if (run === undefined || Date.parse(run.startTime) < startedAt)
    throw new UsageError(
      `the command ended with ${ended}, and no run was recorded. costflame doctor says why.`,
    )
  const [{ findings } = { findings: [] }] = await runsWithFindings(io, { selector: run.id, data: folder })
  return {
    run: run.id,
    exitCode: ended,
    totals: toldTotals(run.totals),
    findings: findings.map((finding) => toldFinding(finding, prompts)),
  }
}

/** Resolves with the exit code, or the signal that ended it: at the time limit it is asked to end, as by Ctrl-C. */
function ranUnderProfiler(io: Io, args: readonly string[], limitMs: number): Promise<number | string> {
  const script = join(io.assets, 'costflame.js')
  const child = spawn(process.execPath, [script, 'run', ...args], {
    cwd: rootFolder(io),
    env: { ...io.env },
    stdio: 'ignore',
  })
  const timer = setTimeout(() => child.kill('SIGINT'), limitMs)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      resolve(code ?? signal ?? 'no code')
    })
  })
}
