// The table as CSV: the rows and columns that are shown, numbers without units, what is not known as nothing. Pure.

import { at, type RunColumns, spanId } from '../../profiler-agent/profile/columns'
import { NodeGroups, treeOfSpans } from '../../profiler-agent/profile/node-groups'
import type { Tree } from '../../profiler-agent/profile/tree'
import type { TableColumn } from './table-columns'
import type { TableRows } from './table-rows'

/**
 * One line a span, in the order shown; the id first, where there are groups the group second. Values are the span's own, without what is
 * below it, so that a column sums to the run.
 */
export function tableCsv(
  { spans: { columns: run }, groups }: TableRows,
  shown: readonly TableColumn[],
): string {
  const isGrouped = groups.some(({ node }) => node !== undefined)
  const head = ['span', ...(isGrouped ? ['group'] : []), ...shown.map(({ csv }) => csv)]
  const alone = spansAlone(run)
  const values = shown.map((column) => (column.is === 'value' ? column.valuesOf(alone) : undefined))
  const lines = groups.flatMap(({ label, spans }) =>
    Array.from(spans, (span) => [
      spanId(run, span),
      ...(isGrouped ? [label] : []),
      ...shown.map((column, index) => {
        if (column.is === 'fact') return column.textOf(run, column.indexOf(run, span))
        return numberText(at(values[index] ?? [], at(alone.nodeOf, span)))
      }),
    ]),
  )
  return `${[head, ...lines].map((cells) => cells.map(quoted).join(',')).join('\r\n')}\r\n`
}

/** Every span beside every other. */
function spansAlone(columns: RunColumns): Tree {
  const groups = new NodeGroups(at(columns.kind, 0), at(columns.name, 0))
  const groupOf = new Int32Array(columns.count)
  for (let span = 1; span < columns.count; span++)
    groupOf[span] = groups.add(0, at(columns.kind, span), at(columns.name, span))
  return treeOfSpans(columns, columns.strings, groups, groupOf)
}

function numberText(value: number): string {
  return Number.isNaN(value) ? '' : String(value)
}

/** Spreadsheets take what begins like a formula for one. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
