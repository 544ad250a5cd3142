// The view `table`: spans as rows that can be sorted, filtered by the page's search and grouped, with totals of what is shown.

import { at, SPAN_KINDS, SPAN_STATUSES, spanId } from '../../profiler-agent/profile/columns'
import { sumsOf } from '../../profiler-agent/profile/measures'
import { NO_PART, type Tree } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { Grid, type GridRow } from '../grid/grid'
import { nameOf } from '../labels'
import type { Page, PageActions, Pane } from '../page'
import { remembered } from '../remembered'
import { matcherOf } from '../search'
import { treeOfSpans } from '../view-trees'
import { t } from '../words'
import { TableBar } from './table-bar'
import { chosenColumns, columnWithId, type FactColumn, type TableColumn } from './table-columns'
import { tableCsv } from './table-csv'
import { type TableGroup, type TableQuery, type TableRows, type TableShows, tableRows } from './table-rows'

/** A row of the grid: a group, or a span. */
interface Line {
  readonly group?: TableGroup
  readonly span?: number
}

const DEFAULT_SORT = { column: 'cost', descending: true } as const

export class TableView implements Pane {
  readonly element = element('section', { class: 'table-view', 'aria-label': t('Table of spans') })
  private readonly bar: TableBar
  private readonly nothing = element('p', { class: 'nothing', hidden: '' })
  private readonly grid: Grid
  private page: Page | undefined
  private rows: TableRows | undefined
  private lines: readonly Line[] = []
  private columns: readonly TableColumn[] = []
  private selected = -1
  /** `span` is what was selected when the group was chosen. */
  private chosenGroup: { readonly label: string; readonly span: number } | undefined

  private readonly rowsOf = remembered(
    (
      tree: Tree,
      shows: TableShows,
      groupBy: string | undefined,
      sort: TableQuery['sort'],
      search: string | undefined,
      searchIsRegex: boolean | undefined,
      atLeastPicoUsd: number | undefined,
    ) => {
      const matcher = matcherOf({ ...(search && { search }), ...(searchIsRegex && { searchIsRegex }) })
      return tableRows(tree, { shows, groupBy, sort, matcher, atLeastPicoUsd })
    },
  )
  private readonly linesOf = remembered(linesOf)
  private readonly columnsOf = remembered(chosenColumns)
  private readonly gridColumnsOf = remembered((columns: readonly TableColumn[]) =>
    columns.map((column) => ({ ...column, isNumber: column.is === 'value' })),
  )
  private readonly indexOf = remembered((lines: readonly Line[], span: number) =>
    lines.findIndex((line) => line.span === span),
  )

  constructor(private readonly actions: PageActions) {
    this.bar = new TableBar((table) => actions.change({ table: { ...this.page?.state.table, ...table } }))
    this.grid = new Grid({
      select: (index) => this.select(index),
      sort: (column) => this.sort(column),
      activate: (index) => this.activate(index),
      toggle: (index, open) => this.toggle(index, open),
    })
    this.element.append(this.bar.element, this.nothing, this.grid.element)
    this.grid.element.addEventListener('keydown', (event) => this.onKey(event))
  }

  show(page: Page) {
    this.page = page
    const { table, sort = DEFAULT_SORT, search, searchIsRegex, atLeastPicoUsd } = page.state
    const tree = treeOfSpans(page.columns)
    const shows = table?.shows ?? 'calls'
    const rows = this.rowsOf(tree, shows, table?.groupBy, sort, search, searchIsRegex, atLeastPicoUsd)
    this.rows = rows
    this.columns = this.columnsOf(table?.columns)
    this.lines = this.linesOf(rows, table?.open)
    this.selected = this.selectedLine(page)
    this.bar.show(page, rows)
    this.nothing.hidden = rows.shown > 0
    this.nothing.textContent = rows.shown > 0 ? '' : whyNothing(page, rows)
    this.grid.show({
      label: t('Spans of {0}', page.columns.head.name),
      columns: this.gridColumnsOf(this.columns),
      rowCount: this.lines.length,
      rowAt: (index) => this.row(index),
      total: totalRow(rows, this.columns),
      sort,
      selected: this.selected,
    })
  }

  /** A chosen group stays selected until another span is, because groups are nothing that other views know. */
  private selectedLine({ selection: { span } }: Page): number {
    const { chosenGroup } = this
    if (chosenGroup?.span !== span) return this.indexOf(this.lines, span)
    return this.lines.findIndex(({ group }) => group?.label === chosenGroup.label)
  }

  get found(): Pane['found'] {
    if (!this.page?.state.search || this.rows === undefined) return undefined
    return { count: this.rows.shown, position: this.selected + 1 }
  }

  goToMatch(step: 1 | -1) {
    const { length } = this.lines
    if (length > 0) this.select((this.selected + step + length) % length)
  }

  exportAs(format: 'svg' | 'png' | 'csv'): string | undefined {
    return format === 'csv' && this.rows !== undefined ? tableCsv(this.rows, this.columns) : undefined
  }

  private row(index: number): GridRow {
    const { rows } = this
    const line = this.lines[index]
    if (rows === undefined || line === undefined) return { cells: [] }
    const isTree = this.page?.state.table?.groupBy !== undefined
    if (line.group !== undefined) return groupRow(rows, line.group, this.columns, this.isOpen(line.group))
    return spanRow(rows.spans, line.span ?? 0, this.columns, isTree ? 2 : undefined)
  }

  private isOpen({ label }: TableGroup): boolean {
    return this.page?.state.table?.open?.includes(label) ?? false
  }

  private select(index: number) {
    const { group, span } = this.lines[index] ?? {}
    this.choose(group)
    if (span !== undefined) this.actions.select({ span, part: NO_PART })
    else if (this.page !== undefined) this.show(this.page)
  }

  private choose(group: TableGroup | undefined) {
    const span = this.page?.selection.span ?? 0
    this.chosenGroup = group && { label: group.label, span }
  }

  private activate(index: number) {
    const line = this.lines[index]
    if (line?.group !== undefined) this.toggle(index, !this.isOpen(line.group))
    else if (line !== undefined) this.actions.change({ view: 'icicle' })
  }

  private toggle(index: number, open: boolean) {
    const { group } = this.lines[index] ?? {}
    if (group === undefined) return
    const { label } = group
    this.choose(group)
    const others = (this.page?.state.table?.open ?? []).filter((other) => other !== label)
    this.actions.change({ table: { ...this.page?.state.table, open: open ? [...others, label] : others } })
  }

  /** Numbers are sorted from the largest first, texts from A; the same column again turns round. */
  private sort(column: string) {
    const { column: before, descending } = this.page?.state.sort ?? DEFAULT_SORT
    const isNumber = columnWithId(column)?.is === 'value'
    this.actions.change({ sort: { column, descending: before === column ? !descending : isNumber } })
    this.actions.announce(t('Sorted by {0}', columnWithId(column)?.title ?? column))
  }

  private onKey(event: KeyboardEvent) {
    const spanId = this.page?.state.selection?.spanId
    if (event.key !== 'o' || event.ctrlKey || event.metaKey || event.altKey) return
    if (this.page?.canReveal === true && spanId !== undefined) this.actions.post({ type: 'reveal', spanId })
  }
}

function whyNothing({ columns, state }: Page, { candidates }: TableRows): string {
  if (candidates > 0) return state.search ? t('Nothing matches the search.') : t('Nothing costs that much.')
  if (state.table?.shows === 'failed') return t('Nothing failed, was stopped or blocked.')
  return columns.head.endTime === undefined
    ? t('No model call yet. Calls appear here as they finish.')
    : t('No model call was captured in this run.')
}

function linesOf({ groups }: TableRows, open: readonly string[] = []): readonly Line[] {
  return groups.flatMap((group): Line[] => {
    const isFlat = group.node === undefined
    const spans = isFlat || open.includes(group.label) ? Array.from(group.spans, (span) => ({ span })) : []
    return isFlat ? spans : [{ group }, ...spans]
  })
}

function spanRow(
  tree: Tree,
  span: number,
  columns: readonly TableColumn[],
  level: number | undefined,
): GridRow {
  const node = at(tree.nodeOf, span)
  const kind = SPAN_KINDS[at(tree.columns.kind, span)] ?? 'other'
  const status = SPAN_STATUSES[at(tree.columns.status, span)] ?? 'ok'
  const picoUsd = at(sumsOf(tree, 'cost'), node)
  return {
    ...(level === undefined ? {} : { level }),
    attributes: {
      class: status === 'ok' ? undefined : 'failed',
      'data-span-id': spanId(tree.columns, span),
      'data-kind': kind,
      // What is not known is empty, never 0.
      'data-pico-usd': Number.isNaN(picoUsd) ? '' : String(picoUsd),
    },
    cells: columns.map((column, index) => {
      if (index === 0) return nameCell(kind, nameOf(tree, node), status)
      return column.is === 'value' ? column.textOf(tree, node) : factCell(tree, span, column)
    }),
  }
}

function factCell({ columns }: Tree, span: number, column: FactColumn) {
  const text = column.textOf(columns, column.indexOf(columns, span))
  const short = column.shortOf?.(text) ?? text
  return short === text ? text : element('span', { title: text }, short)
}

function nameCell(kind: string, name: string, status: string) {
  const cell = document.createDocumentFragment()
  cell.append(
    element('span', { class: 'swatch', 'data-kind': kind, 'aria-hidden': 'true' }),
    element('span', {}, status === 'ok' ? name : `${name} (${status})`),
  )
  return cell
}

function groupRow(
  rows: TableRows,
  group: TableGroup,
  columns: readonly TableColumn[],
  isOpen: boolean,
): GridRow {
  return {
    level: 1,
    isOpen,
    attributes: { class: 'grid-group' },
    cells: sumCells(rows, group.node ?? 0, columns, `${group.label}  ×${group.spans.length}`),
  }
}

function totalRow(rows: TableRows, columns: readonly TableColumn[]): GridRow {
  const isAll = rows.shown === rows.candidates
  return { cells: sumCells(rows, 0, columns, isAll ? t('Total') : t('Total of what is shown')) }
}

function sumCells({ sums }: TableRows, node: number, columns: readonly TableColumn[], name: string) {
  return columns.map((column, index) => {
    if (index === 0) return element('span', {}, name)
    return column.is === 'value' && column.id !== 'start' ? column.textOf(sums, node) : ''
  })
}
