// The holes whose values change in one run, over all of its findings: a fix that leaves one of them in front of the stable text gains little.

import type { Span } from './source-lines'

/** A hole of a file with that text. */
export interface ChangingHole extends Span {
  readonly file: string
  /** SHA-256 of the file's text, hex: offsets mean nothing in another one. */
  readonly fileHash: string
}

export class ChangingHoles {
  readonly #holes = new Map<string, ChangingHole>()

  /** Gives whether one of them was not known yet. */
  add(holes: readonly ChangingHole[]): boolean {
    const before = this.#holes.size
    for (const hole of holes) this.#holes.set(`${hole.file} ${hole.fileHash} ${hole.start}`, hole)
    return this.#holes.size > before
  }

  in(file: string, fileHash: string): ChangingHole[] {
    return [...this.#holes.values()].filter((hole) => hole.file === file && hole.fileHash === fileHash)
  }
}
