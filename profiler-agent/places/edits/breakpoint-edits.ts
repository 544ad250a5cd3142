// Edits that set cache breakpoints, make them live longer, or give calls one cache key. What the model reads stays the same.

import type { CallOption } from '../call-options'
import { isSign, isWord, type Lexeme } from '../lexeme'
import type { Span } from '../source-lines'
import {
  addedOption,
  type EditedCall,
  isPython,
  optionOf,
  rewrittenOption,
  sdkOf,
  valueIndex,
} from './edited-call'
import type { SourceEdit } from './source-edit'

export interface CertainEdits {
  readonly edits: readonly SourceEdit[]
  readonly isCertain: boolean
}

/**
 * Anthropic's Messages: behind the system text or the tools, or for the whole request, which marks its last block; nothing where that
 * cannot be done at one of the places. `isPlainSystem` says that the recorded calls sent their system text as one string.
 */
export function addBreakpoints(
  call: EditedCall,
  places: readonly string[],
  isPlainSystem: boolean,
): CertainEdits | undefined {
  if (sdkOf(call) !== 'anthropic' || places.length === 0) return undefined
  const added = places.map((place) => breakpointAt(call, place, isPlainSystem))
  if (added.some((edits) => edits.length === 0)) return undefined
  // An older SDK for Python takes no option that it does not know.
  return { edits: added.flat(), isCertain: !(isPython(call) && places.includes('last')) }
}

function breakpointAt(call: EditedCall, place: string, isPlainSystem: boolean): SourceEdit[] {
  const python = isPython(call)
  if (place === 'last') return addedOption(call, 'cache_control', ephemeral(python))
  const option = optionOf(call, place)
  if (!option) return []
  if (place !== 'system' || !isPlainSystem) return markedLastElement(call, option)
  const [before, after] = asBlock(python, true)
  return rewrittenOption(call, option, `[${before}`, `${after}]`)
}

/** On the last block or tool of a list whose elements are written out. */
function markedLastElement(call: EditedCall, option: CallOption): SourceEdit[] {
  const { lexemes, partners, source } = call.lexed
  const list = valueIndex(call, option) ?? -1
  const end = partners.get(list) ?? -1
  if (!isSign(lexemes[list], '[') || end < 0) return []
  const close = isSign(lexemes[end - 1], ',') ? end - 2 : end - 1
  const open = partners.get(close)
  const [first, last] = [lexemes[open ?? -1], lexemes[close]]
  if (!first || !last || !isSign(first, '{') || source.slice(first.start, last.end).includes('cache_control'))
    return []
  const before = lexemes[close - 1]
  if (!before || before === first) return []
  const comma = isSign(before, ',') ? '' : ','
  return [{ start: before.end, end: before.end, newText: `${comma} ${markOf(isPython(call))}` }]
}

/** Takes the only mark of the call away. */
export function dropBreakpoint({ lexed, options }: EditedCall): CertainEdits | undefined {
  const { lexemes, partners } = lexed
  const keys = lexemes.flatMap((lexeme, index) =>
    (isText(lexeme, 'cache_control') || isWord(lexeme, 'cache_control')) && isWithin(lexeme, options.inner)
      ? [index]
      : [],
  )
  const [key] = keys
  if (key === undefined || keys.length > 1 || !isSign(lexemes[key + 2], '{')) return undefined
  const [before, end] = [lexemes[key - 1], lexemes[partners.get(key + 2) ?? -1]]
  if (!before || !end) return undefined
  const behind = lexemes[lexemes.indexOf(end) + 1]
  const span = isSign(before, ',')
    ? { start: before.start, end: end.end }
    : { start: before.end, end: behind && isSign(behind, ',') ? behind.end : end.end }
  return { edits: [{ ...span, newText: '' }], isCertain: true }
}

function isWithin({ start, end }: Span, outer: Span): boolean {
  return start >= outer.start && end <= outer.end
}

/** What goes before and behind a text to make it a block, with a breakpoint or without. */
export function asBlock(python: boolean, isMarked: boolean): [before: string, after: string] {
  const mark = isMarked ? `, ${markOf(python)}` : ''
  return python ? ['{"type": "text", "text": ', `${mark}}`] : ["{ type: 'text', text: ", `${mark} }`]
}

function markOf(python: boolean): string {
  return `${python ? '"cache_control"' : 'cache_control'}: ${ephemeral(python)}`
}

function ephemeral(python: boolean): string {
  return python ? '{"type": "ephemeral"}' : "{ type: 'ephemeral' }"
}

/** `1h` on Anthropic's marks; OpenAI's own settings for the whole request. */
export function longerTtl(call: EditedCall, lifetime: string | undefined): CertainEdits | undefined {
  const sdk = sdkOf(call)
  const python = isPython(call)
  if (sdk === 'anthropic') {
    if (lifetime !== '1h') return undefined
    const edits = ephemeralMarks(call).flatMap((mark) => markWithTtl(call, mark, lifetime))
    return { edits, isCertain: true }
  }
  if (sdk === undefined) return undefined
  if (lifetime === '24h') {
    const value = python ? '"24h"' : "'24h'"
    return { edits: addedOption(call, 'prompt_cache_retention', value), isCertain: true }
  }
  if (lifetime !== '12h' || sdk !== 'openai-responses') return undefined
  const value = python ? '{"ttl": "12h"}' : "{ ttl: '12h' }"
  return { edits: addedOption(call, 'prompt_cache_options', value), isCertain: true }
}

/** Braces of `{ type: 'ephemeral', … }`: those in the call, else the only one of its file. */
function ephemeralMarks({ lexed, options }: EditedCall): Span[] {
  const { lexemes } = lexed
  const marks = lexemes.flatMap((lexeme, index) => {
    if (!isText(lexeme, 'ephemeral') || !isSign(lexemes[index - 1], ':')) return []
    const open = lexemes.findLastIndex((each, at) => at < index && isSign(each, '{'))
    const close = lexemes.findIndex((each, at) => at > index && isSign(each, '}'))
    const [start, end] = [lexemes[open]?.start, lexemes[close]?.end]
    return start === undefined || end === undefined ? [] : [{ start, end }]
  })
  const inCall = marks.filter((mark) => isWithin(mark, options.inner))
  if (inCall.length > 0) return inCall
  return marks.length === 1 ? marks : []
}

/** Nothing where its lifetime is not written out as a plain text. */
function markWithTtl({ lexed }: EditedCall, mark: Span, ttl: string): SourceEdit[] {
  const inside = lexed.lexemes.filter(({ start, end }) => start >= mark.start && end <= mark.end)
  const key = inside.findIndex((lexeme) => isText(lexeme, 'ttl') || isWord(lexeme, 'ttl'))
  const value = inside[key + 2]
  if (key >= 0)
    return value?.kind === 'text'
      ? [{ ...value.inner, newText: ttl }].filter(({ start, end }) => lexed.source.slice(start, end) !== ttl)
      : []
  const type = inside.find((lexeme) => isText(lexeme, 'ephemeral'))
  if (!type) return []
  const quote = lexed.source[type.start]
  const isQuotedKey = inside[1]?.kind === 'text'
  const name = isQuotedKey ? `${quote}ttl${quote}` : 'ttl'
  return [{ start: type.end, end: type.end, newText: `, ${name}: ${quote}${ttl}${quote}` }]
}

function isText(lexeme: Lexeme | undefined, text: string): boolean {
  const [piece, ...others] = lexeme?.kind === 'text' ? lexeme.pieces : []
  return piece?.kind === 'constant' && others.length === 0 && piece.text === text
}

const KEY_CHARACTERS = /[^A-Za-z0-9_-]+/g

/** OpenAI: calls with one key are sent to one cache. */
export function cacheKey(call: EditedCall, agent: string | undefined): CertainEdits | undefined {
  const sdk = sdkOf(call)
  if (sdk === undefined || sdk === 'anthropic') return undefined
  const name = agent ?? (call.file.split('/').at(-1) ?? '').replace(/\.\w+$/, '')
  const key = name.replace(KEY_CHARACTERS, '-').slice(0, 64)
  if (key === '') return undefined
  return {
    edits: addedOption(call, 'prompt_cache_key', isPython(call) ? `"${key}"` : `'${key}'`),
    isCertain: true,
  }
}
