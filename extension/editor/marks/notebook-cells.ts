// Python cells of notebooks: the kernel names the code of a cell by its hash, which says which cell a call came from.
// A cell that is another one by now has another hash; which one it was is remembered while the notebook is open.

import type * as vscode from 'vscode'
import { anchorAt } from '../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../profiler-agent/anchor/code-text'
import type { CodeAnchor } from '../../../profiler-agent/model/code-anchor'
import type { LineCost } from '../../../profiler-agent/model/line-cost'
import { cellHash } from './cell-hash'
import type { CostsByFile } from './costs-by-file'

/** Of the documents in the cells of a notebook. */
export const CELL_SCHEME = 'vscode-notebook-cell'

/** `ipykernel_<process id>/<hash>.py` in the folder for temporary files. Source: ipykernel 7.4.0, compiler.py. */
const CELL_FILE = /[\\/]ipykernel_\d+[\\/](\d+)\.py$/

export class NotebookCells {
  /** What each cell was called when calls of it were seen. */
  private readonly hashes = new Map<string, ReadonlySet<string>>()
  private byHash: ReadonlyMap<string, readonly LineCost[]> = new Map()
  private indexed: CostsByFile['files'] | undefined
  /** The same array for as long as it says the same. */
  private readonly answers = new Map<string, { readonly said: string; readonly costs: readonly LineCost[] }>()

  costsOf(document: vscode.TextDocument, { files }: CostsByFile): readonly LineCost[] {
    this.index(files)
    if (this.byHash.size === 0) return []
    const key = document.uri.toString()
    const now = cellHash(document.getText())
    const known = this.hashes.get(key) ?? new Set<string>()
    const all = this.byHash.has(now) ? new Set([...known, now]) : known
    this.hashes.set(key, all)
    return this.answer(key, [...all])
  }

  forget(uri: vscode.Uri): void {
    this.hashes.delete(uri.toString())
    this.answers.delete(uri.toString())
  }

  private answer(key: string, hashes: readonly string[]): readonly LineCost[] {
    const said = hashes.join()
    const before = this.answers.get(key)
    if (before?.said === said) return before.costs
    const costs = hashes.flatMap((hash) => this.byHash.get(hash) ?? [])
    this.answers.set(key, { said, costs })
    return costs
  }

  private index(files: CostsByFile['files']): void {
    if (files === this.indexed) return
    this.indexed = files
    this.answers.clear()
    const cells = [...files.values()].flat().flatMap((line) => {
      const hash = hashOf(line)
      return hash === undefined ? [] : [{ hash, line }]
    })
    const groups = Map.groupBy(cells, ({ hash }) => hash)
    this.byHash = new Map([...groups].map(([hash, those]) => [hash, those.map(({ line }) => line)]))
  }
}

/** In the order of `lines`; `undefined` for those of a cell that said something else. */
export function anchorsFromCell(text: string, lines: readonly LineCost[]): (CodeAnchor | undefined)[] {
  const code = new CodeText(text, 'cell.py')
  const hash = cellHash(text)
  return lines.map((line) =>
    hashOf(line) === hash ? anchorAt(code, line.callSite.line, line.callSite.column) : undefined,
  )
}

function hashOf({ callSite: { file } }: LineCost): string | undefined {
  return CELL_FILE.exec(file)?.[1]
}
