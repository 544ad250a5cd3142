// Two texts beside each other around the place where they part, for a terminal of a given width. What cannot be seen is escaped.

export interface SideBySideOptions {
  /** Characters of a line. */
  readonly width: number
  /** Lines before the place where they part, and from it on. */
  readonly before?: number
  readonly after?: number
}

/** Narrower columns say nothing: then one text stands below the other. */
const LEAST_COLUMN = 24
/** Of a long line, as much as this before the place where it parts. */
const LEAD = 30

interface Row {
  readonly left: string | undefined
  readonly right: string | undefined
}

/** Lines of text, `≠` between those that differ. Equal texts give none. */
export function sideBySide(left: string, right: string, options: SideBySideOptions): string[] {
  if (left === right) return []
  const at = sharedStart(left, right)
  const { before = 3, after = 8 } = options
  const rows = rowsAround(left, right, at, before, after)
  const column = Math.floor((options.width - 3) / 2)
  return column < LEAST_COLUMN ? stacked(rows, options.width) : beside(rows, column)
}

function rowsAround(left: string, right: string, at: number, before: number, after: number): Row[] {
  const lineStart = left.lastIndexOf('\n', at - 1) + 1
  const context = left.slice(0, lineStart).split('\n').slice(0, -1).slice(-before)
  // A line of many characters is shown from a little before the place where it parts.
  const from = at - lineStart > 2 * LEAD ? at - LEAD : lineStart
  const cut = from > lineStart ? '…' : ''
  const [ours, theirs] = [left, right].map((text) => `${cut}${text.slice(from)}`.split('\n').slice(0, after))
  const rest = Array.from({ length: Math.max(ours?.length ?? 0, theirs?.length ?? 0) }, (_, index) => ({
    left: ours?.[index],
    right: theirs?.[index],
  }))
  return [...context.map((line) => ({ left: line, right: line })), ...rest]
}

function beside(rows: readonly Row[], column: number): string[] {
  return rows.flatMap(({ left, right }) => {
    const [ours, theirs] = [wrapped(left, column), wrapped(right, column)]
    const sign = left === right ? '│' : '≠'
    return Array.from({ length: Math.max(ours.length, theirs.length) }, (_, index) =>
      `${(ours[index] ?? '').padEnd(column)} ${sign} ${theirs[index] ?? ''}`.trimEnd(),
    )
  })
}

function stacked(rows: readonly Row[], width: number): string[] {
  const side = (mark: string, text: string | undefined) =>
    wrapped(text, Math.max(8, width - 2)).map((line) => `${mark} ${line}`.trimEnd())
  return rows.flatMap(({ left, right }) =>
    left === right ? side(' ', left) : [...side('-', left), ...side('+', right)],
  )
}

/** Rows that a line of text takes at most; what is behind is cut. */
const MOST_ROWS = 3

function wrapped(text: string | undefined, column: number): string[] {
  if (text === undefined) return []
  const visible = visibleText(text)
  const rows = Math.max(1, Math.ceil(visible.length / column))
  const lines = Array.from({ length: Math.min(rows, MOST_ROWS) }, (_, row) =>
    visible.slice(row * column, (row + 1) * column),
  )
  if (rows > MOST_ROWS) lines.push(`${(lines.pop() ?? '').slice(0, column - 1)}…`)
  return lines
}

/** Control characters, those that turn the direction of writing, and those without a width, as escapes: a prompt does not command the terminal. */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, escaped)
}

const SHORT: Readonly<Record<string, string>> = { '\t': '\\t', '\r': '\\r', '\n': '\\n' }

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const digits = code.toString(16)
  if (code > 0xffff) return `\\u{${digits}}`
  return (
    SHORT[character] ?? (code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`)
  )
}

function sharedStart(left: string, right: string): number {
  const shortest = Math.min(left.length, right.length)
  let at = 0
  while (at < shortest && left[at] === right[at]) at++
  return at
}
