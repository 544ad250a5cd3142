// What the worker does when its store has a fault: damaged, deleted, or in memory because the file cannot be written. Whatever it
// holds of such a store is not trusted: it ends its own thread, and the next worker goes on with a new one.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { formatPlural } from './model/quantity'
import { isDamage, type RecordingStore, setAside } from './store/open-for-recording'
import { STORE_FILE } from './store/store'

export interface StoreFaultsOptions {
  /** Folder that the store lies in. */
  readonly data: string
  readonly recording: RecordingStore
  /** For the user: what is lost, and what goes on. */
  readonly log: (message: string) => void
  /** Called before what is in memory goes into the file. */
  readonly beforeMove: () => void
}

export class StoreFaults {
  constructor(readonly options: StoreFaultsOptions) {}

  /** What fails here has nobody to tell: it must neither end the worker nor keep somebody waiting for an answer. */
  logged(what: string, work: () => void): void {
    try {
      work()
    } catch (error) {
      if (this.options.recording.isKept && isDamage(error)) this.#leaveDamaged(error)
      this.options.log(`${what}: ${messageOf(error)}`)
    }
  }

  /** Another worker goes on with a new file; this one cannot trust what it holds of the old one. */
  #leaveDamaged(error: unknown): never {
    const aside = setAside(this.options.data)
    const where = aside === undefined ? 'It cannot be set aside' : `It is set aside as ${aside}`
    this.options.log(
      `the store is damaged: ${error instanceof Error ? error.message : error}. ${where}; the calls of the last moment may be lost, recording goes on in a new one.`,
    )
    process.exit(1)
  }

  /** Whoever deletes the data folder of a profiler at work has its calls recorded again from the next second on. */
  leaveDeleted(): void {
    const { recording, data, log } = this.options
    if (!recording.isKept || existsSync(join(data, STORE_FILE))) return
    log('the store was deleted: what it held is lost. Recording goes on in a new one.')
    process.exit(1)
  }

  /** What was kept in memory goes into the file as soon as that can be written; gives whether it did. */
  leaveMemory(isLastTry: boolean): boolean {
    const { recording, log, beforeMove } = this.options
    if (!recording.moveIn) return false
    beforeMove()
    const lost = recording.moveIn(isLastTry)
    if (lost === undefined) return false
    const loss = lost === 0 ? 'nothing was lost' : `${formatPlural(lost, 'call')} are lost, too many waited`
    log(`the store can be written again; ${loss}`)
    return true
  }
}

/** With its stack, where there is one. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
