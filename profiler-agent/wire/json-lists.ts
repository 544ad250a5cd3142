// Finds the lists of objects that a JSON text holds under the keys of its outermost object, element by element. Parses nothing.

import { endOfText, MAX_DEPTH } from './json'

/** Elements of a list, one behind the other; `end` is that of the last of them, as `endOfElement` gives it. */
export interface Elements {
  readonly count: number
  readonly end: number
}

/** Takes the element of a list that starts at a place, and as many behind it as it knows. */
export type ElementVisitor = (key: string, index: number, start: number) => Elements

const [QUOTE, COMMA, COLON] = [0x22, 0x2c, 0x3a]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Visits the elements of each list that begins with an object, in order; an element is what stands between two commas, white
 * space included. False where the text has to be read in another way: it is no JSON object, nests too deep, or has keys that
 * are written with escapes or stand twice. True does not say that it is JSON.
 */
export function visitLists(text: string, visit: ElementVisitor): boolean {
  const keys = new Set<string>()
  let at = afterSpace(text, 0)
  if (text.charCodeAt(at) !== OPEN_OBJECT) return false
  do {
    const quote = afterSpace(text, at + 1)
    if (text.charCodeAt(quote) !== QUOTE) return false
    const endOfKey = endOfText(text, quote)
    const key = text.slice(quote + 1, endOfKey)
    const colon = afterSpace(text, endOfKey + 1)
    if (text.charCodeAt(colon) !== COLON || keys.has(key) || key.includes('\\')) return false
    keys.add(key)
    at = endOfMember(text, key, afterSpace(text, colon + 1), visit)
  } while (text.charCodeAt(at) === COMMA)
  return text.charCodeAt(at) === CLOSE_OBJECT
}

/** Where the value of the outermost object ends that starts here: at a comma or a bracket. -1 where it nests too deep. */
function endOfMember(text: string, key: string, start: number, visit: ElementVisitor): number {
  const isList =
    text.charCodeAt(start) === OPEN_LIST && text.charCodeAt(afterSpace(text, start + 1)) === OPEN_OBJECT
  if (!isList) return endOfValue(text, start, 1)
  let at = start
  for (let index = 0; index === 0 || text.charCodeAt(at) === COMMA; ) {
    const { count, end } = visit(key, index, at + 1)
    if (end < 0) return -1
    at = end
    index += count
  }
  return text.charCodeAt(at) === CLOSE_LIST ? endOfValue(text, at + 1, 1) : -1
}

/** Where the element of a list ends that starts here: at a comma or a bracket. -1 where it has no end, or nests too deep. */
export function endOfElement(text: string, start: number): number {
  return endOfValue(text, start, 2)
}

/** The first comma or closing bracket outside of the value that starts here at a depth. -1 where there is none, or it nests too deep. */
function endOfValue(text: string, start: number, outer: number): number {
  let depth = outer
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) index = endOfText(text, index)
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) return -1
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      if (depth === outer) return index
      depth--
    } else if (code === COMMA && depth === outer) return index
  }
  return -1
}

function afterSpace(text: string, start: number): number {
  let at = start
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

/** The white space of JSON. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}
