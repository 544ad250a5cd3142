// Cuts a text of code into tokens. Knows strings, templates with holes, comments and brackets, and no grammar beyond; text that is
// broken gives some tokens all the same.

import type { Language } from './language'
import {
  EMPTY,
  KIND,
  type Kind,
  mixed,
  SKIPPED,
  Tokens,
  valueOfSign,
  valueOfText,
  withCharacter,
} from './tokens'

type Range = readonly [number, number]

/** Never throws. In `skipped` ranges, which are whole lines, each stands for one token. */
export function lexed(text: string, language: Language, skipped: readonly Range[]): Tokens {
  return new Lexer(text, language, skipped).lex()
}

const [NEWLINE, SPACE, QUOTE, APOSTROPHE, BACKTICK] = [10, 32, 34, 39, 96]
const [DOLLAR, ZERO, NINE, SLASH, STAR, HASH, BACKSLASH] = [36, 48, 57, 47, 42, 35, 92]
const [OPEN_PAREN, CLOSE_PAREN, OPEN_BRACE, CLOSE_BRACE, OPEN_SQUARE, CLOSE_SQUARE] = [
  40, 41, 123, 125, 91, 93,
]
const [COMMA, SEMICOLON, COLON, DOT, QUESTION, BANG] = [44, 59, 58, 46, 63, 33]
const [LESS, EQUALS, GREATER, BAR] = [60, 61, 62, 124]

const OPENING_OF = new Map([
  [CLOSE_PAREN, OPEN_PAREN],
  [CLOSE_BRACE, OPEN_BRACE],
  [CLOSE_SQUARE, OPEN_SQUARE],
])

const SPACE_CLASS = 1
const WORD_CLASS = 2
const CLASS = new Uint8Array(128)
for (let code = 0; code <= SPACE; code++) CLASS[code] = SPACE_CLASS
CLASS[127] = SPACE_CLASS
for (const word of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$')
  CLASS[word.charCodeAt(0)] = WORD_CLASS

function isWordCode(code: number): boolean {
  return code < 128 ? CLASS[code] === WORD_CLASS : code !== 0xa0 && code !== 0xfeff && code >= 128
}

function isSpaceCode(code: number): boolean {
  return code < 128 ? CLASS[code] === SPACE_CLASS : code === 0xa0 || code === 0xfeff
}

/** Behind these, a parenthesis groups and a slash begins a regular expression. */
const KEYWORDS = new Set(
  `if for while switch catch return typeof void delete in of instanceof await yield async function case else do throw extends
   default new not and or is elif lambda del raise from import except with assert print match when where until unless`
    .split(/\s+/)
    .map((word) => valueOfText(word)),
)

/** What came last, as far as it tells what a bracket or a slash is. */
const AFTER = { operator: 0, operand: 1 } as const

interface Bracket {
  readonly opening: number
  /** Of its token; −1 for a parenthesis that only groups, which has none. */
  readonly index: number
  /** Where it closes, a template goes on. */
  readonly isHole: boolean
}

class Lexer {
  readonly #tokens: Tokens
  readonly #brackets: Bracket[] = []
  #at = 0
  #after: number = AFTER.operator
  #nextSkip = 0
  #skipAt: number

  constructor(
    readonly text: string,
    readonly language: Language,
    readonly skipped: readonly Range[],
  ) {
    this.#tokens = new Tokens(text.length)
    this.#skipAt = skipped[0]?.[0] ?? Number.POSITIVE_INFINITY
    if (text.startsWith('#!')) this.#skipLine()
  }

  lex(): Tokens {
    if (!this.language.hasStrings) this.#words(0, this.text.length, KIND.word)
    while (this.#at < this.text.length) this.#step()
    return this.#tokens
  }

  #step(): void {
    if (this.#at >= this.#skipAt && this.#isSkipping()) return
    const start = this.#at
    const code = this.text.charCodeAt(start)
    if (isSpaceCode(code)) {
      this.#at++
      if (code === NEWLINE && this.language.endsLines) this.#after = AFTER.operator
    } else if (isWordCode(code)) this.#word(start, code)
    else if (this.#isComment(code)) this.#comment(code)
    else this.#other(start, code)
  }

  #isSkipping(): boolean {
    const [start, end] = this.skipped[this.#nextSkip++] ?? [this.text.length, this.text.length]
    this.#skipAt = this.skipped[this.#nextSkip]?.[0] ?? Number.POSITIVE_INFINITY
    if (this.#at >= end) return false
    this.#tokens.push(KIND.sign, start, end, SKIPPED)
    this.#at = end
    return true
  }

  #word(start: number, first: number): void {
    if (first >= ZERO && first <= NINE) this.#number(start)
    else this.#name(start)
  }

  #name(start: number): void {
    const { text } = this
    let [end, hash] = [start, EMPTY]
    for (let code = text.charCodeAt(end); isWordCode(code); code = text.charCodeAt(++end))
      hash = withCharacter(hash, code)
    this.#at = end
    if (end - start <= 2 && this.language.endsLines && this.#isPrefix(start, end)) return
    this.#tokens.push(KIND.word, start, end, mixed(hash))
    this.#after = AFTER.operand
  }

  /** The letters before a string; formatters leave `u` out. */
  #isPrefix(start: number, end: number): boolean {
    const next = this.text.charCodeAt(end)
    if (next !== QUOTE && next !== APOSTROPHE) return false
    const prefix = this.text.slice(start, end).toLowerCase()
    if (prefix !== 'u') this.#tokens.push(KIND.word, start, end, valueOfText(prefix))
    return true
  }

  #number(start: number): void {
    let end = start + 1
    while (end < this.text.length) {
      const code = this.text.charCodeAt(end)
      if (!isWordCode(code) && code !== DOT) break
      end++
    }
    this.#at = end
    this.#tokens.push(KIND.number, start, end, valueOfNumber(this.text.slice(start, end)))
    this.#after = AFTER.operand
  }

  #isComment(code: number): boolean {
    if (code === HASH) return this.language.hasHashComments
    if (code !== SLASH || !this.language.hasSlashComments) return false
    const next = this.text.charCodeAt(this.#at + 1)
    return next === SLASH || next === STAR
  }

  #comment(code: number): void {
    if (code === HASH || this.text.charCodeAt(this.#at + 1) === SLASH) {
      this.#skipLine()
      return
    }
    const end = this.text.indexOf('*/', this.#at + 2)
    this.#at = end < 0 ? this.text.length : end + 2
  }

  /** Up to the line break. */
  #skipLine(): void {
    const end = this.text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.text.length : end
  }

  #other(start: number, code: number): void {
    if (code === QUOTE || code === APOSTROPHE) this.#string(start, code)
    else if (code === BACKTICK) {
      this.#push(KIND.quote, start, start + 1, QUOTE)
      this.#template(start + 1)
    } else if (code === OPEN_PAREN || code === OPEN_BRACE || code === OPEN_SQUARE) this.#open(start, code)
    else if (OPENING_OF.has(code)) this.#close(start, code)
    else if (code !== SLASH || !this.#isRegex(start)) this.#sign(start, code)
  }

  #sign(start: number, code: number): void {
    this.#at = start + 1
    if (code === BACKSLASH) return
    const wasOperand = this.#after === AFTER.operand
    this.#after = AFTER.operator
    const next = this.text.charCodeAt(start + 1)
    // The first of a list of types on lines of their own.
    const isListMark = code === BAR && !wasOperand && next !== BAR && this.text.charCodeAt(start - 1) !== BAR
    if (code === SEMICOLON || isListMark) return
    if (code === DOT && !wasOperand && next >= ZERO && next <= NINE) {
      this.#fraction(start)
      return
    }
    if (code === COLON) this.#unquoteKey()
    this.#push(KIND.sign, start, start + 1, code)
    // `value!(…)`
    if (code === BANG && wasOperand && next === OPEN_PAREN) this.#after = AFTER.operand
  }

  #fraction(start: number): void {
    this.#number(start + 1)
    const last = this.#tokens.count - 1
    const { end, value } = this.#tokens
    value[last] = valueOfNumber(this.text.slice(start, end[last]))
    this.#tokens.start[last] = start
  }

  /** `"name":` in an object says what `name:` does. */
  #unquoteKey(): void {
    const { count, kind, value, start, end } = this.#tokens
    if (count < 4 || kind[count - 1] !== KIND.quote || kind[count - 3] !== KIND.quote) return
    const before = value[count - 4]
    if (kind[count - 2] !== KIND.text || (before !== COMMA_VALUE && before !== BRACE_VALUE)) return
    const [from, to, word] = [start[count - 3] ?? 0, end[count - 1] ?? 0, value[count - 2] ?? 0]
    this.#tokens.cutTo(count - 3)
    this.#tokens.push(KIND.word, from, to, word)
  }

  #string(start: number, quote: number): void {
    const mark = this.text[start] ?? ''
    const isLong = this.text.startsWith(mark.repeat(3), start)
    const width = isLong ? 3 : 1
    const end = isLong ? this.#endOfLong(start + 3, mark.repeat(3)) : this.#endOfString(start + 1, quote)
    if (end === undefined) {
      // An apostrophe in prose, or a file that is broken.
      this.#at = start + 1
      this.#push(KIND.sign, start, start + 1, quote)
      this.#after = AFTER.operator
      return
    }
    this.#push(KIND.quote, start, start + width, QUOTE)
    this.#words(start + width, end, KIND.text)
    this.#push(KIND.quote, end, Math.min(this.text.length, end + width), QUOTE)
    this.#at = Math.min(this.text.length, end + width)
    this.#after = AFTER.operand
  }

  #endOfString(from: number, quote: number): number | undefined {
    for (let at = from; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at)
      if (code === quote) return at
      if (code === NEWLINE) return undefined
      if (code === BACKSLASH) at += this.text.startsWith('\r\n', at + 1) ? 2 : 1
    }
    return undefined
  }

  #endOfLong(from: number, marks: string): number {
    for (let at = this.text.indexOf(marks, from); at >= 0; at = this.text.indexOf(marks, at + 1))
      if (this.text.charCodeAt(at - 1) !== BACKSLASH) return at
    return this.text.length
  }

  /** The text of a template up to its end, or to a hole, whose code comes next. */
  #template(from: number): void {
    for (let at = from; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at)
      if (code === BACKSLASH) at++
      else if (code === BACKTICK) {
        this.#words(from, at, KIND.text)
        this.#push(KIND.quote, at, at + 1, QUOTE)
        this.#at = at + 1
        this.#after = AFTER.operand
        return
      } else if (code === DOLLAR && this.text.charCodeAt(at + 1) === OPEN_BRACE) {
        this.#words(from, at, KIND.text)
        const index = this.#push(KIND.open, at, at + 2, OPEN_BRACE)
        this.#brackets.push({ opening: OPEN_BRACE, index, isHole: true })
        this.#at = at + 2
        this.#after = AFTER.operator
        return
      }
    }
    this.#words(from, this.text.length, KIND.text)
    this.#at = this.text.length
  }

  /** The words and signs of a text that is no code. */
  #words(from: number, to: number, kind: Kind): void {
    const { text } = this
    let at = from
    while (at < to) {
      if (at >= this.#skipAt) {
        this.#at = at
        if (this.#isSkipping()) at = this.#at
        continue
      }
      const start = at
      let code = text.charCodeAt(at)
      if (isWordCode(code)) {
        let hash = EMPTY
        for (; at < to && isWordCode(code); code = text.charCodeAt(++at)) hash = withCharacter(hash, code)
        this.#tokens.push(kind, start, at, mixed(hash))
      } else {
        at++
        if (code !== BACKSLASH && !isSpaceCode(code)) this.#push(KIND.sign, start, at, code)
      }
    }
    this.#at = Math.max(at, to)
  }

  #open(start: number, opening: number): void {
    this.#at = start + 1
    const isGroup = opening === OPEN_PAREN && !this.#isCall(start)
    const index = isGroup ? -1 : this.#push(KIND.open, start, start + 1, opening)
    this.#brackets.push({ opening, index, isHole: false })
    this.#after = AFTER.operator
  }

  #isCall(start: number): boolean {
    const before = this.text.charCodeAt(start - 1)
    const second = this.text.charCodeAt(start - 2)
    if (before === GREATER) return second !== EQUALS && this.#after === AFTER.operator
    if (before === DOT) return second === QUESTION
    if (this.#after !== AFTER.operand) return false
    const last = this.#tokens.count - 1
    const isName = this.#tokens.kind[last] === KIND.word
    if (!isName || !KEYWORDS.has(this.#tokens.value[last] ?? 0)) return true
    return this.#tokens.value[last - 1] === DOT_VALUE
  }

  #close(start: number, code: number): void {
    this.#at = start + 1
    const opening = OPENING_OF.get(code)
    let depth = this.#brackets.length - 1
    // A bracket that was forgotten must not make all that follows wrong.
    for (const least = Math.max(0, depth - 8); depth >= least; depth--)
      if (this.#brackets[depth]?.opening === opening) break
    const bracket = this.#brackets[depth]
    this.#after = AFTER.operand
    if (bracket === undefined || bracket.opening !== opening) {
      this.#push(KIND.sign, start, start + 1, code)
      return
    }
    this.#brackets.length = depth
    this.#dropComma()
    if (bracket.index >= 0) this.#join(bracket.index, this.#push(KIND.close, start, start + 1, code))
    if (bracket.isHole) this.#template(start + 1)
    else if (code === CLOSE_BRACE && this.text.charCodeAt(start + 1) !== OPEN_PAREN)
      this.#after = AFTER.operator
  }

  #join(open: number, close: number): void {
    this.#tokens.partner[open] = close
    this.#tokens.partner[close] = open
  }

  #dropComma(): void {
    const last = this.#tokens.count - 1
    if (this.#tokens.kind[last] === KIND.sign && this.#tokens.value[last] === COMMA_VALUE)
      this.#tokens.cutTo(last)
  }

  #isRegex(start: number): boolean {
    if (!this.language.hasSlashComments || this.#after === AFTER.operand) {
      const last = this.#tokens.count - 1
      if (!this.language.hasSlashComments || this.#tokens.kind[last] !== KIND.word) return false
      if (!KEYWORDS.has(this.#tokens.value[last] ?? 0)) return false
    }
    // `</name>`
    if (this.text.charCodeAt(start - 1) === LESS) return false
    const end = this.#endOfRegex(start + 1)
    if (end === undefined) return false
    this.#push(KIND.quote, start, start + 1, SLASH)
    this.#words(start + 1, end, KIND.text)
    this.#push(KIND.quote, end, end + 1, SLASH)
    this.#at = end + 1
    this.#after = AFTER.operand
    return true
  }

  #endOfRegex(from: number): number | undefined {
    let isInClass = false
    for (let at = from; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at)
      if (code === NEWLINE) return undefined
      if (code === BACKSLASH) at++
      else if (code === OPEN_SQUARE) isInClass = true
      else if (code === CLOSE_SQUARE) isInClass = false
      else if (code === SLASH && !isInClass) return at
    }
    return undefined
  }

  #push(kind: Kind, start: number, end: number, sign: number): number {
    return this.#tokens.push(kind, start, end, valueOfSign(sign))
  }
}

const COMMA_VALUE = valueOfSign(COMMA)
const BRACE_VALUE = valueOfSign(OPEN_BRACE)
const DOT_VALUE = valueOfSign(DOT)

/** `0XFF` and `0xff`, `1.50` and `1.5` are one number. */
function valueOfNumber(text: string): number {
  if (/^(?:0|[1-9]\d*)$/.test(text)) return valueOfText(text)
  const number = Number(text.replaceAll('_', ''))
  return valueOfText(Number.isNaN(number) ? text.toLowerCase() : String(number))
}
