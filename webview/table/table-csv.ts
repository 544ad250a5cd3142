// The table as CSV: the rows and columns that are shown, numbers without units, what is not known as nothing. Pure.

import { at, spanId } from '../../profiler-agent/profile/columns'
import type { TableColumn } from './table-columns'
import type { TableRows } from './table-rows'

/** One line a span, in the order shown; with the id first, and where there are groups the group second. Costs are pico-dollars, times milliseconds. */
export function tableCsv({ spans, groups }: TableRows, columns: readonly TableColumn[]): string {
  const isGrouped = groups.some(({ node }) => node !== undefined)
  const head = ['span', ...(isGrouped ? ['group'] : []), ...columns.map(({ id }) => id)]
  const values = columns.map((column) => (column.is === 'value' ? column.valuesOf(spans) : undefined))
  const lines = groups.flatMap(({ label, spans: own }) =>
    Array.from(own, (span) => [
      spanId(spans.columns, span),
      ...(isGrouped ? [label] : []),
      ...columns.map((column, index) => {
        if (column.is === 'fact') return column.textOf(spans.columns, column.indexOf(spans.columns, span))
        return numberText(at(values[index] ?? [], at(spans.nodeOf, span)))
      }),
    ]),
  )
  return `${[head, ...lines].map((cells) => cells.map(quoted).join(',')).join('\r\n')}\r\n`
}

function numberText(value: number): string {
  return Number.isNaN(value) ? '' : String(value)
}

/** Spreadsheets take what begins like a formula for one. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
