// The budget file as it stands on disk, read again when it has changed. Judges nothing in it.

import { readFileSync, statSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { type LoadedBudget, loadBudget } from './run-findings'

export class WatchedBudget {
  #budget: LoadedBudget | undefined
  #modified = Number.NaN

  constructor(
    /** Absolute; may not exist yet. */
    readonly path: string | undefined,
    /** Folder that the path in findings is relative to. */
    readonly root: string | undefined,
  ) {}

  /** The file as it is now; `undefined` while there is none. */
  current(): LoadedBudget | undefined {
    if (this.path === undefined) return undefined
    const modified = statSync(this.path, { throwIfNoEntry: false })?.mtimeMs
    if (modified === undefined) return undefined
    if (modified !== this.#modified)
      this.#budget = loadBudget(insideRoot(this.path, this.root), readFileSync(this.path, 'utf8'))
    this.#modified = modified
    return this.#budget
  }
}

/** Relative to the root, with `/`, where inside it. */
function insideRoot(path: string, root: string | undefined): string {
  const inside = root === undefined ? path : relative(root, path)
  return inside.startsWith('..') ? path : inside.split(sep).join('/')
}
