// What the escapes in a string literal mean, as JavaScript, TypeScript, JSON and Python have them in common.

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  '\n': '',
  '\r\n': '',
}

const ESCAPE = /\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|\r\n|[\s\S])/g

/** The text that a literal stands for; an escape that means nothing stays the character behind it. */
export function unescaped(literal: string): string {
  return literal.includes('\\') ? literal.replace(ESCAPE, (_, code: string) => meaningOf(code)) : literal
}

function meaningOf(code: string): string {
  const digits = /^(?:u\{|[uUx])([0-9a-fA-F]+)\}?$/.exec(code)?.[1]
  if (digits === undefined) return SIMPLE[code] ?? code
  const point = Number.parseInt(digits, 16)
  return point <= 0x10ffff ? String.fromCodePoint(point) : ''
}
