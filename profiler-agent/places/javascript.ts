// Cuts JavaScript, TypeScript and JSON into lexemes, with the holes of template literals. Knows no grammar beyond that.

import { unescaped } from './escapes'
import { bracketPartners, type Lexed, type Lexeme, type Piece, type TextLexeme } from './lexeme'

const SIGNS = ['...', '=>', '?.', '??', '++', '--', '+=', '==', '!=', '<=', '>=', '&&', '||']
const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy
const NUMBER = /\d[\w.]*/y
const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/y
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y
const REGEX = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
/** Words after which a slash begins a regular expression. */
const BEFORE_EXPRESSION = new Set(
  'return typeof case in of delete void throw new else do instanceof await yield'.split(' '),
)

/** Templates in the holes of templates. */
const MOST_NESTED = 50

/** Never throws: what cannot be cut is passed over, and `isClean` is false. */
export function lexJavaScript(source: string): Lexed {
  return new JavaScriptLexer(source).lex()
}

class JavaScriptLexer {
  #at = 0
  #depth = 0
  #isClean = true
  readonly #inHoles: Lexeme[][] = []

  constructor(readonly source: string) {
    if (source.startsWith('#!')) this.#at = Math.max(0, source.indexOf('\n'))
  }

  lex(): Lexed {
    const lexemes = this.#until(undefined)
    const partners = bracketPartners(lexemes)
    const isClean = this.#isClean && partners !== undefined
    return { source: this.source, lexemes, inHoles: this.#inHoles, partners: partners ?? new Map(), isClean }
  }

  /** Up to the brace that closes a hole, which is not taken, or to the end. */
  #until(end: '}' | undefined): Lexeme[] {
    const lexemes: Lexeme[] = []
    let depth = 0
    for (this.#skipSpace(); this.#at < this.source.length; this.#skipSpace()) {
      const lexeme = this.#next(lexemes.at(-1))
      if (lexeme === undefined) continue
      if (lexeme.kind === 'sign' && lexeme.text === '{') depth++
      if (lexeme.kind === 'sign' && lexeme.text === '}') {
        if (end !== undefined && depth === 0) {
          this.#at = lexeme.start
          return lexemes
        }
        depth--
      }
      lexemes.push(lexeme)
    }
    return lexemes
  }

  #next(previous: Lexeme | undefined): Lexeme | undefined {
    const start = this.#at
    const first = this.source[start] ?? ''
    if (first === '`') return this.#template()
    if (first === "'" || first === '"') return this.#string()
    if (first === '/' && isBeforeExpression(previous)) {
      const regex = this.#take(REGEX)
      if (regex !== undefined) return { kind: 'regex', start, end: this.#at, text: regex }
    }
    const word = this.#take(WORD)
    if (word !== undefined) return { kind: 'word', start, end: this.#at, text: word }
    const number = this.#take(NUMBER)
    if (number !== undefined) return { kind: 'number', start, end: this.#at, text: number }
    const text = SIGNS.find((sign) => this.source.startsWith(sign, start)) ?? first
    this.#at += text.length
    return { kind: 'sign', start, end: this.#at, text }
  }

  #string(): TextLexeme | undefined {
    const start = this.#at
    if (this.#take(STRING) === undefined) {
      // An apostrophe in the text of an element (JSX), or a file that is broken.
      this.#isClean = false
      this.#at++
      return undefined
    }
    const inner = { start: start + 1, end: this.#at - 1 }
    return { kind: 'text', start, end: this.#at, inner, pieces: [this.#constant(inner.start, inner.end)] }
  }

  #template(): TextLexeme {
    const start = this.#at++
    const pieces: Piece[] = []
    let from = this.#at
    while (this.#at < this.source.length) {
      const character = this.source[this.#at]
      if (character === '`') {
        pieces.push(this.#constant(from, this.#at))
        const inner = { start: start + 1, end: this.#at++ }
        return { kind: 'text', start, end: this.#at, inner, pieces }
      }
      if (character === '$' && this.source[this.#at + 1] === '{') {
        pieces.push(this.#constant(from, this.#at), this.#hole())
        from = this.#at
      } else this.#at += character === '\\' ? 2 : 1
    }
    this.#isClean = false
    const end = this.source.length
    this.#at = end
    return { kind: 'text', start, end, inner: { start: start + 1, end }, pieces }
  }

  #hole(): Piece {
    const start = this.#at
    this.#at += 2
    if (++this.#depth > MOST_NESTED) this.#giveUp()
    this.#inHoles.push(this.#until('}'))
    this.#depth--
    const inner = { start: start + 2, end: this.#at }
    if (this.#at >= this.source.length) this.#giveUp()
    else this.#at++
    return { kind: 'hole', start, end: this.#at, inner }
  }

  /** What is nested like this was not written by hand. */
  #giveUp(): void {
    this.#isClean = false
    this.#at = this.source.length
  }

  #constant(start: number, end: number): Piece {
    return { kind: 'constant', start, end, text: unescaped(this.source.slice(start, end)) }
  }

  #skipSpace(): void {
    this.#take(SPACE)
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.source)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match[0]
  }
}

function isBeforeExpression(previous: Lexeme | undefined): boolean {
  if (previous === undefined) return true
  if (previous.kind === 'word') return BEFORE_EXPRESSION.has(previous.text)
  return previous.kind === 'sign' && !/^(?:\)|\]|\}|\+\+|--)$/.test(previous.text)
}
