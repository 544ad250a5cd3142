// How values are written into the budget file: short objects on one line, others with a line for each member.

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json | undefined }

/** Lines of the file as it is. */
export interface Layout {
  /** One level: two spaces, a tab … */
  readonly indent: string
  readonly lineEnd: '\n' | '\r\n'
}

/** Longest line that is written where there is a choice. */
export const LINE_WIDTH = 110

/** As the first indented line of a text has it; two spaces where there is none. */
export function layoutOf(text: string): Layout {
  return {
    indent: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ',
    lineEnd: text.includes('\r\n') ? '\r\n' : '\n',
  }
}

/** A member as text; `around` is the indent of its line, `column` where on it the value begins. */
export function rendered(value: Json, layout: Layout, around: string, column: number): string {
  const line = onOneLine(value)
  if (typeof value !== 'object' || Array.isArray(value) || column + line.length <= LINE_WIDTH) return line
  const indent = around + layout.indent
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [renderedMember(key, member, layout, indent)],
  )
  return bracketed(members, layout, around)
}

/** `"key": value`. */
export function renderedMember(key: string, value: Json, layout: Layout, around: string): string {
  const start = `${JSON.stringify(key)}: `
  return start + rendered(value, layout, around, around.length + start.length + 1)
}

/** An object with a line for each member. */
export function bracketed(members: readonly string[], { indent, lineEnd }: Layout, around: string): string {
  const lines = members.map((member) => `${around}${indent}${member}`).join(`,${lineEnd}`)
  return `{${lineEnd}${lines}${lineEnd}${around}}`
}

function onOneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [`${JSON.stringify(key)}: ${onOneLine(member)}`],
  )
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
