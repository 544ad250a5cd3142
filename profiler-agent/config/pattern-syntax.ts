// Reads a regular expression as a tree. A subset of JavaScript's: whatever would need to go back over the text is not in it.

/** Whether a character (UTF-16 unit) is one of those meant. */
export type CharacterTest = (unit: string) => boolean

export type Pattern =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'sequence' | 'choice'; readonly of: readonly Pattern[] }
  /** `most` is Infinity where there is no end to it. */
  | { readonly kind: 'repeat'; readonly of: Pattern; readonly least: number; readonly most: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'wordEdge'; readonly isEdge: boolean }

/** Why a pattern cannot be used, in words for its author. */
export class PatternError extends Error {
  override name = 'PatternError'
}

/** `{100}` of something is a program of a hundred parts. */
const MAX_COUNT = 100
const MAX_DEPTH = 100

/** The tree of a pattern; letters match in either case. Throws PatternError. */
export function parsePattern(source: string): Pattern {
  return new Parser(source).parse()
}

export function isWordCharacter(unit: string | undefined): boolean {
  return unit !== undefined && /^\w$/.test(unit)
}

class Parser {
  #at = 0
  #depth = 0

  constructor(readonly source: string) {}

  parse(): Pattern {
    const pattern = this.#choice()
    if (this.#at < this.source.length) throw new PatternError('there is a ) without its (')
    return pattern
  }

  #takes(text: string): boolean {
    if (!this.source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #choice(): Pattern {
    const options = [this.#sequence()]
    while (this.#takes('|')) options.push(this.#sequence())
    return options.length === 1 && options[0] ? options[0] : { kind: 'choice', of: options }
  }

  #sequence(): Pattern {
    const parts: Pattern[] = []
    while (this.#at < this.source.length && !/[|)]/.test(this.source.charAt(this.#at)))
      parts.push(this.#repeated())
    return { kind: 'sequence', of: parts }
  }

  #repeated(): Pattern {
    const atom = this.#atom()
    const count = this.#count()
    if (count === undefined) return atom
    // Lazy or not, a text matches or it does not.
    this.#takes('?')
    if (this.#count() !== undefined) throw new PatternError('there is nothing that it could repeat')
    return { kind: 'repeat', of: atom, ...count }
  }

  #count(): { readonly least: number; readonly most: number } | undefined {
    if (this.#takes('*')) return { least: 0, most: Number.POSITIVE_INFINITY }
    if (this.#takes('+')) return { least: 1, most: Number.POSITIVE_INFINITY }
    if (this.#takes('?')) return { least: 0, most: 1 }
    const [whole, least = '', comma, most] = /^\{(\d+)(,)?(\d+)?\}/.exec(this.source.slice(this.#at)) ?? []
    if (whole === undefined) return undefined
    this.#at += whole.length
    const upTo =
      comma === undefined ? Number(least) : most === undefined ? Number.POSITIVE_INFINITY : Number(most)
    if (Number(least) > upTo) throw new PatternError(`${whole} counts backwards`)
    if (Math.max(Number(least), most === undefined ? 0 : upTo) > MAX_COUNT)
      throw new PatternError(`${whole} is more than ${MAX_COUNT} times`)
    return { least: Number(least), most: upTo }
  }

  #atom(): Pattern {
    const unit = this.source.charAt(this.#at++)
    switch (unit) {
      case '(':
        return this.#group()
      case '[':
        return { kind: 'character', test: this.#set() }
      case '.':
        return { kind: 'character', test: (each) => !/[\n\r\u2028\u2029]/.test(each) }
      case '^':
        return { kind: 'start' }
      case '$':
        return { kind: 'end' }
      case '\\':
        return this.#escaped()
      case '*':
      case '+':
      case '?':
        throw new PatternError(`there is nothing that ${unit} could repeat`)
      default:
        return { kind: 'character', test: sameLetter(unit) }
    }
  }

  #group(): Pattern {
    if (this.source.startsWith('?', this.#at) && !this.#takes('?:'))
      throw new PatternError('groups that begin with (? are not supported, except (?:')
    if (++this.#depth > MAX_DEPTH) throw new PatternError(`groups go deeper than ${MAX_DEPTH}`)
    const inside = this.#choice()
    this.#depth--
    if (!this.#takes(')')) throw new PatternError('a ( has no )')
    return inside
  }

  #escaped(): Pattern {
    if (this.#takes('b')) return { kind: 'wordEdge', isEdge: true }
    if (this.#takes('B')) return { kind: 'wordEdge', isEdge: false }
    const said = this.#escape()
    return { kind: 'character', test: typeof said === 'string' ? sameLetter(said) : said }
  }

  /** What stands behind a backslash: a class of characters, or one of them. */
  #escape(): CharacterTest | string {
    const letter = this.source.charAt(this.#at++)
    const known = CLASSES[letter] ?? CONTROLS[letter]
    if (known !== undefined) return known
    if (letter === 'x' || letter === 'u') return this.#hexadecimal(letter === 'x' ? 2 : 4)
    if (letter === '') throw new PatternError('it ends with a backslash')
    if (/[0-9A-Za-z]/.test(letter)) throw new PatternError(`\\${letter} is not supported`)
    return letter
  }

  #hexadecimal(digits: number): string {
    const code = this.source.slice(this.#at, this.#at + digits)
    if (code.length < digits || !/^[0-9a-f]+$/i.test(code))
      throw new PatternError(`\\${digits === 2 ? 'x' : 'u'} needs ${digits} hexadecimal digits`)
    this.#at += digits
    return String.fromCharCode(Number.parseInt(code, 16))
  }

  /** The inside of `[…]`. */
  #set(): CharacterTest {
    const isOutside = this.#takes('^')
    const tests: CharacterTest[] = []
    while (!this.#takes(']')) {
      if (this.#at >= this.source.length) throw new PatternError('a [ has no ]')
      tests.push(this.#member())
    }
    const isInside: CharacterTest = (unit) => tests.some((test) => test(unit))
    return isOutside ? (unit) => !isInside(unit) : isInside
  }

  #member(): CharacterTest {
    const from = this.#memberCharacter()
    const isRange = this.source.startsWith('-', this.#at) && !this.source.startsWith('-]', this.#at)
    if (typeof from !== 'string' || !isRange) return typeof from === 'string' ? sameLetter(from) : from
    this.#at++
    const to = this.#memberCharacter()
    if (typeof to !== 'string' || from > to) throw new PatternError('a range in [ ] runs backwards')
    const isWithin = (unit: string) => unit >= from && unit <= to
    return (unit) => isWithin(unit) || isWithin(unit.toLowerCase()) || isWithin(unit.toUpperCase())
  }

  #memberCharacter(): CharacterTest | string {
    const unit = this.source.charAt(this.#at++)
    if (unit !== '\\') return unit
    return this.#takes('b') ? '\b' : this.#escape()
  }
}

const of =
  (pattern: RegExp): CharacterTest =>
  (unit) =>
    pattern.test(unit)
const CLASSES: Readonly<Record<string, CharacterTest>> = {
  d: of(/\d/),
  D: of(/\D/),
  w: of(/\w/),
  W: of(/\W/),
  s: of(/\s/),
  S: of(/\S/),
}
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' }

function sameLetter(letter: string): CharacterTest {
  const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()]
  return (unit) => unit === letter || unit === lower || unit === upper
}
