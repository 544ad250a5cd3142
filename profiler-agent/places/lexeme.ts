// The pieces that source text is cut into, whatever its language: words, signs and texts with holes in them. Types and steps from one to the next.

/** Text between holes; `start` and `end` are offsets in the source, `text` is what it means there, escapes resolved. */
export interface Constant {
  readonly kind: 'constant'
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Where a value goes into a text: offsets of the hole with what encloses it, and of the expression in it. */
export interface Hole {
  readonly kind: 'hole'
  readonly start: number
  readonly end: number
  readonly inner: { readonly start: number; readonly end: number }
}

export type Piece = Constant | Hole

export interface TextLexeme {
  readonly kind: 'text'
  readonly start: number
  readonly end: number
  readonly pieces: readonly Piece[]
  /** Where the text itself begins and ends, without its quotes. */
  readonly inner: { readonly start: number; readonly end: number }
}

export interface PlainLexeme {
  readonly kind: 'word' | 'number' | 'sign' | 'regex'
  readonly start: number
  readonly end: number
  readonly text: string
}

export type Lexeme = TextLexeme | PlainLexeme

export interface Lexed {
  readonly source: string
  readonly lexemes: readonly Lexeme[]
  /** Templates inside the holes of templates. */
  readonly inHoles: readonly (readonly Lexeme[])[]
  /** Index of each bracket's partner, both ways; none where brackets do not fit. */
  readonly partners: ReadonlyMap<number, number>
  /** False where the cutting lost its way: brackets or quotes without a partner. Nothing is changed in such a file. */
  readonly isClean: boolean
}

const PARTNERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
const OPENING = new Set(['(', '[', '{'])

export function isSign(lexeme: Lexeme | undefined, text: string): boolean {
  return lexeme?.kind === 'sign' && lexeme.text === text
}

export function isWord(lexeme: Lexeme | undefined, text?: string): lexeme is PlainLexeme {
  return lexeme?.kind === 'word' && (text === undefined || lexeme.text === text)
}

/** Index of each bracket's partner, both ways; `undefined` where one has none. */
export function bracketPartners(lexemes: readonly Lexeme[]): ReadonlyMap<number, number> | undefined {
  const open: number[] = []
  const partners = new Map<number, number>()
  for (const [index, lexeme] of lexemes.entries()) {
    if (lexeme.kind !== 'sign') continue
    if (OPENING.has(lexeme.text)) open.push(index)
    const partner = PARTNERS[lexeme.text]
    if (partner === undefined) continue
    const at = open.pop()
    if (at === undefined || !isSign(lexemes[at], partner)) return undefined
    partners.set(at, index).set(index, at)
  }
  return open.length === 0 ? partners : undefined
}
