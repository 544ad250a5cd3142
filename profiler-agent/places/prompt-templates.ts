// Finds in a file the places where a value goes into a text, each with the constant text before and behind it.

import { unescaped } from './escapes'
import { lexFile } from './file-kind'
import { bracketPartners, isSign, type Lexeme, type Piece } from './lexeme'
import { type Brackets, operandEnd, operandStart, postfixEnd } from './operands'

/**
 * Constant text on one side of a hole, nearest first, without white space: indents, line ends and what joins lines differ
 * between a source and the prompt it makes. Texts after the first belong to it only if the literals really are put together.
 */
export interface Side {
  readonly texts: readonly string[]
  /** A file of text: what stands further away need not be in the prompt. */
  readonly isLoose: boolean
}

/** A place where a value goes into a text. Offsets in the source; `inner` is the expression or name alone. */
export interface TemplateHole {
  readonly start: number
  readonly end: number
  readonly inner: { readonly start: number; readonly end: number }
  readonly before: Side
  readonly after: Side
}

/** As much as findings give of the text around what changes. */
const SIDE_LETTERS = 200

/** Placeholders that code fills in later: Mustache, Handlebars, Jinja, EJS, `string.Template`, Ruby, `str.format` and `%`. */
const PLACEHOLDER =
  /\{\{\{?[^{}\n]{1,200}\}?\}\}|\{%[^\n]{1,200}?%\}|<%[\s\S]{1,200}?%>|[$#]\{[^{}\n]{1,200}\}|\{[A-Za-z_][\w.[\]]*(?:![rsa])?(?::[^{}\n]{0,30})?\}|\{\d*\}|%\(\w+\)[sdrif]|%[sdj](?![a-z])/g

/** Of a file of code or text; in the order of the file. Throws nothing. */
export function templateHoles(file: string, source: string): TemplateHole[] {
  const lexed = lexFile(file, source)
  if (!lexed) return holesOf({ parts: withPlaceholders(source, 0, source), isLoose: true })
  const inHoles = lexed.inHoles.map((lexemes) => ({
    lexemes,
    partners: bracketPartners(lexemes) ?? new Map(),
  }))
  return [lexed, ...inHoles]
    .flatMap((brackets) => sequences(source, brackets))
    .flatMap((parts) => holesOf({ parts, isLoose: false }))
    .sort((left, right) => left.start - right.start)
}

/** Text without what may differ between a source and its prompt. */
export function lettersOf(text: string): string {
  return text.replace(/\s+/g, '')
}

/** Between literals: they may be put together, or not. */
interface Seam {
  readonly kind: 'seam'
}
type Part = Piece | Seam

const SEAM: Seam = { kind: 'seam' }

/** Literals that make one text: joined by `+`, standing next to each other, or in one list. */
function sequences(source: string, brackets: Brackets): Part[][] {
  const reader = new SequenceReader(source, brackets)
  return brackets.lexemes.flatMap((lexeme, index) => (lexeme.kind === 'text' ? reader.from(index) : []))
}

class SequenceReader {
  readonly #taken = new Set<number>()
  readonly #lists: ReadonlySet<number>

  constructor(
    readonly source: string,
    readonly brackets: Brackets,
  ) {
    this.#lists = listCommas(brackets)
  }

  /** The sequence that begins with the text at `start`; none where another one has it. */
  from(start: number): Part[][] {
    if (this.#taken.has(start)) return []
    const parts: Part[] = [...this.#operandBefore(start)]
    let at: number | undefined = start
    while (at !== undefined) {
      const lexeme: Lexeme | undefined = this.brackets.lexemes[at]
      const end: number | undefined = operandEnd(this.brackets, at)
      if (lexeme === undefined || end === undefined) break
      if (lexeme.kind === 'text') {
        this.#taken.add(at)
        parts.push(...lexeme.pieces.flatMap((piece) => this.#withPlaceholders(piece)))
      } else parts.push(this.#operandHole(at, end))
      at = this.#next(lexeme.kind === 'text' ? postfixEnd(this.brackets, at + 1) : end, parts)
    }
    return [parts]
  }

  /** Index of the text or operand that goes on with it. */
  #next(end: number, parts: Part[]): number | undefined {
    const { lexemes } = this.brackets
    const lexeme = lexemes[end]
    if (lexeme?.kind === 'text') return end
    if (isSign(lexeme, '+')) return end + 1
    if (!this.#lists.has(end)) return undefined
    parts.push(SEAM)
    return end + 1
  }

  #operandBefore(index: number): Part[] {
    if (!isSign(this.brackets.lexemes[index - 1], '+')) return []
    const start = operandStart(this.brackets, index - 1)
    return start === undefined ? [] : [this.#operandHole(start, index - 1)]
  }

  #operandHole(from: number, to: number): Piece {
    const start = this.brackets.lexemes[from]?.start ?? 0
    const end = this.brackets.lexemes[to - 1]?.end ?? start
    return { kind: 'hole', start, end, inner: { start, end } }
  }

  #withPlaceholders(piece: Piece): Piece[] {
    if (piece.kind === 'hole') return [piece]
    const literal = this.source.slice(piece.start, piece.end)
    const parts = withPlaceholders(literal, piece.start, literal)
    return parts.length === 1 ? [piece] : parts.map(unescapedPiece)
  }
}

function unescapedPiece(piece: Piece): Piece {
  return piece.kind === 'hole' ? piece : { ...piece, text: unescaped(piece.text) }
}

/** Commas whose list is in square brackets. */
function listCommas({ lexemes, partners }: Brackets): Set<number> {
  const commas = new Set<number>()
  const open: number[] = []
  for (const [index, lexeme] of lexemes.entries()) {
    if (lexeme.kind !== 'sign') continue
    if (partners.has(index)) {
      if ((partners.get(index) ?? 0) > index) open.push(index)
      else open.pop()
    } else if (lexeme.text === ',' && isSign(lexemes[open.at(-1) ?? -1], '[')) commas.add(index)
  }
  return commas
}

function withPlaceholders(text: string, offset: number, source: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  const constant = (end: number): Piece => ({
    ...{ kind: 'constant', start: offset + from, end: offset + end },
    text: source.slice(from, end),
  })
  for (const { 0: placeholder, index } of text.matchAll(PLACEHOLDER)) {
    const [start, end] = [offset + index, offset + index + placeholder.length]
    pieces.push(constant(index), { kind: 'hole', start, end, inner: { start, end } })
    from = index + placeholder.length
  }
  return [...pieces, constant(text.length)]
}

function holesOf({ parts, isLoose }: { parts: readonly Part[]; isLoose: boolean }): TemplateHole[] {
  return parts.flatMap((part, index) => {
    if (part.kind !== 'hole' || part.inner.start >= part.inner.end) return []
    const before = sideOf(parts, index, -1)
    const after = sideOf(parts, index, 1)
    if (before.length === 0 && after.length === 0) return []
    const { start, end, inner } = part
    return [{ start, end, inner, before: { texts: before, isLoose }, after: { texts: after, isLoose } }]
  })
}

/** Constant text from a hole up to the next one, forward (1) or backward (-1); what has no seam between is one text. */
function sideOf(parts: readonly Part[], hole: number, step: 1 | -1): string[] {
  const texts: string[] = []
  let isNew = true
  let room = SIDE_LETTERS
  for (let at = hole + step; room > 0; at += step) {
    const part = parts[at]
    if (part === undefined || part.kind === 'hole') break
    if (part.kind === 'seam') isNew = true
    else {
      const letters = nearLetters(part.text, room, step)
      if (letters === '') continue
      const last = texts.length - 1
      if (isNew) texts.push(letters)
      else texts[last] = step < 0 ? letters + texts[last] : texts[last] + letters
      isNew = false
      room -= letters.length
    }
  }
  return texts
}

/** Of a long text, only its end near the hole is looked at. */
function nearLetters(text: string, room: number, step: 1 | -1): string {
  return step < 0
    ? lettersOf(text.slice(-4 * room)).slice(-room)
    : lettersOf(text.slice(0, 4 * room)).slice(0, room)
}
