// Records what a profiler that was killed left in its spool, before a command looks into the store or changes it.

import { join } from 'node:path'
import { hasLeftCalls } from '../spool'
import { WorkerHost } from '../worker-host'
import { type Io, note } from './io'
import { budgetFile, configFile, rootFolder } from './places'
import { profilerSettings } from './profiler-settings'

/** For a store that somebody holds, or a great many calls: the command goes on without them, and the next one goes on with them. */
const PATIENCE_MS = 60_000

/** Does what the profiler's own worker would have done. Where nothing is left, as nearly always, it costs one look. */
export async function recordLeftCalls(io: Io, data: string): Promise<void> {
  if (!hasLeftCalls(data)) return
  note(io, 'costflame: recording the last calls of a profiler that was killed')
  const { content, retention } = await profilerSettings(io, { upstream: [], allowOrigin: [] })
  const host = new WorkerHost({
    script: join(io.assets, 'worker.js'),
    worker: {
      ...{ data, assets: io.assets, root: rootFolder(io), content, retention },
      ...{ budgetFile: budgetFile(io, undefined), configFile: configFile(io) },
    },
    onState: () => undefined,
    log: (message) => note(io, `costflame: ${message}`),
    closeMs: PATIENCE_MS,
  })
  await host.close()
  if (hasLeftCalls(data))
    note(
      io,
      'costflame: calls of a profiler that was killed are not recorded yet; the next command tries again',
    )
}
