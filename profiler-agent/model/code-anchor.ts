// How a place in the code is known again after its file was edited, formatted, renamed or switched to another branch. Types only.

/** Hashes alone, no text: it may be kept where texts may not. What they are taken of is said in `anchor/`. */
export interface CodeAnchor {
  /** Of the statement at the place (a call with all its arguments), without what a formatter changes. */
  readonly code: string
  /** Of what stands before it and after it, the nearest first; at the beginning or the end of a file there may be none. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** The function around it, where its name is known. */
  readonly function?: string
}

/** A region of a text, lines and columns from 1, the end exclusive. */
export interface CodeRegion {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}
