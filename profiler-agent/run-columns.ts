// Runs as columns out of the store, for pages that show them. Remembers the last run that was asked for: a page asks again while it goes on.

import { encodeColumns } from './profile/columns-codec'
import { columnsOf } from './profile/columns-of-run'
import { joinRuns } from './profile/joined-runs'
import type { RunView } from './run-view'

export class StoredColumns {
  constructor(readonly view: RunView) {}

  /** Encoded, in memory that is the caller's own; `null` where one of the runs is not stored. */
  async of(runIds: readonly string[]): Promise<ArrayBuffer | null> {
    const runs = await Promise.all(runIds.map((id) => this.view.run(id, { segments: 'merged' })))
    const there = runs.filter((run) => run !== null)
    if (there.length === 0 || there.length < runIds.length) return null
    return encodeColumns(columnsOf(joinRuns(there)))
  }
}
