// Edits that move what changes behind what does not: within its text, or for a cache with breakpoints into a block of its own.

import { lexFile } from '../file-kind'
import { isSign, isWord, type Lexed, type TextLexeme } from '../lexeme'
import type { Span } from '../source-lines'
import { asBlock, asMarkedBlock } from './breakpoint-edits'
import { countOfWord, type EditedCall, isPython, isShorthand, optionOf, sdkOf } from './edited-call'
import { type MovedText, movedToEnd, type WrittenText } from './moved-text'
import type { SourceEdit } from './source-edit'

export interface MovedOrigin {
  readonly file: string
  readonly source: string
  /** Expressions or placeholders whose values change, in one text. */
  readonly changing: readonly Span[]
}

/** For a cache that serves any equal start of a prompt: to the end of the same text. None where that is not one text. */
export function moveWithinText({ file, source, changing }: MovedOrigin): readonly SourceEdit[] {
  const lexed = lexFile(file, source)
  const text = lexed ? writtenLiteral(lexed, changing)?.text : writtenFile(source, changing)
  const moved = text && movedToEnd(text, changing)
  return moved ? [...moved.deletions, moved.insertion] : []
}

/**
 * For a cache that serves what stands before a breakpoint: the text becomes two blocks, and the first one is marked. Only where the
 * text is the system text of the call, written there or in a constant that nothing else uses.
 */
export function moveIntoBlock(
  { file, source, changing }: MovedOrigin,
  call: EditedCall,
): readonly SourceEdit[] {
  if (sdkOf(call) !== 'anthropic' || call.file !== file || call.lexed.source !== source) return []
  const literal = writtenLiteral(call.lexed, changing)
  const moved = literal && movedToEnd(literal.text, changing)
  if (!moved) return []
  const { lexeme } = literal
  const python = isPython(call)
  const [before, after] = asBlock(python)
  const rest = `, ${before}${quoted(source, lexeme, moved)}${after}`
  if (!isSystemText(call, lexeme)) return []
  const [open, close] = asMarkedBlock(python)
  return [
    { start: lexeme.start, end: lexeme.start, newText: open },
    ...moved.deletions,
    { start: lexeme.end, end: lexeme.end, newText: `${close.slice(0, -1)}${rest}]` },
  ]
}

/** What moves, in the quotes that it had. */
function quoted(source: string, { start, end, inner }: TextLexeme, { units }: MovedText): string {
  const lineEnd = source.slice(inner.start, inner.end).includes('\n') ? '\n' : '\\n'
  return source.slice(start, inner.start) + units.join(lineEnd) + source.slice(inner.end, end)
}

function isSystemText(call: EditedCall, literal: TextLexeme): boolean {
  const system = optionOf(call, 'system')
  if (!system) return false
  const { value } = system
  if (value.start === literal.start && value.end === literal.end) return true
  const { lexemes, source } = call.lexed
  const index = lexemes.indexOf(literal)
  const [name, sign, behind] = [lexemes[index - 2], lexemes[index - 1], lexemes[index + 1]]
  if (!isWord(name) || !isSign(sign, '=')) return false
  // A text that something is joined to or called on is not the constant itself.
  if (isSign(behind, '+') || isSign(behind, '.') || isSign(behind, '%') || behind?.kind === 'text')
    return false
  const used = isShorthand(system) ? system.name : source.slice(value.start, value.end)
  // In keyword arguments the name of the option is a word, too.
  const uses = isPython(call) && used === 'system' ? 3 : 2
  return used === name.text && countOfWord(call.lexed, used) === uses
}

function writtenLiteral(
  { source, lexemes, inHoles }: Lexed,
  changing: readonly Span[],
): { readonly lexeme: TextLexeme; readonly text: WrittenText } | undefined {
  const lexeme = [...inHoles, lexemes]
    .flat()
    .find(
      (each): each is TextLexeme =>
        each.kind === 'text' && changing.every((span) => isWithin(span, each.inner)),
    )
  if (!lexeme) return undefined
  const holes = [...lexeme.pieces.filter(({ kind }) => kind === 'hole'), ...changing]
  const isRaw = /^[a-zA-Z]*r/i.test(source.slice(lexeme.start, lexeme.inner.start))
  return { lexeme, text: { source, inner: lexeme.inner, holes, hasEscapes: !isRaw } }
}

function writtenFile(source: string, holes: readonly Span[]): WrittenText {
  return { source, inner: { start: 0, end: source.length }, holes, hasEscapes: false }
}

function isWithin({ start, end }: Span, outer: Span): boolean {
  return start >= outer.start && end <= outer.end
}
