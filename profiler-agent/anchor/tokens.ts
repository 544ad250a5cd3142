// The tokens of a text of code: where each is and a number that stands for what it says. What a formatter changes leaves no
// trace in them: white space, comments, semicolons, trailing commas, parentheses that only group, the kind of quotes.

export const KIND = { word: 1, number: 2, sign: 3, open: 4, close: 5, text: 6, quote: 7 } as const
export type Kind = (typeof KIND)[keyof typeof KIND]

/** From one index up to, and without, another. */
export interface TokenRange {
  readonly from: number
  readonly to: number
}

const BASE_1 = 0x01000193
const BASE_2 = 0x5bd1e995 | 1
/** Hashes of three tokens are below this: five digits to the base of 36. */
export const TRIGRAMS = 36 ** 5
/** Stands before the first token and behind the last. */
const EDGE = 0x2545f491

export class Tokens {
  #count = 0
  /** Offsets in the text, the end exclusive. */
  start: Int32Array
  end: Int32Array
  value: Int32Array
  kind: Uint8Array
  /** Of a bracket, the index of the one that it belongs to; −1 for one without. */
  partner: Int32Array
  #trigrams: Int32Array | undefined
  #callBrackets: readonly number[] | undefined
  readonly #callsByName = new Map<string, readonly number[]>()
  #sums: readonly [Int32Array, Int32Array] | undefined

  constructor(characters: number) {
    // Code has a token for three or four characters.
    const room = Math.ceil(characters / 3) + 64
    this.start = new Int32Array(room)
    this.end = new Int32Array(room)
    this.value = new Int32Array(room)
    this.kind = new Uint8Array(room)
    this.partner = new Int32Array(room)
  }

  get count(): number {
    return this.#count
  }

  push(kind: Kind, start: number, end: number, value: number): number {
    const index = this.#count++
    if (index >= this.start.length) this.#grow()
    this.kind[index] = kind
    this.start[index] = start
    this.end[index] = end
    this.value[index] = value
    this.partner[index] = -1
    return index
  }

  /** Takes the last ones away. */
  cutTo(count: number): void {
    this.#count = count
  }

  /** Of a token, or of what stands where there is none. */
  valueAt(index: number): number {
    return index < 0 || index >= this.#count ? EDGE : (this.value[index] ?? EDGE)
  }

  isWord(index: number): boolean {
    const kind = this.kind[index]
    return index >= 0 && index < this.#count && (kind === KIND.word || kind === KIND.text)
  }

  /** Stands for a range: two of 32 bits each, equal for ranges that say the same. */
  hashOf({ from, to }: TokenRange): readonly [number, number] {
    const [first, second] = this.#sumsOf()
    return [
      ((first[to] ?? 0) - Math.imul(first[from] ?? 0, power(BASE_1, to - from))) | 0,
      ((second[to] ?? 0) - Math.imul(second[from] ?? 0, power(BASE_2, to - from))) | 0,
    ]
  }

  /** Where ranges of this size and hash begin, in order. */
  indicesOf(size: number, hash: readonly [number, number]): number[] {
    const isAt = this.#finderOf(size, hash)
    const found: number[] = []
    for (let from = 0; from + size <= this.#count; from++) if (isAt(from)) found.push(from)
    return found
  }

  /** Where calls begin whose names have this size and hash, in order. */
  callsNamed(size: number, hash: readonly [number, number]): readonly number[] {
    const key = `${size} ${hash.join(' ')}`
    const known = this.#callsByName.get(key)
    if (known) return known
    const isAt = this.#finderOf(size, hash)
    this.#callBrackets ??= this.#findCallBrackets()
    const begins = this.#callBrackets
      .map((bracket) => bracket - size)
      .filter((from) => from >= 0 && isAt(from))
    this.#callsByName.set(key, begins)
    return begins
  }

  #finderOf(size: number, [wanted, confirmed]: readonly [number, number]): (from: number) => boolean {
    const [first, second] = this.#sumsOf()
    const [one, two] = [power(BASE_1, size), power(BASE_2, size)]
    return (from) =>
      (((first[from + size] ?? 0) - Math.imul(first[from] ?? 0, one)) | 0) === wanted &&
      (((second[from + size] ?? 0) - Math.imul(second[from] ?? 0, two)) | 0) === confirmed
  }

  /** Stands for the three tokens from each one on; the first two are of those that begin before the text. */
  get trigrams(): Int32Array {
    if (this.#trigrams?.length === this.#count + 2) return this.#trigrams
    const trigrams = new Int32Array(this.#count + 2)
    let [first, second] = [EDGE, EDGE]
    for (let index = -2; index < this.#count; index++) {
      const third = this.valueAt(index + 2)
      const joined = Math.imul(Math.imul(first, BASE_1) + second, BASE_1) + third
      trigrams[index + 2] = (mixed(joined) >>> 0) % TRIGRAMS
      first = second
      second = third
    }
    this.#trigrams = trigrams
    return trigrams
  }

  /** Parentheses that only group are no tokens. */
  #findCallBrackets(): number[] {
    const brackets: number[] = []
    for (let index = 0; index < this.#count; index++)
      if (this.kind[index] === KIND.open && this.value[index] === PAREN) brackets.push(index)
    return brackets
  }

  /** Of the first token whose end lies behind an offset; the count where there is none. */
  indexAfter(offset: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.end[middle] ?? 0) > offset) high = middle
      else low = middle + 1
    }
    return low
  }

  #sumsOf(): readonly [Int32Array, Int32Array] {
    if (this.#sums?.[0].length === this.#count + 1) return this.#sums
    const first = new Int32Array(this.#count + 1)
    const second = new Int32Array(this.#count + 1)
    let [one, two] = [0, 0]
    for (let index = 0; index < this.#count; index++) {
      const value = this.value[index] ?? 0
      one = (Math.imul(one, BASE_1) + value) | 0
      two = (Math.imul(two, BASE_2) + (value ^ (value >>> 15))) | 0
      first[index + 1] = one
      second[index + 1] = two
    }
    this.#sums = [first, second]
    return this.#sums
  }

  #grow(): void {
    const room = this.start.length * 2
    this.start = widened(this.start, room)
    this.end = widened(this.end, room)
    this.value = widened(this.value, room)
    this.partner = widened(this.partner, room)
    const kind = new Uint8Array(room)
    kind.set(this.kind)
    this.kind = kind
  }
}

function widened(array: Int32Array, room: number): Int32Array {
  const wider = new Int32Array(room)
  wider.set(array)
  return wider
}

/** Modulo 2³². */
function power(base: number, exponent: number): number {
  let result = 1
  let square = base
  for (let rest = exponent; rest > 0; rest >>>= 1) {
    if (rest & 1) result = Math.imul(result, square)
    square = Math.imul(square, square)
  }
  return result
}

/** Spreads a number over 32 bits. */
export function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
  return mix ^ (mix >>> 16)
}

/** Of no characters; each is put in by `withCharacter`. */
export const EMPTY = 0x811c9dc5

export function withCharacter(hash: number, character: number): number {
  return Math.imul(hash ^ character, 0x01000193)
}

/** What a word, or a number, stands for. */
export function valueOfText(text: string): number {
  let hash = EMPTY
  for (let at = 0; at < text.length; at++) hash = withCharacter(hash, text.charCodeAt(at))
  return mixed(hash)
}

export function valueOfSign(character: number): number {
  return mixed(character + 0x1f000)
}

const PAREN = valueOfSign(40)
/** Of what is passed over whole. */
export const SKIPPED = valueOfSign(0)
