// Finds where a tool is declared: its name as a text, a key or a function, beside the text that describes it.

import { lexFile } from './file-kind'
import { isSign, isWord, type Lexeme } from './lexeme'
import { lettersOf } from './prompt-templates'
import type { Span } from './source-lines'

/** A tool as a request declares it. */
export interface DeclaredTool {
  readonly name: string
  readonly description?: string
}

export interface Declaration extends Span {
  /** Whether the tool's description stands beside its name. */
  readonly isDescribed: boolean
}

/** A declaration and its description are this near, in characters. */
const NEIGHBOURHOOD = 600
/** As much of a description as has to agree. */
const DESCRIPTION_LETTERS = 60

/** All places in a file that may declare the tool, in the order of the file; those described there only, where there are any. */
export function toolDeclarations(file: string, source: string, tool: DeclaredTool): Declaration[] {
  if (!source.includes(tool.name)) return []
  const lexemes = lexFile(file, source)?.lexemes ?? []
  const described = descriptions(lexemes, lettersOf(tool.description ?? '').slice(0, DESCRIPTION_LETTERS))
  const places = lexemes.flatMap((lexeme, index): Declaration[] =>
    isNameOf(tool.name, lexemes, index)
      ? [{ start: lexeme.start, end: lexeme.end, isDescribed: described.some((at) => isNear(at, lexeme)) }]
      : [],
  )
  const certain = places.filter(({ isDescribed }) => isDescribed)
  return certain.length > 0 ? certain : places
}

function descriptions(lexemes: readonly Lexeme[], letters: string): number[] {
  if (letters === '') return []
  return lexemes.flatMap((lexeme) => {
    if (lexeme.kind !== 'text') return []
    const text = lettersOf(
      lexeme.pieces.map((piece) => (piece.kind === 'constant' ? piece.text : '')).join(''),
    )
    // A long description may be put together from several literals; a docstring may go on behind it.
    const isPart =
      text.length > 0 && (text.startsWith(letters) || (text.length >= 12 && letters.startsWith(text)))
    return isPart ? [lexeme.start] : []
  })
}

function isNear(at: number, { start }: Lexeme): boolean {
  return Math.abs(at - start) <= NEIGHBOURHOOD
}

/** `name: 'x'`, `"name": "x"`, `name="x"`, `tool('x', …)`, `x: tool(…)`, `x: {…}`, `def x(`, `function x(`. */
function isNameOf(name: string, lexemes: readonly Lexeme[], index: number): boolean {
  const lexeme = lexemes[index]
  const before = lexemes[index - 1]
  const after = lexemes[index + 1]
  if (lexeme?.kind === 'text') {
    const [piece, ...others] = lexeme.pieces
    if (piece?.kind !== 'constant' || others.length > 0 || piece.text !== name) return false
    if (isSign(after, ':')) return true
    if (isSign(before, ':') || isSign(before, '=')) return isNameKey(lexemes[index - 2])
    return isSign(before, '(') && /tool|function/i.test(wordOf(lexemes[index - 2]))
  }
  if (!isWord(lexeme, name)) return false
  if (isWord(before, 'def') || isWord(before, 'function')) return isSign(after, '(')
  const opens = lexemes[index + 2]
  return isSign(after, ':') && (isSign(opens, '{') || /tool/i.test(wordOf(opens)))
}

function isNameKey(lexeme: Lexeme | undefined): boolean {
  if (lexeme?.kind !== 'text') return isWord(lexeme, 'name')
  const [piece] = lexeme.pieces
  return piece?.kind === 'constant' && piece.text === 'name'
}

function wordOf(lexeme: Lexeme | undefined): string {
  return isWord(lexeme) ? lexeme.text : ''
}
