// Imports the recordings the way `costflame import` does, and gives the calls by the place that they come from.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Importer, type ImportSource } from '../../profiler-agent/import'
import type { ModelCall, Span } from '../../profiler-agent/model/span'
import { readSpans } from '../../profiler-agent/store/reader'
import { openStore } from '../../profiler-agent/store/store'
import { CORPUS, type RecordedRow } from './recorded-corpus'
import { temporaryFolder } from './test-folders'

/** Keys are `file#index`. */
export interface ImportedCalls {
  /** In order; several where one exchange is several billed inferences. */
  readonly calls: ReadonlyMap<string, readonly ModelCall[]>
  /** Places that have a span. */
  readonly places: ReadonlySet<string>
  /** What must never be: an adapter of ours that threw. */
  readonly faults: readonly string[]
}

/** The moment whose prices count for recordings that say none: the day that the price tables were read. */
export const IMPORTED_AT = Date.UTC(2026, 10, 21)

export function importCorpus(rows: readonly RecordedRow[]): Promise<ImportedCalls> {
  const names = [...new Set(rows.map(({ file }) => file))]
  return importFiles(
    names.map((name) => {
      const path = join(CORPUS, name)
      return { path, name, bytes: readFileSync(path) }
    }),
  )
}

/** Into a store of their own, which is removed again. */
export async function importFiles(sources: readonly ImportSource[]): Promise<ImportedCalls> {
  const folder = temporaryFolder('recordings')
  const store = openStore(folder.path)
  try {
    const importer = new Importer({ store, at: IMPORTED_AT })
    const results = await importer.importFiles(sources)
    const runIds = results.flatMap((result) => ('run' in result ? [result.run.id] : []))
    const spans = runIds.flatMap((id) => readSpans(store, id))
    const faults = results.flatMap((result) => ('run' in result ? [] : [result.notARecording]))
    return callsByPlace(spans, faults)
  } finally {
    store.close()
    folder.remove()
  }
}

function callsByPlace(spans: readonly Span[], unread: readonly string[]): ImportedCalls {
  const calls = new Map<string, ModelCall[]>()
  const places = new Set<string>()
  const faults = [...unread]
  for (const { modelCall, attributes } of spans) {
    const place = `${attributes['costflame.source.file']}#${attributes['costflame.source.index']}`
    places.add(place)
    if (!modelCall) continue
    calls.set(place, [...(calls.get(place) ?? []), modelCall])
    if (modelCall.error?.code === 'costflame_adapter') faults.push(`${place}: ${modelCall.error.message}`)
  }
  return { calls, places, faults }
}
