// Keeps the store of a data folder small: removes what is too old or too much, and never a run that goes on.

import { livingProfilers } from './live-file'
import { formatBytes, formatPlural } from './model/quantity'
import type { Retention } from './model/retention'
import { removeRuns, runsToPrune } from './store/prune'
import type { StoredRun } from './store/reader'
import type { Store } from './store/store'

export interface Pruned {
  readonly runs: readonly StoredRun[]
  /** Given back to the disk. */
  readonly bytes: number
}

export interface PruneOptions {
  readonly data: string
  readonly retention: Retention
  /** Whether this process itself knows that a run goes on. */
  readonly isOpen?: (runId: string) => boolean
}

/** What a run will give back is an estimate; a store that is still too large afterwards loses some more. */
const MAX_ROUNDS = 5

/** Throws SQLite's error where the store cannot be written. */
export function prune(store: Store, options: PruneOptions): Pruned {
  const runs: StoredRun[] = []
  let bytes = 0
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const going = pruneCandidates(store, options)
    if (going.length === 0) break
    bytes += removeRuns(
      store,
      going.map(({ id }) => id),
    )
    runs.push(...going)
  }
  return { runs, bytes }
}

/** What a profiler says when it has removed runs by itself. */
export function prunedText({ runs, bytes }: Pruned, { days, maxBytes }: Retention): string {
  const limits = `older than ${formatPlural(days, 'day')} or beyond ${formatBytes(maxBytes)}`
  return `removed ${formatPlural(runs.length, 'run')} ${limits}; ${formatBytes(bytes)} came back to the disk`
}

/** What `prune` would remove, oldest first. */
export function pruneCandidates(
  store: Store,
  { data, retention, isOpen = () => false }: PruneOptions,
): StoredRun[] {
  const goesOn = liveRuns(data)
  return runsToPrune(store, {
    retention,
    now: Date.now(),
    isLive: (run) => isOpen(run.id) || goesOn(run),
  })
}

/** A run that no call has reached for this long is over, even if nobody said so. */
const FORGOTTEN_MS = 24 * 60 * 60 * 1000

/**
 * Tells which runs may still go on: nobody ended them, and a profiler works on this folder. A profiler that was killed
 * leaves runs without an end; they do not go on once it is gone.
 */
export function liveRuns(data: string): (run: StoredRun) => boolean {
  if (livingProfilers(data).length === 0) return () => false
  const earliest = Date.now() - FORGOTTEN_MS
  return ({ endedAt, storedAt }) => endedAt === undefined && storedAt >= earliest
}

/** What has been silent for this long is not shown as going on either. */
const SILENCE_MS = 10_000

/** Tells which runs go on by all appearances: they may, and something was recorded of them just now. */
export function busyRuns(data: string): (run: StoredRun) => boolean {
  const mayGoOn = liveRuns(data)
  const since = Date.now() - SILENCE_MS
  return (run) => run.activeAt >= since && mayGoOn(run)
}
