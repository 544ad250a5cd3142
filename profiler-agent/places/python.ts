// Cuts Python into lexemes, with the holes of f-strings. Knows no grammar beyond that.

import { unescaped } from './escapes'
import { bracketPartners, type Lexed, type Lexeme, type Piece, type TextLexeme } from './lexeme'

const SIGNS = ['**', '->', ':=', '==', '!=', '<=', '>=', '+=', '...', '//']
const WORD = /[\p{ID_Start}_]\p{ID_Continue}*/uy
const NUMBER = /\d[\w.]*/y
const SPACE = /(?:\s|\\\r?\n|#[^\n]*)+/y
const OPENING = /([rRbBuUfFtT]{0,2})('''|"""|'|")/y

/** Past these, a file was not written by hand, or is no Python. */
const MOST_NESTED = 20
const MOST_FAILURES = 100
const LONGEST_HOLE = 4_000

/** Never throws: what cannot be cut is passed over, and `isClean` is false. */
export function lexPython(source: string): Lexed {
  return new PythonLexer(source).lex()
}

interface Quotes {
  readonly start: number
  readonly mark: string
  readonly isRaw: boolean
  readonly hasHoles: boolean
}

class PythonLexer {
  #at = 0
  #depth = 0
  #failures = 0
  #isClean = true
  readonly #inHoles: Lexeme[][] = []

  constructor(readonly source: string) {}

  lex(): Lexed {
    const lexemes: Lexeme[] = []
    for (this.#take(SPACE); this.#goesOn; this.#take(SPACE)) {
      const lexeme = this.#next()
      if (lexeme) lexemes.push(lexeme)
    }
    const partners = bracketPartners(lexemes)
    const isClean = this.#isClean && partners !== undefined
    return { source: this.source, lexemes, inHoles: this.#inHoles, partners: partners ?? new Map(), isClean }
  }

  get #goesOn(): boolean {
    return this.#at < this.source.length && this.#failures < MOST_FAILURES
  }

  #next(): Lexeme | undefined {
    const start = this.#at
    const opening = this.#take(OPENING)
    if (opening) return this.#text(start, opening[1] ?? '', opening[2] ?? '')
    const word = this.#take(WORD)
    if (word) return { kind: 'word', start, end: this.#at, text: word[0] }
    const number = this.#take(NUMBER)
    if (number) return { kind: 'number', start, end: this.#at, text: number[0] }
    const text = SIGNS.find((sign) => this.source.startsWith(sign, start)) ?? this.source[start] ?? ''
    this.#at += text.length
    return { kind: 'sign', start, end: this.#at, text }
  }

  #text(start: number, prefix: string, mark: string): TextLexeme | undefined {
    const quotes = { start, mark, isRaw: /r/i.test(prefix), hasHoles: /[ft]/i.test(prefix) }
    const innerStart = this.#at
    const pieces = this.#pieces(quotes)
    if (pieces === undefined) {
      this.#isClean = false
      this.#failures++
      this.#at = innerStart
      return undefined
    }
    const inner = { start: innerStart, end: this.#at }
    this.#at += mark.length
    return { kind: 'text', start, end: this.#at, inner, pieces }
  }

  /** Up to the closing quotes, which are not taken; `undefined` where there are none. */
  #pieces(quotes: Quotes): Piece[] | undefined {
    const pieces: Piece[] = []
    let from = this.#at
    while (this.#at < this.source.length) {
      if (this.source.startsWith(quotes.mark, this.#at))
        return [...pieces, this.#constant(from, this.#at, quotes)]
      const character = this.source[this.#at]
      if (character === '\n' && quotes.mark.length === 1) return undefined
      if (quotes.hasHoles && character === '{' && this.source[this.#at + 1] !== '{') {
        const before = this.#constant(from, this.#at, quotes)
        const hole = this.#hole()
        if (hole === undefined) return undefined
        pieces.push(before, hole)
        from = this.#at
      } else this.#at += character === '\\' || (quotes.hasHoles && character === '{') ? 2 : 1
    }
    return undefined
  }

  /** `{expression!r:format}`; brackets and texts inside are passed over. */
  #hole(): Piece | undefined {
    this.#depth++
    const hole = this.#depth > MOST_NESTED ? undefined : this.#wholeHole()
    this.#depth--
    return hole
  }

  #wholeHole(): Piece | undefined {
    const start = this.#at++
    const inside: Lexeme[] = []
    let depth = 0
    let isFormat = false
    while (this.#at < Math.min(this.source.length, start + LONGEST_HOLE)) {
      const character = this.source[this.#at] ?? ''
      if (character === '}' && depth === 0) {
        const inner = { start: start + 1, end: this.#at++ }
        this.#inHoles.push(inside)
        return { kind: 'hole', start, end: this.#at, inner }
      }
      if (character === ':' && depth === 0) isFormat = true
      const text = isFormat ? undefined : this.#take(OPENING)
      if (text) {
        const lexeme = this.#text(this.#at - text[0].length, text[1] ?? '', text[2] ?? '')
        if (lexeme === undefined) return undefined
        inside.push(lexeme)
        continue
      }
      if ('([{'.includes(character)) depth++
      if (')]}'.includes(character)) depth--
      this.#at++
    }
    return undefined
  }

  #constant(start: number, end: number, { isRaw, hasHoles }: Quotes): Piece {
    const literal = this.source.slice(start, end)
    const text = hasHoles ? literal.replaceAll('{{', '{').replaceAll('}}', '}') : literal
    return { kind: 'constant', start, end, text: isRaw ? text : unescaped(text) }
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.source)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match
  }
}
