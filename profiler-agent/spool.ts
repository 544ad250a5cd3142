// Finished exchanges on disk, in `data/spool/`, until they are stored: those that wait for the worker take no memory, and a
// profiler that is killed loses none of them. Files of dead processes are taken over. Masks nothing: what comes here may be written.

import { randomBytes } from 'node:crypto'
import {
  close,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statfsSync,
  unlink,
  writev,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type PackedExchange, partsOf } from './exchange-memory'
import { isAlive } from './live-file'
import { readFrame, type SpooledExchange } from './waiting-exchange'

const FOLDER = 'spool'
/** A file is removed as a whole, when everything in it is stored. */
const FILE_BYTES = 16 * 1024 * 1024
/** What waits beyond it waits in memory, bounded there. */
const MAX_BYTES = 1024 * 1024 * 1024
/** The last room of a disk is the store's. */
const LEAST_FREE_BYTES = 64 * 1024 * 1024
/** After a disk that was full or a folder that could not be written. */
const RETRY_MS = 5000

interface SpoolFile {
  readonly path: string
  readonly fd: number
  end: number
  /** Exchanges in it that are not stored yet. */
  waiting: number
  /** By a process that died. */
  readonly isLeft: boolean
}

/** Names of the files that this process writes: after a restart another process may have had its id. */
const own = new Set<string>()

export class Spool {
  readonly #folder: string
  readonly #files = new Map<number, SpoolFile>()
  #current: SpoolFile | undefined
  #nextTry = 0
  /** True where what is stored is gone with this process: what a dead one left is then kept for another. */
  keepsLeft = false

  /** `data` is the data folder. Touches nothing. */
  constructor(data: string) {
    this.#folder = join(data, FOLDER)
  }

  /**
   * Writes exchanges that came without `secrets`, in order. Gives their places, or `undefined` where they cannot be written for
   * the moment. Until then their bytes must not be changed. One call at a time.
   */
  async write(exchanges: readonly PackedExchange[]): Promise<readonly SpooledExchange[] | undefined> {
    if (performance.now() < this.#nextTry) return undefined
    try {
      return await this.#append(exchanges)
    } catch {
      // They stay in memory, as without a spool; the store on the same disk says what is wrong with it.
      this.#nextTry = performance.now() + RETRY_MS
      return undefined
    }
  }

  async #append(exchanges: readonly PackedExchange[]): Promise<readonly SpooledExchange[] | undefined> {
    const file = this.#fileWithRoom()
    if (file === undefined) return undefined
    // Counted before it is written, so that nobody removes the file meanwhile.
    file.waiting += exchanges.length
    const start = file.end
    const places = exchanges.map(({ id, runId, length }) => {
      const place = { id, runId, fd: file.fd, at: file.end, length }
      file.end += length
      return place
    })
    try {
      await writeUpToEnd(file, start, partsOf(exchanges))
      return places
    } catch (error) {
      file.end = start
      this.#stored(file, exchanges.length)
      throw error
    }
  }

  /** Its exchange is stored, or given up. */
  release({ fd }: SpooledExchange): void {
    const file = this.#files.get(fd)
    if (file) this.#stored(file, 1)
  }

  #stored(file: SpoolFile, count: number): void {
    file.waiting -= count
    if (file.waiting > 0) return
    if (this.#current === file) this.#current = undefined
    this.#files.delete(file.fd)
    if (file.isLeft && this.keepsLeft) closeSync(file.fd)
    else remove(file)
  }

  /** Takes over what dead processes left, oldest first; it is on disk until it is released here. */
  takeOver(): SpooledExchange[] {
    try {
      return leftFiles(this.#folder).flatMap((name) => this.#takeOverFile(name))
    } catch {
      return [] // A folder that cannot be read or written: another process may.
    }
  }

  #takeOverFile(name: string): SpooledExchange[] {
    const path = this.#newPath()
    try {
      // Of several that try only one succeeds.
      renameSync(join(this.#folder, name), path)
    } catch {
      own.delete(path)
      return []
    }
    const file = { path, fd: openSync(path, 'r'), end: 0, waiting: 0, isLeft: true }
    const places: SpooledExchange[] = []
    const bytes = readFileSync(path)
    for (let frame = readFrame(bytes, 0); frame; frame = readFrame(bytes, file.end)) {
      const { id, runId } = frame.exchange
      places.push({ id, runId, fd: file.fd, at: file.end, length: frame.length })
      file.end += frame.length
    }
    file.waiting = places.length
    if (places.length === 0) remove(file)
    else this.#files.set(file.fd, file)
    return places
  }

  /** Lets go of the files; what is in them is for the next process. */
  close(): void {
    for (const { fd, path } of this.#files.values()) {
      closeSync(fd)
      own.delete(path)
    }
    this.#files.clear()
    this.#current = undefined
  }

  #fileWithRoom(): SpoolFile | undefined {
    if (this.#current && this.#current.end < FILE_BYTES) return this.#current
    const bytes = [...this.#files.values()].reduce((sum, { end }) => sum + end, 0)
    if (bytes >= MAX_BYTES) return undefined
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const { bavail, bsize } = statfsSync(this.#folder)
    if (bavail * bsize < LEAST_FREE_BYTES) throw new Error('the disk is nearly full')
    const path = this.#newPath()
    const file = { path, fd: openSync(path, 'wx+', 0o600), end: 0, waiting: 0, isLeft: false }
    this.#files.set(file.fd, file)
    this.#current = file
    return file
  }

  #newPath(): string {
    const name = `${process.pid}-${Date.now()}-${randomBytes(4).toString('hex')}`
    const path = join(this.#folder, name)
    own.add(path)
    return path
  }
}

function remove({ fd, path }: SpoolFile): void {
  own.delete(path)
  const isHeardByNobody = () => undefined // The next process finds it, and finds all of it stored.
  unlink(path, isHeardByNobody)
  close(fd, isHeardByNobody)
}

/** Whether a process that is dead now left calls that are not stored. */
export function hasLeftCalls(data: string): boolean {
  try {
    return leftFiles(join(data, FOLDER)).length > 0
  } catch {
    return false // Whoever may not look into it may not take it over either.
  }
}

/** Names, oldest first. */
function leftFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => isLeft(folder, name))
    .sort((left, right) => timeOf(left) - timeOf(right))
}

function isLeft(folder: string, name: string): boolean {
  const pid = Number(/^(\d+)-\d+-[0-9a-f]{8}$/.exec(name)?.[1])
  if (Number.isNaN(pid)) return false
  return pid === process.pid ? !own.has(join(folder, name)) : !isAlive(pid)
}

function timeOf(name: string): number {
  return Number(name.split('-')[1])
}

const writeParts = promisify(writev)

async function writeUpToEnd({ fd, end }: SpoolFile, start: number, parts: Uint8Array[]): Promise<void> {
  const { bytesWritten } = await writeParts(fd, parts, start)
  if (bytesWritten < end - start) throw new Error('the disk is full')
}
