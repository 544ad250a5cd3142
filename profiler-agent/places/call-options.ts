// The options that a line of the user's code calls a model with: which are written there, and where.

import { isSign, isWord, type Lexed, type Lexeme } from './lexeme'
import { type Brackets, operandStart } from './operands'
import { offsetOf, type Span } from './source-lines'

export interface CallOption {
  readonly name: string
  /** From its name to the end of its value. */
  readonly whole: Span
  readonly key: Span
  /** The same as `key` for `{ tools }`. */
  readonly value: Span
}

/** Options of one call, as an object literal or as keyword arguments. */
export interface CallOptions {
  readonly style: 'object' | 'keywords'
  /** What is called, as it is written, without spaces: `client.messages.create`. */
  readonly callee: string
  /** Between its brackets. */
  readonly inner: Span
  readonly options: readonly CallOption[]
}

export interface CodePosition {
  readonly line: number
  readonly column?: number
}

/** Names by which requests to models are known. */
const TELLING = new Set(
  'model messages system tools input prompt contents max_tokens maxTokens instructions'.split(' '),
)

/**
 * Of the call at a position: the one that begins there, else the innermost around its line that looks like a request.
 * An object that a constant of the file holds counts too. `undefined` where none is written out.
 */
export function callOptionsAt(lexed: Lexed, position: CodePosition): CallOptions | undefined {
  const from = offsetOf(lexed.source, position.line)
  if (from === undefined) return undefined
  const reader = new OptionsReader(lexed)
  const lineEnd = lexed.source.indexOf('\n', from)
  const line = { start: from, end: lineEnd < 0 ? lexed.source.length : lineEnd }
  const column = offsetOf(lexed.source, position.line, position.column)
  return reader.at(position.column === undefined ? undefined : column) ?? reader.around(line)
}

/** Of the value of an option: an object literal, or a call with keyword arguments that makes one. */
export function optionsWithin(lexed: Lexed, value: Span): CallOptions | undefined {
  return new OptionsReader(lexed).within(value)
}

type Options = Omit<CallOptions, 'callee'>

class OptionsReader {
  constructor(readonly brackets: Brackets) {}

  at(offset: number | undefined): CallOptions | undefined {
    if (offset === undefined) return undefined
    const index = this.brackets.lexemes.findIndex(({ start, end }) => start <= offset && offset < end)
    return isWord(this.brackets.lexemes[index]) ? this.#telling(index + 1) : undefined
  }

  /** The innermost call that has a piece of the line. */
  around(line: Span): CallOptions | undefined {
    const { lexemes, partners } = this.brackets
    const calls = lexemes.flatMap((lexeme, index) => {
      const end = lexemes[partners.get(index) ?? -1]?.end ?? 0
      if (!isSign(lexeme, '(') || end < lexeme.end || lexeme.start > line.end || end < line.start) return []
      const options = this.#telling(index)
      return options ? [options] : []
    })
    return calls.sort((left, right) => lengthOf(left.inner) - lengthOf(right.inner))[0]
  }

  within({ start, end }: Span): CallOptions | undefined {
    const { lexemes, partners } = this.brackets
    const last = lexemes.findIndex((lexeme) => lexeme.end === end)
    const open = partners.get(last)
    if (open === undefined) return undefined
    const isWhole = lexemes[operandStart(this.brackets, last + 1) ?? open]?.start === start
    if (isSign(lexemes[last], '}') && lexemes[open]?.start === start) {
      const object = this.#object(open)
      return object && { ...object, callee: '' }
    }
    const keywords = isSign(lexemes[last], ')') && isWhole ? this.#keywords(open, last) : undefined
    return keywords && { ...keywords, callee: this.#callee(open) }
  }

  #telling(index: number): CallOptions | undefined {
    const options = this.#options(index)
    if (!options?.options.some(({ name }) => TELLING.has(name))) return undefined
    return { ...options, callee: this.#callee(index) }
  }

  #callee(index: number): string {
    const start = operandStart(this.brackets, index) ?? index
    const callee = this.brackets.lexemes
      .slice(start, index)
      .map((lexeme) => ('text' in lexeme ? lexeme.text : ''))
    return callee.join('')
  }

  /** Of the call whose arguments begin at `index`. */
  #options(index: number): Options | undefined {
    const { lexemes, partners } = this.brackets
    const end = partners.get(index)
    if (!isSign(lexemes[index], '(') || end === undefined) return undefined
    const first = lexemes[index + 1]
    if (isSign(first, '{')) return this.#object(index + 1)
    const keywords = this.#keywords(index, end)
    if (keywords) return keywords
    return isWord(first) && (isSign(lexemes[index + 2], ',') || index + 2 === end)
      ? this.#declared(first.text)
      : undefined
  }

  /** The object literal of the only `const name = {…}` of the file. */
  #declared(name: string): Options | undefined {
    const { lexemes } = this.brackets
    const places = lexemes.flatMap((lexeme, index) =>
      isWord(lexeme, name) && isSign(lexemes[index + 1], '=') && isSign(lexemes[index + 2], '{')
        ? [index + 2]
        : [],
    )
    const [place] = places
    return place !== undefined && places.length === 1 ? this.#object(place) : undefined
  }

  #object(index: number): Options | undefined {
    const end = this.brackets.partners.get(index)
    if (end === undefined) return undefined
    const options = this.#elements(index, end).flatMap(([from, to]) => this.#property(from, to) ?? [])
    return { style: 'object', inner: this.#inner(index, end), options }
  }

  #keywords(index: number, end: number): Options | undefined {
    const { lexemes } = this.brackets
    const options = this.#elements(index, end).flatMap(([from, to]) =>
      isSign(lexemes[from + 1], '=') ? (this.#option(from, from + 2, to) ?? []) : [],
    )
    return options.length > 0 ? { style: 'keywords', inner: this.#inner(index, end), options } : undefined
  }

  #property(from: number, to: number): CallOption | undefined {
    const { lexemes } = this.brackets
    if (isSign(lexemes[from + 1], ':')) return this.#option(from, from + 2, to)
    return to === from + 1 && isWord(lexemes[from]) ? this.#option(from, from, to) : undefined
  }

  #option(key: number, value: number, to: number): CallOption | undefined {
    const { lexemes } = this.brackets
    const [name, first, last] = [lexemes[key], lexemes[value], lexemes[to - 1]]
    if (!name || !first || !last || to <= value) return undefined
    const text = nameOf(name)
    if (text === undefined) return undefined
    const whole = { start: name.start, end: last.end }
    return { name: text, whole, key: name, value: { start: first.start, end: last.end } }
  }

  /** Between commas inside the brackets at `open` and `close`: index of the first lexeme, and of the one behind the last. */
  #elements(open: number, close: number): [number, number][] {
    const { lexemes, partners } = this.brackets
    const elements: [number, number][] = []
    let from = open + 1
    for (let at = from; at <= close; at++) {
      const partner = partners.get(at)
      if (at === close || isSign(lexemes[at], ',')) {
        if (at > from) elements.push([from, at])
        from = at + 1
      } else if (partner !== undefined && partner > at) at = partner
    }
    return elements
  }

  #inner(open: number, close: number): Span {
    const { lexemes } = this.brackets
    return { start: lexemes[open]?.end ?? 0, end: lexemes[close]?.start ?? 0 }
  }
}

function nameOf(lexeme: Lexeme): string | undefined {
  if (lexeme.kind === 'word') return lexeme.text
  const [piece, ...others] = lexeme.kind === 'text' ? lexeme.pieces : []
  return piece?.kind === 'constant' && others.length === 0 ? piece.text : undefined
}

function lengthOf({ start, end }: Span): number {
  return end - start
}
