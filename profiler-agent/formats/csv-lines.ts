// Rows as lines of CSV (RFC 4180) that spreadsheets open without running anything in them.

export type CsvValue = string | number | boolean | null | undefined

export function csvLines(rows: Iterable<readonly CsvValue[]>): string[] {
  return Array.from(rows, (row) => row.map(csvField).join(','))
}

/** Fields with a comma, quote or line break are quoted; one that a spreadsheet would run as a formula is made text. Unknown is empty. */
function csvField(value: CsvValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
