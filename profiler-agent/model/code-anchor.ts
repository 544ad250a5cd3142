// How a place in the code is known again after its file was edited, formatted, renamed or switched to another branch. Types only.

/**
 * Hashes alone, no text: it may be kept where texts may not. What they are taken of is said in `anchor/`. Two are of the same
 * statement where `code` is equal; the rest depends on what stands around it.
 */
export interface CodeAnchor {
  /** Of the statement at the place (a call with all its arguments), without what a formatter changes. */
  readonly code: string
  /** Of what stands before it and after it, the nearest first; at the beginning or the end of a file there may be none. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** The function around it, where its name is known. */
  readonly function?: string
  /** Of the whole text, and where the statement stood in it. */
  readonly text?: string
  readonly region?: CodeRegion
  /** Of its parts: what is left of them tells it from another one after it was changed. */
  readonly parts?: readonly string[]
  /** Of the name of the function that it calls. */
  readonly callee?: string
  /** Of everything before it, and after it. */
  readonly above?: string
  readonly below?: string
  /** How it stood among statements that say the same. */
  readonly among?: SameCode
  /** How well what resembles it most would take its place, were it gone. */
  readonly rival?: number
}

export interface SameCode {
  /** From 0, in the order of the file. */
  readonly index: number
  readonly count: number
  /** Of these, those in a function of the same name. */
  readonly inFunction: number
  /** How well the surroundings of another one fit at best. */
  readonly rival: number
}

/** A region of a text, lines and columns from 1, the end exclusive. */
export interface CodeRegion {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}
