// Finds the line and column of a value in JSON text, so that complaints about its meaning can name the place.

export type JsonPath = readonly (string | number)[]

/** `replies[3].toolCalls[0].name`; the whole text is `script`. */
export function pathText(path: JsonPath): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return text === '' ? 'script' : text.replace(/^\./, '')
}

/**
 * Line and column, from 1, of the value at `path`; of the nearest value around it where the path leads nowhere (a missing key).
 * `text` must be valid JSON.
 */
export function positionOf(text: string, path: JsonPath): { line: number; column: number } {
  const before = text.slice(0, offsetOf(text, path)).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

function offsetOf(text: string, path: JsonPath): number {
  let offset = skipSpace(text, 0)
  for (const part of path) {
    const member = membersOf(text, offset).find((candidate) => candidate.key === part)
    if (!member) return offset
    offset = member.offset
  }
  return offset
}

interface Member {
  readonly key: string | number
  readonly offset: number
}

function membersOf(text: string, start: number): Member[] {
  const members: Member[] = []
  const isList = text[start] === '['
  if (!isList && text[start] !== '{') return members
  let at = skipSpace(text, start + 1)
  while (at < text.length && text[at] !== ']' && text[at] !== '}') {
    const keyEnd = isList ? at : valueEnd(text, at)
    const key = isList ? members.length : String(JSON.parse(text.slice(at, keyEnd)))
    const offset = isList ? at : skipSpace(text, skipSpace(text, keyEnd) + 1)
    members.push({ key, offset })
    at = skipSpace(text, valueEnd(text, offset))
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return members
}

function valueEnd(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return stringEnd(text, start)
  if (first !== '{' && first !== '[') {
    const rest = /[\s,\]}]/.exec(text.slice(start))
    return rest ? start + rest.index : text.length
  }
  let depth = 0
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') at = stringEnd(text, at) - 1
    else if (text[at] === '{' || text[at] === '[') depth++
    else if ((text[at] === '}' || text[at] === ']') && --depth === 0) return at + 1
  }
  return text.length
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

function skipSpace(text: string, start: number): number {
  let at = start
  while (at < text.length && /\s/.test(text[at] ?? '')) at++
  return at
}
