// How a running profiler is found: its ready line in `data/live/<pid>.json`, for as long as it lives.

import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadyLine } from './feed/protocol'

/** Announces this process (file 0600, it holds the token) and clears away what dead profilers left. Gives a function that takes it back. */
export function announce(data: string, ready: ReadyLine): () => void {
  const folder = join(data, 'live')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  removeDead(folder)
  const file = join(folder, `${ready.pid}.json`)
  // Whole from the first moment on: who watches the folder reads the file as soon as it is there.
  writeFileSync(`${file}.new`, `${JSON.stringify(ready)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return () => rmSync(file, { force: true })
}

function removeDead(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/^(\d+)\.json$/.exec(name)?.[1])
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(folder, name), { force: true })
  }
}

/** Whether a process with this id exists, ours or not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
