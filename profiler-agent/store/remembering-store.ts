// A store in memory that remembers how it came to be, so that a file which can be written only later gets it all. Knows nothing of files.

import type { DatabaseSync } from 'node:sqlite'
import type { Finding } from '../model/finding'
import type { RunRecord } from '../model/record'
import type { AnchoredPlace } from './anchor-rows'
import { type Batch, Store } from './store'

/** What is remembered at most. From there on it is gone when the process ends. */
const MAX_BYTES = 256 * 1024 * 1024
/** About what a span with its call takes. */
const SPAN_BYTES = 4 * 1024
/** About what an anchor takes. */
const ANCHOR_BYTES = 2 * 1024

export class RememberingStore extends Store {
  readonly #writes: ((store: Store) => void)[] = []
  readonly #findings = new Map<string, readonly Finding[]>()
  #bytes = 0
  /** Calls that came when nothing more could be remembered. */
  #forgotten = 0

  constructor(
    database: DatabaseSync,
    readonly maxBytes = MAX_BYTES,
  ) {
    super(database, false)
  }

  /** Exchanges that `repeatIn` cannot bring along. */
  get forgotten(): number {
    return this.#forgotten
  }

  /** Writes everything into another store, all or nothing. Throws what that store throws. */
  repeatIn(store: Store): void {
    store.transaction(() => {
      for (const write of this.#writes) write(store)
      for (const [runId, findings] of this.#findings) store.writeFindings(runId, findings)
    })
  }

  override addRun(run: RunRecord): void {
    super.addRun(run)
    this.#remember((store) => store.addRun(run), SPAN_BYTES)
  }

  override endRun(runId: string, endedAt: number): void {
    super.endRun(runId, endedAt)
    this.#remember((store) => store.endRun(runId, endedAt), 0)
  }

  override write(runId: string, batch: Batch, activeAt: number): void {
    super.write(runId, batch, activeAt)
    if (!this.#remember((store) => store.write(runId, batch, activeAt), bytesOf(batch))) this.#forgotten++
  }

  override writeFindings(runId: string, findings: readonly Finding[]): void {
    super.writeFindings(runId, findings)
    this.#findings.set(runId, findings)
  }

  override keepAnchors(runId: string, places: readonly AnchoredPlace[]): void {
    super.keepAnchors(runId, places)
    this.#remember((store) => store.keepAnchors(runId, places), places.length * ANCHOR_BYTES)
  }

  override deleteRuns(ids: readonly string[]): number {
    this.#remember((store) => store.deleteRuns(ids), 0)
    for (const id of ids) this.#findings.delete(id)
    return super.deleteRuns(ids)
  }

  /** What comes later may build on what came before: once something was left out, everything is. */
  #remember(write: (store: Store) => void, bytes: number): boolean {
    this.#bytes += bytes
    if (this.#bytes > this.maxBytes) return false
    this.#writes.push(write)
    return true
  }
}

function bytesOf({ spans, contents }: Batch): number {
  return spans.length * SPAN_BYTES + contents.reduce((sum, { text }) => sum + 2 * (text?.length ?? 0), 0)
}
