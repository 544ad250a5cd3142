// Disks that are full or may not be written, made with what this machine allows; says which way that was.

import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A state of a folder or file, and how to end it. */
export interface Condition {
  readonly how: string
  end(): void
}

/** Mounts a file system of so many bytes in memory on a folder; undefined where this user may not. */
export function smallDisk(folder: string, bytes: number): Condition | undefined {
  if (!does('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'tmpfs', folder)) return undefined
  return { how: 'a tmpfs of its own', end: () => void does('umount', '-l', folder) }
}

/**
 * Makes a folder read-only, for root too: it is mounted on itself and the mount made read-only, where that is allowed; else by
 * its mode, which binds every user but root. Undefined where neither works.
 */
export function readOnlyFolder(folder: string): Condition | undefined {
  if (does('mount', '--bind', folder, folder)) {
    if (does('mount', '-o', 'remount,ro,bind', folder))
      return { how: 'a read-only bind mount', end: () => void does('umount', '-l', folder) }
    does('umount', '-l', folder)
  }
  if (process.getuid?.() === 0) return undefined
  chmodSync(folder, 0o500)
  return { how: 'mode 0500', end: () => chmodSync(folder, 0o700) }
}

/** Makes a file read-only, for root too where the file system knows the immutable flag. */
export function readOnlyFile(file: string): Condition | undefined {
  if (does('chattr', '+i', file)) return { how: '`chattr +i`', end: () => void does('chattr', '-i', file) }
  if (process.getuid?.() === 0) return undefined
  chmodSync(file, 0o400)
  return { how: 'mode 0400', end: () => chmodSync(file, 0o600) }
}

/** A program that runs node with a limit on the size of the files that it writes (`RLIMIT_FSIZE`), for any user. */
export function nodeWithFileLimit(folder: string, kilobytes: number): string {
  const path = join(folder, 'limited-node.sh')
  const blocks = kilobytes * 2
  writeFileSync(path, `#!/bin/sh\nulimit -f ${blocks}\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 })
  return path
}

function does(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    // Not allowed, or not there: the caller takes another way or says that there is none.
    return false
  }
}
