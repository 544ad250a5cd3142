// Where an operand of `+`, an element of a list or an argument begins and ends among lexemes.

import { isSign, isWord, type Lexeme } from './lexeme'

export interface Brackets {
  readonly lexemes: readonly Lexeme[]
  /** Index of each bracket's partner. */
  readonly partners: ReadonlyMap<number, number>
}

const PREFIXES = new Set(['await', 'new', 'typeof', 'not', 'void'])

/** Index behind the operand that begins at `index`; `undefined` where none does. */
export function operandEnd({ lexemes, partners }: Brackets, index: number): number | undefined {
  let at = index
  while (isPrefix(lexemes[at])) at++
  const first = lexemes[at]
  if (first === undefined) return undefined
  if (first.kind !== 'sign') at++
  else if (partners.has(at) && /[([{]/.test(first.text)) at = (partners.get(at) ?? at) + 1
  else return undefined
  return postfixEnd({ lexemes, partners }, at)
}

/** Index behind `.name`, `(…)` and `[…]` that follow an operand which ends before `index`. */
export function postfixEnd({ lexemes, partners }: Brackets, index: number): number {
  let at = index
  for (;;) {
    const next = lexemes[at]
    if ((isSign(next, '.') || isSign(next, '?.')) && isWord(lexemes[at + 1])) at += 2
    else if ((isSign(next, '(') || isSign(next, '[')) && partners.has(at)) at = (partners.get(at) ?? at) + 1
    else return at
  }
}

/** Index of the first lexeme of the operand that ends before `index`; `undefined` where none does. */
export function operandStart({ lexemes, partners }: Brackets, index: number): number | undefined {
  let at = index - 1
  for (;;) {
    while (isClosing(lexemes[at]) && partners.has(at)) at = (partners.get(at) ?? at) - 1
    const lexeme = lexemes[at]
    if (lexeme === undefined || lexeme.kind === 'sign')
      // Only brackets: a group that nothing is called or read of.
      return at + 1 < index ? at + 1 : undefined
    if (!isSign(lexemes[at - 1], '.') && !isSign(lexemes[at - 1], '?.')) return at
    at -= 2
  }
}

function isPrefix(lexeme: Lexeme | undefined): boolean {
  return isSign(lexeme, '!') || isSign(lexeme, '-') || (isWord(lexeme) && PREFIXES.has(lexeme.text))
}

function isClosing(lexeme: Lexeme | undefined): boolean {
  return isSign(lexeme, ')') || isSign(lexeme, ']')
}
