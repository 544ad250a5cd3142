// Texts and call stacks of a run, each kept once and known by a number.

import type { Frame } from '../model/span'
import { bytesOfText } from '../wire/utf8'
import type { FrameColumns, PackedTexts } from './columns'

/** Index 0 is the empty text, which also stands for none. */
export class StringTable {
  readonly #index = new Map<string, number>([['', 0]])

  index(text: string | undefined): number {
    if (text === undefined) return 0
    const known = this.#index.get(text)
    if (known !== undefined) return known
    this.#index.set(text, this.#index.size)
    return this.#index.size - 1
  }

  finish(): readonly string[] {
    return [...this.#index.keys()]
  }
}

/** Stacks that begin alike share their frames. */
export class FrameTable {
  readonly #index = new Map<string, number>()
  readonly #parent: number[] = []
  readonly #file: number[] = []
  readonly #line: number[] = []
  readonly #column: number[] = []
  readonly #function: number[] = []

  constructor(readonly strings: StringTable) {}

  /** Frames outermost first; the number of the innermost one, −1 where there is none. */
  add(stack: readonly Frame[]): number {
    return stack.reduce((parent, frame) => this.#addFrame(parent, frame), -1)
  }

  #addFrame(parent: number, frame: Frame): number {
    const file = this.strings.index(frame.file)
    const name = this.strings.index(frame.function)
    const key = `${parent} ${file} ${frame.line} ${frame.column ?? 0} ${name}`
    const known = this.#index.get(key)
    if (known !== undefined) return known
    const index = this.#parent.length
    this.#index.set(key, index)
    this.#parent.push(parent)
    this.#file.push(file)
    this.#line.push(frame.line)
    this.#column.push(frame.column ?? 0)
    this.#function.push(name)
    return index
  }

  finish(): FrameColumns {
    return {
      parent: Int32Array.from(this.#parent),
      file: Int32Array.from(this.#file),
      line: Int32Array.from(this.#line),
      column: Int32Array.from(this.#column),
      function: Int32Array.from(this.#function),
    }
  }
}

export function packTexts(texts: readonly string[]): PackedTexts {
  const end = new Uint32Array(texts.length)
  const pieces = texts.map((text) => bytesOfText(text))
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const [index, piece] of pieces.entries()) {
    bytes.set(piece, offset)
    offset += piece.length
    end[index] = offset
  }
  return { bytes, end }
}
