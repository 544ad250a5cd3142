// What `columns.bench.mjs` runs: the way of a run from the rows of a store to the boxes of a picture, and the processor time that it took.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeColumns, encodeColumns } from '../../profiler-agent/profile/columns-codec'
import { columnsOf } from '../../profiler-agent/profile/columns-of-run'
import { byWeight, inTime } from '../../profiler-agent/profile/profile'
import { spanTree } from '../../profiler-agent/profile/span-tree'
import { timelineTree } from '../../profiler-agent/profile/timeline-tree'
import { StoredColumns } from '../../profiler-agent/run-columns'
import { RunView } from '../../profiler-agent/run-view'
import { openStore } from '../../profiler-agent/store/store'
import { largeRun } from '../support/large-run'
import { storeLargeRun } from '../support/large-stored-run'

const ROUNDS = 5

/** The least of some rounds, in milliseconds of the processor. */
async function least(work: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

/** Out of the store as a page asks for it again while the run goes on; `whole`: by way of an object a span, as exports have it. */
async function stored(spans: number) {
  const folder = mkdtempSync(join(tmpdir(), 'costflame-bench-'))
  const store = openStore(folder)
  try {
    const runId = storeLargeRun(store, largeRun(spans))
    const view = new RunView(store, () => Promise.resolve({ count: (text) => text.length / 4 }))
    // Its clock stands still: nothing is put off to the next time.
    const columns = new StoredColumns(view, () => 0)
    return {
      columns: await least(() => columns.of([runId])),
      whole: await least(async () => {
        const run = await view.run(runId, { segments: 'merged' })
        if (run) encodeColumns(columnsOf(run))
      }),
    }
  } finally {
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** From the bytes that a page gets to boxes by cost, and in time. */
async function pictures(spans: number) {
  const bytes = encodeColumns(largeRun(spans))
  return {
    cost: await least(() => byWeight(spanTree(decodeColumns(bytes)), 'cost')),
    time: await least(() => inTime(timelineTree(decodeColumns(bytes)))),
  }
}

const [what, spans] = process.argv.slice(2)
const measured = what === 'stored' ? stored(Number(spans)) : pictures(Number(spans))
void measured.then((figures) => process.stdout.write(JSON.stringify(figures)))
