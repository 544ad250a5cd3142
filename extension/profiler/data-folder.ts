// Where the runs of a workspace folder lie, by the same rule as the command line, and which profilers are alive there. Knows no VS Code.

import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { decodeReadyLine } from '../../profiler-agent/feed/codec'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'

/** The nearest `.costflame` upward, else the git root's, else the folder's own; it may not exist yet. */
export function costflameFolder(folder: string): string {
  const owner = nearestWith(folder, '.costflame') ?? nearestWith(folder, '.git') ?? folder
  return join(owner, '.costflame')
}

export function dataFolder(folder: string): string {
  return join(costflameFolder(folder), 'data')
}

/** The folder that call sites are shown relative to, by the rule of the command line. */
export function rootFolder(folder: string): string {
  return nearestWith(folder, '.git') ?? nearestWith(folder, '.costflame') ?? folder
}

function nearestWith(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return at
    if (dirname(at) === at) return undefined
  }
}

/** Profilers that announce themselves there and whose process exists; the newest announcement first. Whether they answer is not known yet. */
export async function liveProfilers(data: string): Promise<readonly ReadyLine[]> {
  const folder = join(data, 'live')
  // No folder: nobody has ever listened here.
  const names = await readdir(folder).catch(() => [])
  const found = await Promise.all(names.map((name) => announcementIn(join(folder, name))))
  return found.filter((ready) => ready !== undefined).sort((a, b) => b.pid - a.pid)
}

async function announcementIn(file: string): Promise<ReadyLine | undefined> {
  // It may have gone since the folder was read; then its profiler has, too.
  const text = (await isPrivate(file)) ? await readFile(file, 'utf8').catch(() => '') : ''
  const decoded = decodeReadyLine(text)
  return decoded.ok && isOfThisMachine(decoded.value, file) ? decoded.value : undefined
}

/** A profiler's own file is for its user alone; one that came with a cloned repository is not, and could lead anywhere. */
async function isPrivate(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) return false
  return process.platform === 'win32' || (found.uid === process.getuid?.() && (found.mode & 0o077) === 0)
}

/** With `--host 0.0.0.0` it listens here as well. */
const THIS_MACHINE = /^(127(?:\.\d+){3}|localhost|\[::1\]|0\.0\.0\.0|\[::\])$/

function isOfThisMachine({ pid, feed, proxy }: ReadyLine, file: string): boolean {
  const isHere = [feed, proxy].every((url) => URL.canParse(url) && THIS_MACHINE.test(new URL(url).hostname))
  return isHere && basename(file) === `${pid}.json` && isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
