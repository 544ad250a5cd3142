// Imports the recordings the way `costflame import` does, and gives the calls by the place that they come from.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Importer } from '../../profiler-agent/import'
import type { ModelCall } from '../../profiler-agent/model/span'
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

export async function importCorpus(rows: readonly RecordedRow[]): Promise<ImportedCalls> {
  const folder = temporaryFolder('corpus')
  const store = openStore(folder.path)
  try {
    const importer = new Importer({ store, at: IMPORTED_AT })
    const sources = [...new Set(rows.map(({ file }) => file))].map((name) => {
      const path = join(CORPUS, name)
      return { path, name, text: readFileSync(path, 'utf8') }
    })
    const results = await importer.importFiles(sources)
    const calls = new Map<string, ModelCall[]>()
    const places = new Set<string>()
    const faults: string[] = []
    for (const result of results) {
      if ('notARecording' in result) {
        faults.push(result.notARecording)
        continue
      }
      for (const { modelCall, attributes } of readSpans(store, result.run.id)) {
        const place = `${attributes['costflame.source.file']}#${attributes['costflame.source.index']}`
        places.add(place)
        if (!modelCall) continue
        calls.set(place, [...(calls.get(place) ?? []), modelCall])
        if (modelCall.error?.code === 'costflame_adapter') faults.push(`${place}: ${modelCall.error.message}`)
      }
    }
    return { calls, places, faults }
  } finally {
    store.close()
    folder.remove()
  }
}
