// The call of a finding as edits see it: its file cut into lexemes, its options, and how its language writes things down.

import type { CallOption, CallOptions } from '../call-options'
import { isSign, isWord, type Lexed } from '../lexeme'
import type { SourceEdit } from './source-edit'

export interface EditedCall {
  readonly file: string
  readonly lexed: Lexed
  readonly options: CallOptions
}

/** The SDK that a call is made with, by what is called; wrappers have ways of their own to say the same. */
export function sdkOf({ options }: EditedCall): 'anthropic' | 'openai-chat' | 'openai-responses' | undefined {
  const { callee } = options
  if (/\bmessages\.(?:create|stream|parse)$/.test(callee) && !/threads/.test(callee)) return 'anthropic'
  if (/\bchat\.completions\.(?:create|stream|parse|runTools)$/.test(callee)) return 'openai-chat'
  return /\bresponses\.(?:create|stream|parse)$/.test(callee) ? 'openai-responses' : undefined
}

export function optionOf({ options }: EditedCall, name: string): CallOption | undefined {
  return options.options.find((option) => option.name === name)
}

export function isShorthand({ key, value }: CallOption): boolean {
  return key.start === value.start
}

export function isPython({ options }: EditedCall): boolean {
  return options.style === 'keywords'
}

/** Another value for an option, written with the old one in it. */
export function rewrittenOption(
  call: EditedCall,
  option: CallOption,
  before: string,
  after: string,
): SourceEdit[] {
  const { start, end } = option.value
  const value = call.lexed.source.slice(start, end)
  if (isShorthand(option)) return [{ start, end, newText: `${option.name}: ${before}${value}${after}` }]
  return [
    { start, end: start, newText: before },
    { start: end, end, newText: after },
  ]
}

/** One more option behind the last, on a line of its own where the others have theirs. */
export function addedOption(call: EditedCall, name: string, value: string): SourceEdit[] {
  const last = call.options.options.at(-1)
  if (!last || optionOf(call, name)) return []
  const { source } = call.lexed
  const text = isPython(call) ? `${name}=${value}` : `${quotedLike(source, last.key, name)}: ${value}`
  const lineStart = source.lastIndexOf('\n', last.whole.start - 1) + 1
  const indent = source.slice(lineStart, last.whole.start)
  const isOwnLine = lineStart > call.options.inner.start && indent.trim() === ''
  const { end } = last.whole
  return [{ start: end, end, newText: isOwnLine ? `,\n${indent}${text}` : `, ${text}` }]
}

/** A name as its neighbour is written: in quotes where that is. */
function quotedLike(source: string, { start }: CallOption['key'], name: string): string {
  const quote = source[start] ?? ''
  return quote === "'" || quote === '"' ? `${quote}${name}${quote}` : name
}

/**
 * Index of the first lexeme of an option's value: where it is written, or in the constant that it names, if this option is all
 * that the constant is for. `undefined` where somebody else may use it.
 */
export function valueIndex(call: EditedCall, option: CallOption): number | undefined {
  const { lexemes, source } = call.lexed
  const { start, end } = option.value
  const first = lexemes.findIndex((lexeme) => lexeme.start === start)
  const value = lexemes[first]
  if (!isWord(value) || value.end !== end) return first < 0 ? undefined : first
  // The name of the option is a word of its own, except in `{ system }`.
  const named = option.name === value.text && !isShorthand(option) ? 3 : 2
  if (wordsIn(source, value.text) !== named) return undefined
  const name = lexemes.findIndex(
    (lexeme, index) => isWord(lexeme, value.text) && isSign(lexemes[index + 1], '='),
  )
  return name < 0 || lexemes[name]?.start === option.key.start || isWord(lexemes[name - 2], 'export')
    ? undefined
    : name + 2
}

/** Wherever it stands, in comments and texts too: better one too many. */
function wordsIn(source: string, word: string): number {
  return (
    source.split(
      new RegExp(`(?<![\\p{ID_Continue}$])${word.replace(/\$/g, '\\$')}(?![\\p{ID_Continue}$])`, 'u'),
    ).length - 1
  )
}
