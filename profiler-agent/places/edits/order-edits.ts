// Edits that put tools, or the keys of JSON, into one order.

import { isSign, isWord, type Lexed } from '../lexeme'
import { operandEnd } from '../operands'
import { lexPython } from '../python'
import type { Span } from '../source-lines'
import type { CertainEdits } from './breakpoint-edits'
import { type EditedCall, isPython, optionOf, rewrittenOption, sdkOf } from './edited-call'

/** Nothing where the list of tools is not one plain value: it may be absent at times. */
export function sortTools(call: EditedCall): CertainEdits | undefined {
  const tools = optionOf(call, 'tools')
  const sdk = sdkOf(call)
  if (!tools || sdk === undefined || !isOneOperand(call.lexed, tools.value)) return undefined
  const isListed = isListLiteral(call.lexed, tools.value)
  if (isPython(call)) {
    // What is not written out here need not be dictionaries; their text has an order in any case.
    const field = sdk === 'openai-chat' ? 'tool["function"]["name"]' : 'tool["name"]'
    const key = isListed && sdk !== 'openai-responses' ? `lambda tool: ${field}` : 'str'
    return { edits: rewrittenOption(call, tools, 'sorted(', `, key=${key})`), isCertain: isListed }
  }
  const [left, right] = ['a', 'b'].map((tool) =>
    sdk === 'anthropic' ? `${tool}.name` : `JSON.stringify(${tool})`,
  )
  const sorted = `].sort((a, b) => ${left}.localeCompare(${right}))`
  return { edits: rewrittenOption(call, tools, '[...', sorted), isCertain: isListed }
}

function isOneOperand({ lexemes, partners }: Lexed, { start, end }: Span): boolean {
  const first = lexemes.findIndex((lexeme) => lexeme.start === start)
  const behind = operandEnd({ lexemes, partners }, first)
  return behind !== undefined && lexemes[behind - 1]?.end === end && !isWord(lexemes[first], 'await')
}

/** A list that is written out there, or that the only constant of that name in the file holds. */
function isListLiteral({ lexemes, source }: Lexed, { start, end }: Span): boolean {
  if (source[start] === '[') return true
  const name = source.slice(start, end)
  const values = lexemes.flatMap((lexeme, index) => {
    if (!isWord(lexeme, name) || isSign(lexemes[index - 1], '.')) return []
    return isSign(lexemes[index + 1], '=') ? [lexemes[index + 2]] : []
  })
  return values.length === 1 && isSign(values[0], '[')
}

/** Python's `json.dumps` inside the span, else the only one of the file, with sorted keys. JavaScript has no such option. */
export function sortKeys(lexed: Lexed, within: Span): CertainEdits | undefined {
  const calls = dumpsCalls(lexed, 0)
  // What stands in the hole of an f-string is cut into lexemes by itself.
  const inHole = dumpsCalls(lexPython(lexed.source.slice(within.start, within.end)), within.start)
  const inside = inHole.length > 0 ? inHole : calls.filter((each) => isWithin(each, within))
  const [call, ...others] = inside.length > 0 ? inside : calls
  if (!call || others.length > 0) return undefined
  const text = lexed.source.slice(call.start, call.end)
  if (text.includes('sort_keys') || text.includes('**')) return undefined
  const end = call.end - 1
  const before = lexed.source.slice(0, end).trimEnd()
  const comma = before.endsWith(',') ? ' ' : ', '
  return {
    edits: [{ start: before.length, end: before.length, newText: `${comma}sort_keys=True` }],
    isCertain: inside.length > 0,
  }
}

function isWithin({ start, end }: Span, outer: Span): boolean {
  return start >= outer.start && end <= outer.end
}

function dumpsCalls({ lexemes, partners }: Lexed, offset: number): Span[] {
  return lexemes.flatMap((lexeme, index) => {
    const open = lexemes[index + 3]
    const close = lexemes[partners.get(index + 3) ?? -1]
    const isDumps =
      isWord(lexeme, 'json') &&
      isSign(lexemes[index + 1], '.') &&
      isWord(lexemes[index + 2], 'dumps') &&
      isSign(open, '(')
    return isDumps && close ? [{ start: offset + lexeme.start, end: offset + close.end }] : []
  })
}
