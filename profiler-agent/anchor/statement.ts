// The statement at a place: the call that is made there, with all its arguments, else what stands on the line.

import type { CodeText } from './code-text'
import { KIND, SKIPPED, type TokenRange, type Tokens, valueOfSign, valueOfText } from './tokens'

/** A place as a run or a finding names it; one with an end is the code up to there, whatever it is. */
export interface Place {
  readonly line: number
  readonly column?: number
  readonly endLine?: number
  readonly endColumn?: number
}

const LINKS = new Set([...'.?!'].map((sign) => valueOfSign(sign.charCodeAt(0))))
const SPLIT = new Set([SKIPPED, ...[...',{([=:'].map((sign) => valueOfSign(sign.charCodeAt(0)))])
const LEADING = new Set(['await', 'yield', 'return', 'new', 'throw'].map((word) => valueOfText(word)))
/** Names and type arguments between the place and the bracket of its call. */
const LONGEST_NAME = 60

/** `undefined` where there is no such place, or nothing at it. */
export function statementAt(code: CodeText, place: Place): TokenRange | undefined {
  const { line, column, endLine, endColumn } = place
  if (endLine !== undefined && endColumn !== undefined && (endLine > line || endColumn > (column ?? 1)))
    return rangeBetween(code, code.offsetAt(line, column), code.offsetAt(endLine, endColumn))
  if (column !== undefined) {
    const call = callAt(code, line, column)
    if (call) return call
  }
  return callsOn(code, line) ?? codeOn(code, line)
}

function rangeBetween(code: CodeText, start: number | undefined, end: number | undefined) {
  if (start === undefined || end === undefined) return undefined
  const { tokens } = code
  const from = tokens.indexAfter(start)
  let to = from
  while (to < tokens.count && (tokens.start[to] ?? 0) < end) to++
  return to > from ? { from, to } : undefined
}

/** The call whose name is at a column; an `await` there is that of the call behind it. */
function callAt(code: CodeText, line: number, column: number): TokenRange | undefined {
  const { tokens } = code
  const offset = code.offsetAt(line, column)
  if (offset === undefined) return undefined
  let index = tokens.indexAfter(offset)
  if ((tokens.start[index] ?? Infinity) > offset) return undefined
  while (LEADING.has(tokens.valueAt(index))) index++
  const bracket = bracketOf(tokens, index)
  return bracket === undefined ? undefined : callOf(tokens, bracket)
}

/** The bracket that a name leads to, past the rest of its name. */
function bracketOf(tokens: Tokens, from: number): number | undefined {
  for (let index = from; index < Math.min(tokens.count, from + LONGEST_NAME); index++) {
    if (isCallBracket(tokens, index)) return tokens.partner[index] === -1 ? undefined : index
    const kind = tokens.kind[index]
    const isName = kind === KIND.word || (kind === KIND.sign && !SPLIT.has(tokens.valueAt(index)))
    if (!isName) return undefined
  }
  return undefined
}

/** Parentheses that only group are no tokens. */
const PAREN = valueOfSign(40)

export function isCallBracket(tokens: Tokens, index: number): boolean {
  return tokens.kind[index] === KIND.open && tokens.value[index] === PAREN
}

/** From the beginning of the name to the end of the arguments. */
export function callOf(tokens: Tokens, bracket: number): TokenRange | undefined {
  const close = tokens.partner[bracket] ?? -1
  return close < 0 ? undefined : { from: nameBegin(tokens, bracket), to: close + 1 }
}

/** The bracket of the arguments of a range that is one call. */
export function bracketOfCall(tokens: Tokens, { from, to }: TokenRange): number | undefined {
  const bracket = tokens.kind[to - 1] === KIND.close ? (tokens.partner[to - 1] ?? -1) : -1
  const isCall = bracket > from && isCallBracket(tokens, bracket) && nameBegin(tokens, bracket) === from
  return isCall ? bracket : undefined
}

function nameBegin(tokens: Tokens, bracket: number): number {
  let begin = afterTypes(tokens, bracket)
  // Each round takes a part of the name, and the link before it.
  for (let index = begin - 1; index >= 0; index--) {
    index = partBegin(tokens, index)
    begin = index
    if (!LINKS.has(tokens.valueAt(index - 1))) break
    while (LINKS.has(tokens.valueAt(index - 1))) index--
  }
  return begin
}

/** Past `<…>` between a name and its bracket. */
function afterTypes(tokens: Tokens, bracket: number): number {
  if (tokens.valueAt(bracket - 1) !== valueOfSign(62)) return bracket
  let depth = 0
  for (let index = bracket - 1; index > Math.max(0, bracket - LONGEST_NAME); index--) {
    if (tokens.valueAt(index) === valueOfSign(62)) depth++
    if (tokens.valueAt(index) === valueOfSign(60) && --depth === 0) return index
  }
  return bracket
}

/** Where `name`, `name(…)`, `name[…]` or a string begins that ends with a token. */
function partBegin(tokens: Tokens, end: number): number {
  let index = end
  if (tokens.kind[index] === KIND.quote) {
    do index--
    while (index > 0 && tokens.kind[index] !== KIND.quote)
    return Math.max(0, index)
  }
  while (tokens.kind[index] === KIND.close && (tokens.partner[index] ?? -1) >= 0) {
    const open = tokens.partner[index] ?? 0
    if (!isNameEnd(tokens, open - 1)) return open
    index = open - 1
  }
  return Math.max(0, index)
}

function isNameEnd(tokens: Tokens, index: number): boolean {
  const kind = tokens.kind[index]
  return index >= 0 && (kind === KIND.word || (kind === KIND.close && (tokens.partner[index] ?? -1) >= 0))
}

/** Of the calls that begin on a line, those that are no arguments of another one, from the first to the last. */
function callsOn(code: CodeText, line: number): TokenRange | undefined {
  const { tokens } = code
  const on = tokensOn(code, line)
  let calls: TokenRange | undefined
  for (let index = on?.from ?? 0; index < (on?.to ?? 0); index++) {
    if (!isCallBracket(tokens, index)) continue
    const call = callOf(tokens, index)
    if (!call) continue
    calls = { from: Math.min(calls?.from ?? call.from, call.from), to: call.to }
    index = call.to - 1
  }
  return calls
}

/** Without the brackets and commas at its end. */
function codeOn(code: CodeText, line: number): TokenRange | undefined {
  const on = tokensOn(code, line)
  if (!on || code.tokens.valueAt(on.from) === SKIPPED) return undefined
  let { to } = on
  while (to > on.from && isOpenEnd(code.tokens, to - 1)) to--
  return to > on.from ? { from: on.from, to } : undefined
}

function isOpenEnd(tokens: Tokens, index: number): boolean {
  return tokens.kind[index] === KIND.open || tokens.valueAt(index) === valueOfSign(44)
}

function tokensOn(code: CodeText, line: number): TokenRange | undefined {
  const { tokens, lineStarts, text } = code
  const start = lineStarts[line - 1]
  if (start === undefined) return undefined
  const end = lineStarts[line] ?? text.length
  const from = tokens.indexAfter(start)
  let to = from
  while (to < tokens.count && (tokens.start[to] ?? 0) < end) to++
  return to > from ? { from, to } : undefined
}
