// A text of code: its lines, and its tokens when they are first asked for.

import { languageOf } from './language'
import { lexed } from './lexer'
import type { Tokens } from './tokens'

/** Longer lines are the work of a tool: nothing is looked for in them. */
const LONGEST_LINE = 10_000

export interface Position {
  readonly line: number
  readonly column: number
}

export class CodeText {
  /** Offsets at which lines begin. */
  readonly lineStarts: readonly number[]
  readonly text: string
  #tokens: Tokens | undefined
  #hash: string | undefined

  /** `file` is its name, or its path: the ending tells the language. */
  constructor(
    text: string,
    readonly file = '',
  ) {
    // An editor does not show it.
    this.text = text.startsWith('\ufeff') ? text.slice(1) : text
    this.lineStarts = lineStartsOf(this.text)
  }

  /** Of the whole text, whatever ends its lines: much faster to have than the tokens. */
  get hash(): string {
    this.#hash ??= hashOf(this.text)
    return this.#hash
  }

  get tokens(): Tokens {
    this.#tokens ??= lexed(this.text, languageOf(this.file), this.#longLines())
    return this.#tokens
  }

  /** Without its line break. */
  lineAt(line: number): string {
    const end = this.lineStarts[line] ?? this.text.length
    return this.text.slice(this.lineStarts[line - 1] ?? end, end).replace(/[\r\n]+$/, '')
  }

  /** `undefined` past the end of the text, or of the line. */
  offsetAt(line: number, column = 1): number | undefined {
    const start = this.lineStarts[line - 1]
    if (start === undefined || column < 1) return undefined
    const offset = start + column - 1
    return offset <= (this.lineStarts[line] ?? this.text.length) ? offset : undefined
  }

  positionAt(offset: number): Position {
    let low = 0
    let high = this.lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.lineStarts[low] ?? 0) + 1 }
  }

  /** Offsets where each begins and ends. */
  #longLines(): readonly (readonly [number, number])[] {
    return this.lineStarts.flatMap((start, index) => {
      const end = this.lineStarts[index + 1] ?? this.text.length
      return end - start > LONGEST_LINE ? [[start, end] as const] : []
    })
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0]
  if (text.includes('\r')) {
    for (const { index, 0: mark } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + mark.length)
    return starts
  }
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Two characters a step: a long text is waited for. */
function hashOf(written: string): string {
  const text = written.includes('\r') ? written.replace(/\r\n?/g, '\n') : written
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 2) {
    const pair = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16)
    hash = Math.imul(hash ^ pair, 0x01000193)
    hash ^= hash >>> 15
  }
  return `${text.length.toString(36)}.${(hash >>> 0).toString(36)}`
}
