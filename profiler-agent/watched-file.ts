// A file of the user's as it stands on disk, read again when it has changed. Judges nothing in it.

import { readFileSync, statSync } from 'node:fs'
import { relative, sep } from 'node:path'

export class WatchedFile<T> {
  #content: T | undefined
  #stamp = ''
  #isLookedAtOnce = false
  #seen: { readonly content: T | undefined } | undefined

  constructor(
    /** Absolute; may not exist yet. */
    readonly path: string | undefined,
    /** Folder that the name handed to `read` is relative to. */
    readonly root: string | undefined,
    /** Makes something of the text; the name is for people. Throws nothing. */
    readonly read: (name: string, text: string) => T,
  ) {}

  /** The file as it is now; `undefined` while there is none. */
  current(): T | undefined {
    if (!this.#isLookedAtOnce) return this.#look()
    this.#seen ??= { content: this.#look() }
    return this.#seen.content
  }

  /** For all of some work the file is as it was when that asked for it first: many calls at once need not each look at it. */
  lookOnce<Result>(work: () => Result): Result {
    this.#isLookedAtOnce = true
    try {
      return work()
    } finally {
      this.#isLookedAtOnce = false
      this.#seen = undefined
    }
  }

  #look(): T | undefined {
    if (this.path === undefined) return undefined
    const stat = statSync(this.path, { throwIfNoEntry: false })
    if (stat === undefined) {
      this.#stamp = ''
      return undefined
    }
    const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`
    if (stamp !== this.#stamp)
      this.#content = this.read(insideRoot(this.path, this.root), readFileSync(this.path, 'utf8'))
    this.#stamp = stamp
    return this.#content
  }
}

/** Relative to the root, with `/`, where inside it. */
function insideRoot(path: string, root: string | undefined): string {
  const inside = root === undefined ? path : relative(root, path)
  return inside.startsWith('..') ? path : inside.split(sep).join('/')
}
