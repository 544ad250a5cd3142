// What stands above the table: which spans, how grouped, which columns, and how many rows that makes.

import { formatCount } from '../../profiler-agent/model/quantity'
import { chooser } from '../chooser'
import { element } from '../element'
import type { PageState } from '../messages'
import type { Page } from '../page'
import { counted, t, withinText } from '../words'
import { chosenColumns, groupColumns, NAME, TABLE_COLUMNS } from './table-columns'
import type { TableRows, TableShows } from './table-rows'

type TableState = NonNullable<PageState['table']>

const SHOWS: readonly { readonly shows: TableShows; readonly label: string }[] = [
  { shows: 'calls', label: t('Model calls') },
  { shows: 'all', label: t('All spans') },
  { shows: 'failed', label: t('Failed, stopped or blocked') },
]

export class TableBar {
  private readonly shows = element(
    'select',
    {},
    ...SHOWS.map(({ shows, label }) => element('option', { value: shows }, label)),
  )
  private readonly groupBy = element(
    'select',
    {},
    element('option', { value: '' }, t('Not grouped')),
    ...groupColumns().map(({ id, title }) =>
      element('option', { value: id }, t('By {0}', withinText(title))),
    ),
  )
  private readonly boxes = new Map<string, HTMLInputElement>()
  private readonly count = element('span', { class: 'table-count' })
  private readonly chooser: HTMLDetailsElement
  readonly element: HTMLElement

  constructor(change: (state: Partial<TableState>) => void) {
    this.shows.addEventListener('change', () => change({ shows: showsOf(this.shows.value) }))
    this.groupBy.addEventListener('change', () => change({ groupBy: this.groupBy.value || undefined }))
    this.chooser = this.columnChooser(change)
    this.element = element(
      'div',
      { class: 'table-bar' },
      element('label', {}, element('span', { class: 'sr-only' }, t('Rows')), this.shows),
      element('label', {}, element('span', { class: 'sr-only' }, t('Groups')), this.groupBy),
      this.chooser,
      this.count,
    )
  }

  show({ state: { table }, columns: { head } }: Page, { shown, candidates }: TableRows) {
    this.shows.value = table?.shows ?? 'calls'
    this.groupBy.value = table?.groupBy ?? ''
    const chosen = new Set(chosenColumns(table?.columns).map(({ id }) => id))
    for (const [id, box] of this.boxes) box.checked = chosen.has(id)
    const isOfCalls = table?.shows === undefined || table.shows === 'calls'
    // A call that was tried again is one call, and a row for each attempt.
    const what = !isOfCalls ? 'span' : candidates === head.totals.calls ? 'call' : 'attempt'
    this.count.textContent =
      shown === candidates
        ? counted(shown, what)
        : t('{0} of {1}', formatCount(shown), counted(candidates, what))
  }

  private columnChooser(change: (state: Partial<TableState>) => void): HTMLDetailsElement {
    const list = element('div', { class: 'table-columns', role: 'group', 'aria-label': t('Columns') })
    for (const column of TABLE_COLUMNS) {
      if (column === NAME) continue
      const box = element('input', { type: 'checkbox' })
      box.addEventListener('change', () => {
        const columns = [...this.boxes].flatMap(([id, { checked }]) => (checked ? [id] : []))
        change({ columns })
      })
      this.boxes.set(column.id, box)
      list.append(element('label', { title: column.says }, box, column.title))
    }
    return chooser(t('Columns'), list)
  }
}

function showsOf(value: string): TableShows {
  return SHOWS.find(({ shows }) => shows === value)?.shows ?? 'calls'
}
