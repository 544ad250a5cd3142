// What a process tells when it exits: which calls it made, and which of them went past the profiler; and that the run is over, where
// it was this process that began it.

import { isMainThread } from 'node:worker_threads'
import type { Around } from './around'
import type { RunIdentity } from './run-identity'

/** Lines for `POST /ingest`. */
export function lastWords({ runId, isRoot }: RunIdentity, calls: number, around: Around): readonly object[] {
  const hook = {
    type: 'hook',
    runId,
    pid: process.pid,
    runtime: `node ${process.versions.node}`,
    calls,
    around: around.all(),
  }
  // A worker thread that made the run ends before the process does.
  return isRoot && isMainThread ? [hook, { type: 'runEnd', runId, endedAt: Date.now() }] : [hook]
}
