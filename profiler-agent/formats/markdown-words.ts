// Other people's text in Markdown: nothing in it is markup, a mention or a link.

/** No line break, and nothing that a terminal would obey. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '�')
}

/** No markup, no mention of anybody, no issue number. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? character)
    .replace(/[\\`*_{}[\]#|~]/g, '\\$&')
    .replace(/@/g, '@\u2060')
    .replace(/:\/\//g, ':\u2060//')
}

export function code(text: string): string {
  const line = oneLine(text)
  return /[`|]/.test(line) ? escaped(line) : `\`${line}\``
}

/** A table of cells that are Markdown already; the first column to the left, numbers to the right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (right.includes(index) ? '--:' : '---'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}
