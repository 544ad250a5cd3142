// Opens the store for a profiler, whose calls must pass whatever is wrong with it: a damaged file is set aside, and where none can be written one in memory takes its place.

import { existsSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RememberingStore } from './remembering-store'
import { openInMemory, openStore, STORE_FILE, type Store } from './store'

export interface RecordingStore {
  readonly store: Store
  /** False: what is written is gone when the process ends. */
  readonly isKept: boolean
  /** For the user, where something is wrong. */
  readonly problem?: string
  /**
   * Where nothing is kept: writes it all into the file if that can be written now, and gives the number of calls that are lost
   * all the same. Another store has to be opened then. Does nothing soon after a try, unless it is the last.
   */
  readonly moveIn?: (isLastTry: boolean) => number | undefined
}

/** SQLite's result codes for a file that is damaged, or is no database. */
const DAMAGE_CODES = new Set([11, 26])

/** SQLite's result codes for a lock that somebody else holds. */
const LOCK_CODES = new Set([5, 6])
/** Between two tries for a lock, most of which wait by themselves. */
const LOCK_PAUSE_MS = 200

/** Between two tries to leave the memory: a disk that has too little room is not written full over and over. */
const LEAST_PAUSE_MS = 1000
const PAUSE_PER_TRY = 20

/**
 * Waits for as long as another program holds the store, which `tell` says once, as it says the end of it: calls are kept
 * meanwhile by whoever hands them over. Throws only where not even a store in memory can be had.
 */
export function openForRecording(folder: string, tell: (message: string) => void): RecordingStore {
  try {
    return openedUnlocked(folder, tell)
  } catch (error) {
    const aside = isDamage(error) || isFolder(folder) ? setAside(folder) : undefined
    return aside === undefined
      ? inMemory(folder, messageOf(error))
      : afterDamage(folder, messageOf(error), aside)
  }
}

/** Whether an error says that the file is damaged: waiting does not mend it. */
export function isDamage(error: unknown): boolean {
  return hasCode(error, DAMAGE_CODES)
}

/** Whether an error, or what caused it, has one of these primary result codes. */
function hasCode(error: unknown, codes: ReadonlySet<number>): boolean {
  if (!(error instanceof Error)) return false
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
  return (code !== undefined && codes.has(code)) || hasCode(error.cause, codes)
}

function openedUnlocked(folder: string, tell: (message: string) => void): RecordingStore {
  for (let isTold = false; ; ) {
    try {
      const store = opened(folder)
      if (isTold) tell('the store can be written again; nothing was lost')
      return store
    } catch (error) {
      if (!hasCode(error, LOCK_CODES)) throw error
      if (!isTold)
        tell(
          `the store cannot be written (${messageOf(error)}) Calls are kept in memory meanwhile: let go of the file.`,
        )
      isTold = true
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_PAUSE_MS)
    }
  }
}

/** Renames the file and what belongs to it, so that a new one takes its place; its new name, `undefined` where that is not allowed. */
export function setAside(folder: string): string | undefined {
  const name = `costflame-damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.db`
  try {
    for (const suffix of ['-wal', '-shm', ''])
      if (existsSync(join(folder, STORE_FILE + suffix)))
        renameSync(join(folder, STORE_FILE + suffix), join(folder, name + suffix))
    return name
  } catch {
    // The caller says what that means.
    return undefined
  }
}

function opened(folder: string): RecordingStore {
  const store = openStore(folder)
  if (!store.readOnly) return { store, isKept: true }
  store.close()
  return inMemory(
    folder,
    `the store in ${folder} was written by a newer Costflame. Update this one, or name another folder with --data`,
  )
}

function afterDamage(folder: string, reason: string, aside: string): RecordingStore {
  try {
    const problem = `${reason} It is set aside as ${aside}; recording goes on in a new one.`
    return { ...opened(folder), problem }
  } catch (error) {
    return inMemory(folder, messageOf(error))
  }
}

function inMemory(folder: string, reason: string): RecordingStore {
  const problem = `${reason.replace(/\.$/, '')}. Calls pass; what is recorded of them is kept in memory until the store can be written, and lost if this profiler ends before.`
  const store = openInMemory((database) => new RememberingStore(database))
  let nextTry = performance.now() + LEAST_PAUSE_MS
  const moveIn = (isLastTry: boolean) => {
    const startedAt = performance.now()
    if (startedAt < nextTry && !isLastTry) return undefined
    const isMoved = isMovedInto(folder, store)
    const now = performance.now()
    nextTry = now + Math.max(LEAST_PAUSE_MS, PAUSE_PER_TRY * (now - startedAt))
    return isMoved ? store.forgotten : undefined
  }
  return { store, isKept: false, problem, moveIn }
}

function isMovedInto(folder: string, memory: RememberingStore): boolean {
  try {
    const store = openStore(folder)
    try {
      if (!store.readOnly) memory.repeatIn(store)
      return !store.readOnly
    } finally {
      store.close()
    }
  } catch {
    // Said when the profiler started, and tried again.
    return false
  }
}

function isFolder(folder: string): boolean {
  return statSync(join(folder, STORE_FILE), { throwIfNoEntry: false })?.isDirectory() === true
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
