// A cap on what a call may put out, as an edit of its options, in the spelling of the library that makes it.

import { type CallOption, optionsWithin } from '../call-options'
import { kindOfFile } from '../file-kind'
import { addedOption, type EditedCall, isShorthand, optionOf } from './edited-call'
import { isSound, type SourceEdit } from './source-edit'

export interface OutputCap {
  readonly edits: readonly SourceEdit[]
  /** Its name in the code: `max_tokens`. */
  readonly option: string
  /** What it was, where there was one. */
  readonly before?: number
}

/** Why a call gets no cap: it has a lower one, one that is no plain number, or its options cannot be seen or are not known. */
export type NotCapped = 'lower' | 'computed' | 'unknown'

interface Spelling {
  /** The first is added where none of them is there. */
  readonly names: readonly string[]
  /** Option that holds it, where it is not one of the call itself. */
  readonly inside?: string
}

interface Library {
  readonly callee: RegExp
  readonly spelling: Spelling | ((call: EditedCall, models: readonly string[]) => Spelling | undefined)
}

/**
 * Sources: API references and SDK readmes of Anthropic, OpenAI, Google (`config.maxOutputTokens`, `config.max_output_tokens`), Mistral,
 * Cohere, AWS (`inferenceConfig.maxTokens`), Ollama (`options.num_predict`), LiteLLM and the AI SDK (`maxOutputTokens`, before its fifth
 * version `maxTokens`), read 2026-11-22.
 */
const LIBRARIES: readonly Library[] = [
  { callee: /\bmessages\.(?:create|stream|parse)$/, spelling: { names: ['max_tokens'] } },
  { callee: /\bchat\.completions\.(?:create|stream|parse|runTools)$/, spelling: chatCompletions },
  { callee: /\bresponses\.(?:create|stream|parse)$/, spelling: { names: ['max_output_tokens'] } },
  {
    callee: /(?:^|\.)(?:generate|stream)(?:Text|Object)$/,
    spelling: { names: ['maxOutputTokens', 'maxTokens'] },
  },
  {
    callee: /\bmodels\.generateContent(?:Stream)?$/,
    spelling: { inside: 'config', names: ['maxOutputTokens'] },
  },
  {
    callee: /\bmodels\.generate_content(?:_stream)?$/,
    spelling: { inside: 'config', names: ['max_output_tokens', 'maxOutputTokens'] },
  },
  {
    callee: /\.generateContent(?:Stream)?$/,
    spelling: { inside: 'generationConfig', names: ['maxOutputTokens'] },
  },
  {
    callee: /\b[Cc]onverse(?:Stream|_stream)?(?:Command)?$/,
    spelling: { inside: 'inferenceConfig', names: ['maxTokens'] },
  },
  { callee: /\bollama\w*\.(?:chat|generate)$/i, spelling: { inside: 'options', names: ['num_predict'] } },
  { callee: /\bchat\.(?:complete|stream)(?:_async)?$/, spelling: byLanguage },
  { callee: /\bco(?:here)?\w*\.(?:v2\.)?chat(?:_stream|Stream)?$/, spelling: byLanguage },
  { callee: /(?:^|\.)a?completion$/, spelling: { names: ['max_tokens', 'max_completion_tokens'] } },
  { callee: /^JSON\.stringify$/, spelling: bodyOfRequest },
]

/** `tokens` is the cap, `models` what the call has been seen to call. */
export function capOutput(
  call: EditedCall,
  tokens: number,
  models: readonly string[],
): OutputCap | NotCapped {
  const { spelling } = LIBRARIES.find(({ callee }) => callee.test(call.options.callee)) ?? {}
  const found = typeof spelling === 'function' ? spelling(call, models) : spelling
  // Reasoning has a budget of its own, which a cap below it makes an error of; what is spread in may hold a cap already.
  if (found === undefined || optionOf(call, 'thinking') || hasSpread(call)) return 'unknown'
  const cap = found.inside === undefined ? capIn(call, found, tokens) : capInside(call, found, tokens)
  if (typeof cap === 'string') return cap
  const { file, lexed } = call
  const isSafe = isSound({ file, source: lexed.source, edits: cap.edits, isCertain: true })
  return isSafe ? cap : 'unknown'
}

function capIn(call: EditedCall, { names }: Spelling, tokens: number): OutputCap | NotCapped {
  const option = names.flatMap((name) => optionOf(call, name) ?? [])[0]
  if (option !== undefined) return lowered(call, option, tokens)
  const [name = ''] = names
  const edits = addedOption(call, name, String(tokens))
  return edits.length === 0 ? 'unknown' : { edits, option: name }
}

function lowered({ lexed }: EditedCall, option: CallOption, tokens: number): OutputCap | NotCapped {
  const { start, end } = option.value
  const text = lexed.source.slice(start, end).replaceAll('_', '')
  if (isShorthand(option) || !/^\d+$/.test(text)) return 'computed'
  const before = Number(text)
  if (before <= tokens) return 'lower'
  return { edits: [{ start, end, newText: String(tokens) }], option: option.name, before }
}

function capInside(call: EditedCall, spelling: Spelling, tokens: number): OutputCap | NotCapped {
  const { inside = '', names } = spelling
  const [name = ''] = names
  const option = optionOf(call, inside)
  if (option === undefined) {
    const key = kindOfFile(call.file) === 'python' ? `"${name}"` : name
    const edits = addedOption(call, inside, `{ ${key}: ${tokens} }`.replace(/^\{ "(.*) \}$/, '{"$1}'))
    return edits.length === 0 ? 'unknown' : { edits, option: name }
  }
  const options = optionsWithin(call.lexed, option.value)
  const inner = options && { ...call, options }
  return inner === undefined || hasSpread(inner) ? 'unknown' : capIn(inner, spelling, tokens)
}

/** `...more` or `**more` among the options themselves. */
function hasSpread({ lexed: { lexemes, partners }, options: { inner } }: EditedCall): boolean {
  let at = lexemes.findIndex(({ start }) => start >= inner.start)
  for (; at >= 0 && at < lexemes.length; at++) {
    const lexeme = lexemes[at]
    if (lexeme === undefined || lexeme.start >= inner.end) return false
    if (lexeme.kind === 'sign' && (lexeme.text === '...' || lexeme.text.startsWith('*'))) {
      const before = lexemes[at - 1]
      if (before?.kind === 'sign' && /^[,({]$/.test(before.text)) return true
    }
    const partner = partners.get(at)
    if (partner !== undefined && partner > at) at = partner
  }
  return false
}

/** OpenAI's own models want the newer name; who copied the interface knows the older one. */
function chatCompletions(_: EditedCall, models: readonly string[]): Spelling {
  const isOpenAi = models.length === 0 || models.some((model) => /^(?:gpt-|o\d|chatgpt-)/.test(model))
  const names = ['max_completion_tokens', 'max_tokens']
  return { names: isOpenAi ? names : names.reverse() }
}

function byLanguage({ file }: EditedCall): Spelling {
  return { names: kindOfFile(file) === 'python' ? ['max_tokens'] : ['maxTokens'] }
}

/** A request that is written out: what it says tells whose it is. */
function bodyOfRequest(call: EditedCall, models: readonly string[]): Spelling | undefined {
  if (optionOf(call, 'contents')) return { inside: 'generationConfig', names: ['maxOutputTokens'] }
  if (optionOf(call, 'input')) return { names: ['max_output_tokens'] }
  return optionOf(call, 'messages') ? chatCompletions(call, models) : undefined
}
