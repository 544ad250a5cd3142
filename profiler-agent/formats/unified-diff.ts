// Two versions of a file as a unified diff, which `patch`, `git apply` and people read.

const CONTEXT = 3
/** Where more lines than this lie between the first and the last change, they are shown as taken out and put in. */
const MOST_COMPARED = 2_000

interface Line {
  readonly mark: ' ' | '-' | '+'
  readonly text: string
}

/** Empty for equal texts. `file` is relative to the root, with `/`. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return ''
  const lines = diffLines(linesOf(before), linesOf(after))
  return [`--- a/${file}`, `+++ b/${file}`, ...hunks(lines)].join('\n')
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  // A line end at the end of a file ends its last line.
  if (lines.at(-1) === '') lines.pop()
  else lines.push(`${lines.pop()}\n\\ No newline at end of file`)
  return lines
}

function diffLines(before: readonly string[], after: readonly string[]): Line[] {
  const shortest = Math.min(before.length, after.length)
  let start = 0
  while (start < shortest && before[start] === after[start]) start++
  let end = 0
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end++
  const middle = changedLines(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  )
  return [...before.slice(0, start).map(same), ...middle, ...before.slice(before.length - end).map(same)]
}

/** The fewest lines taken out and put in. */
function changedLines(before: readonly string[], after: readonly string[]): Line[] {
  if (before.length * after.length > MOST_COMPARED * MOST_COMPARED)
    return [...before.map(gone), ...after.map(added)]
  const common = commonLines(before, after)
  const lines: Line[] = []
  let left = 0
  let right = 0
  while (left < before.length || right < after.length) {
    const old = before[left]
    const text = after[right]
    if (old !== undefined && old === text) {
      lines.push(same(old))
      left++
      right++
    } else if (old !== undefined && lengthAt(common, left + 1, right) >= lengthAt(common, left, right + 1)) {
      lines.push(gone(old))
      left++
    } else if (text !== undefined) {
      lines.push(added(text))
      right++
    }
  }
  return lines
}

/** Length of the longest common lines from each pair of places on. */
function commonLines(before: readonly string[], after: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1))
  for (let left = before.length - 1; left >= 0; left--)
    for (let right = after.length - 1; right >= 0; right--) {
      const row = rows[left]
      if (!row) continue
      row[right] =
        before[left] === after[right]
          ? lengthAt(rows, left + 1, right + 1) + 1
          : Math.max(lengthAt(rows, left + 1, right), lengthAt(rows, left, right + 1))
    }
  return rows
}

function lengthAt(rows: readonly Uint16Array[], left: number, right: number): number {
  return rows[left]?.[right] ?? -1
}

function hunks(lines: readonly Line[]): string[] {
  const shown = new Set<number>()
  for (const [index, { mark }] of lines.entries())
    if (mark !== ' ') for (let near = index - CONTEXT; near <= index + CONTEXT; near++) shown.add(near)
  const text: string[] = []
  let [before, after] = [1, 1]
  for (let index = 0; index < lines.length; index++) {
    if (shown.has(index)) {
      const end = endOfHunk(shown, index, lines.length)
      const hunk = lines.slice(index, end)
      const counts = [
        hunk.filter(({ mark }) => mark !== '+').length,
        hunk.filter(({ mark }) => mark !== '-').length,
      ]
      text.push(
        `@@ -${before},${counts[0]} +${after},${counts[1]} @@`,
        ...hunk.map(({ mark, text }) => mark + text),
      )
      before += counts[0] ?? 0
      after += counts[1] ?? 0
      index = end - 1
    } else {
      before++
      after++
    }
  }
  return text
}

function endOfHunk(shown: ReadonlySet<number>, start: number, length: number): number {
  let end = start
  while (end < length && shown.has(end)) end++
  return end
}

function same(text: string): Line {
  return { mark: ' ', text }
}

function gone(text: string): Line {
  return { mark: '-', text }
}

function added(text: string): Line {
  return { mark: '+', text }
}
