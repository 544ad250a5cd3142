// The call of a finding as edits see it: its file cut into lexemes, its options, and how its language writes things down.

import type { CallOption, CallOptions } from '../call-options'
import type { Lexed } from '../lexeme'
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
  const text = isPython(call) ? `${name}=${value}` : `${name}: ${value}`
  const { source } = call.lexed
  const lineStart = source.lastIndexOf('\n', last.whole.start - 1) + 1
  const indent = source.slice(lineStart, last.whole.start)
  const isOwnLine = lineStart > call.options.inner.start && indent.trim() === ''
  const { end } = last.whole
  return [{ start: end, end, newText: isOwnLine ? `,\n${indent}${text}` : `, ${text}` }]
}

/** Index of each lexeme that says this word. */
export function countOfWord({ lexemes }: Lexed, word: string): number {
  return lexemes.filter((lexeme) => lexeme.kind === 'word' && lexeme.text === word).length
}
