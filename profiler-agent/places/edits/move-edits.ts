// Edits that move what changes behind what does not: within its text, or for a cache with breakpoints into a block of its own.

import { lexFile } from '../file-kind'
import { isSign, type Lexed, type TextLexeme } from '../lexeme'
import type { Span } from '../source-lines'
import { asBlock } from './breakpoint-edits'
import { type EditedCall, isPython, optionOf, sdkOf, valueIndex } from './edited-call'
import { type MovedText, movedToEnd, type WrittenText } from './moved-text'
import type { SourceEdit } from './source-edit'

export interface MovedOrigin {
  readonly file: string
  readonly source: string
  /** Expressions or placeholders whose values change; they are moved only if they lie in one text. */
  readonly changing: readonly Span[]
  /** Others that change, too: those of the same text are moved along. */
  readonly others: readonly Span[]
  /** Characters that have to stay before what moves, unless another value goes in between. */
  readonly leastStable: number
}

/** For a cache that serves any equal start of a prompt: to the end of the same text. None where that is not one text. */
export function moveWithinText(origin: MovedOrigin): readonly SourceEdit[] {
  const { file, source, changing } = origin
  const lexed = lexFile(file, source)
  const text = lexed ? writtenLiteral(lexed, changing)?.text : writtenFile(source, changing)
  const moved = text && movedTogether(text, origin)
  return moved ? [...moved.deletions, moved.insertion] : []
}

/**
 * For a cache that serves what stands before a breakpoint: what changes becomes a block of its own behind the one with the breakpoint.
 * Only where the text is the system text of the call, or a block of it that is marked; written there, or in a constant that nothing else uses.
 */
export function moveIntoBlock(origin: MovedOrigin, call: EditedCall): readonly SourceEdit[] {
  const { file, source, changing } = origin
  if (sdkOf(call) !== 'anthropic' || call.file !== file || call.lexed.source !== source) return []
  const literal = writtenLiteral(call.lexed, changing)
  const moved = literal && movedTogether(literal.text, origin)
  const system = optionOf(call, 'system')
  const value = system && valueIndex(call, system)
  if (!moved || value === undefined) return []
  const { lexeme } = literal
  const [before, after] = asBlock(isPython(call), false)
  const rest = `, ${before}${quoted(source, lexeme, moved)}${after}`
  const block = markedBlock(call.lexed, lexeme, value)
  if (block !== undefined) return [...moved.deletions, { start: block, end: block, newText: rest }]
  if (call.lexed.lexemes[value] !== lexeme || goesOn(call.lexed, value)) return []
  const [open, close] = asBlock(isPython(call), true)
  return [
    { start: lexeme.start, end: lexeme.start, newText: `[${open}` },
    ...moved.deletions,
    { start: lexeme.end, end: lexeme.end, newText: `${close}${rest}]` },
  ]
}

function movedTogether(
  text: WrittenText,
  { changing, others, leastStable }: MovedOrigin,
): MovedText | undefined {
  const inText = others.filter((span) => isWithin(span, text.inner))
  return movedToEnd({ ...text, holes: [...text.holes, ...inText] }, [...changing, ...inText], leastStable)
}

/** What moves, in the quotes that it had. */
function quoted(source: string, { start, end, inner }: TextLexeme, { units }: MovedText): string {
  const lineEnd = source.slice(inner.start, inner.end).includes('\n') ? '\n' : '\\n'
  return source.slice(start, inner.start) + units.join(lineEnd) + source.slice(inner.end, end)
}

/** Behind the block of a list that begins at `list`, where its text is the literal and nothing else, and it carries a breakpoint. */
function markedBlock(
  { lexemes, partners, source }: Lexed,
  literal: TextLexeme,
  list: number,
): number | undefined {
  const index = lexemes.indexOf(literal)
  const end = partners.get(list)
  const [sign, behind] = [lexemes[index - 1], lexemes[index + 1]]
  if (!isSign(lexemes[list], '[') || end === undefined || index < list || index > end) return undefined
  if (!isSign(sign, ':') || !(isSign(behind, ',') || isSign(behind, '}'))) return undefined
  const open = lexemes.findLastIndex(
    (lexeme, at) => at < index && isSign(lexeme, '{') && (partners.get(at) ?? 0) > index,
  )
  const close = lexemes[partners.get(open) ?? -1]
  const start = lexemes[open]?.start ?? 0
  // One level down: a block of the list itself.
  const isBlock = open > list && (isSign(lexemes[open - 1], '[') || isSign(lexemes[open - 1], ','))
  return close && isBlock && source.slice(start, close.end).includes('cache_control') ? close.end : undefined
}

/** Something is joined to the text, or called on it. */
function goesOn({ lexemes }: Lexed, index: number): boolean {
  const behind = lexemes[index + 1]
  return isSign(behind, '+') || isSign(behind, '.') || isSign(behind, '%') || behind?.kind === 'text'
}

/** The literal that all these holes lie in. */
export function writtenLiteral(
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
