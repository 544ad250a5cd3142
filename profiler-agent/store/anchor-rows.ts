// The anchors of the lines that calls of a run came from: written when the files were read, removed with their run.

import type { CodeAnchor } from '../model/code-anchor'
import { packText, unpackText } from './pack'
import type { Store } from './store'

/** A place as call sites of the run name it, with its anchor. */
export interface AnchoredPlace {
  readonly file: string
  readonly line: number
  readonly column?: number
  readonly anchor: CodeAnchor
}

/** Inside a transaction of the caller's. A place that has an anchor keeps it: it was taken nearer to the call. */
export function putAnchors(store: Store, run: number, places: readonly AnchoredPlace[]): void {
  const statement = store.prepare(
    'INSERT OR IGNORE INTO anchors (run, file, line, column, anchor) VALUES (?, ?, ?, ?, ?)',
  )
  for (const { file, line, column, anchor } of places)
    statement.run(run, file, line, column ?? 0, packText(JSON.stringify(anchor)))
}

/** Anchors of a run by `placeKey`; empty for a run of before they were taken. */
export function readAnchors(store: Store, runId: string): Map<string, CodeAnchor> {
  const rows = store
    .prepare('SELECT file, line, column, anchor FROM anchors WHERE run = ?')
    .all(store.runKey(runId) ?? -1)
  return new Map(
    rows.map(({ file, line, column, anchor }) => [
      placeKey({ file: String(file), line: Number(line), column: Number(column) }),
      // JSON that this program wrote itself.
      JSON.parse(unpackText(anchor) ?? 'null') as CodeAnchor,
    ]),
  )
}

/** Of a frame or a call site. */
export function placeKey({
  file,
  line,
  column = 0,
}: Pick<AnchoredPlace, 'file' | 'line' | 'column'>): string {
  return `${file}:${line}:${column}`
}
