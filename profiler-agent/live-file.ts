// How a running profiler is found: its ready line in `data/live/<pid>.json`, for as long as it lives.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadyLine } from './feed/protocol'

/** Announces this process (file 0600, it holds the token) and clears away what dead profilers left. Gives a function that takes it back. */
export function announce(data: string, ready: ReadyLine): () => void {
  try {
    return announced(join(data, 'live'), ready)
  } catch {
    // A folder that cannot be written: who started the profiler has the line, and its worker says what is wrong.
    return () => undefined
  }
}

function announced(folder: string, ready: ReadyLine): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  removeDead(folder)
  const file = join(folder, `${ready.pid}.json`)
  // Whole from the first moment on: who watches the folder reads the file as soon as it is there.
  writeFileSync(`${file}.new`, `${JSON.stringify(ready)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return () => rmSync(file, { force: true })
}

/** Ids of the processes that serve this data folder now. */
export function livingProfilers(data: string): number[] {
  const folder = join(data, 'live')
  if (!existsSync(folder)) return []
  return readdirSync(folder).map(pidOf).filter(isAlive)
}

/** NaN for anything else in the folder. */
function pidOf(name: string): number {
  return Number(/^(\d+)\.json$/.exec(name)?.[1])
}

function removeDead(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = pidOf(name)
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(folder, name), { force: true })
  }
}

/** Whether a process with this id exists, ours or not. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
