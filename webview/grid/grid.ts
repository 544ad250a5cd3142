// A table of any length by the ARIA patterns for grids and tree grids: headers that sort, one selected row, keys, a row of totals.
// Only the rows on screen exist. What is in it the owner hands in; the grid keeps nothing but where it is scrolled to.

import { type Child, element } from '../element'
import { remembered } from '../remembered'
import { intentOf } from './grid-keys'
import type { GridSort, RowPlace, RowSource } from './grid-rows'

export interface GridColumn {
  readonly id: string
  readonly title: string
  /** What the title is too short to say. */
  readonly says?: string | undefined
  readonly isNumber?: boolean | undefined
  /** CSS pixels at a font of 13 px; the first column takes what is left over, this at least. */
  readonly width: number
}

export interface GridRow extends RowPlace {
  /** One a column. */
  readonly cells: readonly Child[]
  readonly attributes?: Readonly<Record<string, string | undefined>>
}

export interface GridContent extends RowSource {
  readonly label: string
  readonly columns: readonly GridColumn[]
  /** Asked only for rows on screen. */
  readonly rowAt: (index: number) => GridRow
  readonly total?: GridRow | undefined
  readonly sort: GridSort | undefined
}

export interface GridEvents {
  select(index: number): void
  sort(column: string): void
  /** Enter or double-click. */
  activate?(index: number): void
  toggle?(index: number, open: boolean): void
}

const MARGIN_ROWS = 12
const USUAL_FONT = 13
let grids = 0

export class Grid {
  readonly element = element('div', { class: 'grid', tabindex: '0', role: 'grid' })
  private readonly head = element('div', { class: 'grid-head', role: 'rowgroup' })
  private readonly body = element('div', { class: 'grid-body', role: 'rowgroup' })
  private readonly foot = element('div', { class: 'grid-foot', role: 'rowgroup' })
  private readonly id = `grid-${++grids}`
  private content: GridContent | undefined
  private rowHeight = 22
  private scale = 1
  private readonly digitOf = remembered((_scale: number) => digitWidth(this.element))
  /** By column, in CSS pixels: what the numbers that were on screen need. */
  private readonly widest = new Map<string, number>()
  private pendingFrame = 0

  constructor(private readonly events: GridEvents) {
    this.element.append(
      element('div', { class: 'grid-sheet', role: 'presentation' }, this.head, this.body, this.foot),
    )
    this.element.addEventListener('scroll', () => this.renderSoon())
    this.element.addEventListener('keydown', (event) => this.onKey(event))
    this.body.addEventListener('click', (event) => this.onClick(event))
    this.body.addEventListener('dblclick', (event) => {
      const index = indexOf(event)
      if (index !== undefined) this.events.activate?.(index)
    })
    new ResizeObserver(() => this.renderSoon()).observe(this.element)
  }

  show(content: GridContent) {
    const before = this.content
    this.content = content
    this.scale = (Number.parseFloat(getComputedStyle(document.body).fontSize) || USUAL_FONT) / USUAL_FONT
    this.rowHeight = Math.round(22 * this.scale)
    const isTree = content.rowCount > 0 && content.rowAt(0).level !== undefined
    this.element.setAttribute('role', isTree ? 'treegrid' : 'grid')
    this.element.setAttribute('aria-label', content.label)
    this.element.setAttribute('aria-rowcount', String(content.rowCount + 1 + (content.total ? 1 : 0)))
    this.element.setAttribute('aria-colcount', String(content.columns.length))
    if (before?.columns !== content.columns) this.widest.clear()
    this.setWidths(content.columns, this.scale)
    if (before?.columns !== content.columns || before.sort !== content.sort) this.renderHead(content)
    this.body.style.height = `${content.rowCount * this.rowHeight}px`
    this.foot.replaceChildren(
      ...(content.total ? [this.row(content, content.total, content.rowCount, 'total')] : []),
    )
    this.render()
    if (before?.selected !== content.selected) this.reveal(content.selected)
  }

  private setWidths(columns: readonly GridColumn[], scale: number) {
    const widths = columns.map(({ id, width }) =>
      Math.max(Math.round(width * scale), this.widest.get(id) ?? 0),
    )
    const [first = 0, ...others] = widths
    const least = widths.reduce((sum, width) => sum + width, 0)
    const { style } = this.element
    style.setProperty(
      '--grid-columns',
      [`minmax(${first}px, 1fr)`, ...others.map((width) => `${width}px`)].join(' '),
    )
    style.setProperty('--grid-row', `${this.rowHeight}px`)
    style.setProperty('--grid-width', `${least}px`)
  }

  /** A number is never cut: columns grow with what comes on screen. */
  private growTo({ columns }: GridContent, rows: readonly GridRow[]) {
    const digit = this.digitOf(this.scale)
    let isWider = false
    for (const [index, { id, isNumber, width }] of columns.entries()) {
      if (isNumber !== true) continue
      const longest = rows.reduce((most, { cells }) => Math.max(most, lengthOf(cells[index])), 0)
      const needed = Math.ceil(longest * digit) + (index === columns.length - 1 ? 24 : 14)
      if (needed <= Math.max(width, this.widest.get(id) ?? 0)) continue
      this.widest.set(id, needed)
      isWider = true
    }
    if (isWider) this.setWidths(columns, this.scale)
  }

  private renderHead({ columns, sort }: GridContent) {
    const cells = columns.map(({ id, title, says, isNumber }, index) => {
      const isSorted = sort?.column === id
      const direction = sort?.descending === true ? 'descending' : 'ascending'
      const button = element(
        'button',
        { type: 'button', title: says },
        title,
        isSorted
          ? element('span', { class: 'grid-arrow', 'aria-hidden': 'true' }, sort.descending ? '▾' : '▴')
          : undefined,
      )
      button.addEventListener('click', () => this.events.sort(id))
      return element(
        'div',
        {
          class: isNumber === true ? 'grid-number' : undefined,
          role: 'columnheader',
          'aria-colindex': String(index + 1),
          'aria-sort': isSorted ? direction : 'none',
        },
        button,
      )
    })
    const focused = [...this.head.querySelectorAll('button')].findIndex((one) => one.matches(':focus'))
    this.head.replaceChildren(
      element('div', { class: 'grid-row', role: 'row', 'aria-rowindex': '1' }, ...cells),
    )
    // Sorting by keyboard goes on from the same header.
    if (focused >= 0) this.head.querySelectorAll('button')[focused]?.focus()
  }

  private renderSoon() {
    this.pendingFrame ||= requestAnimationFrame(() => {
      this.pendingFrame = 0
      this.render()
    })
  }

  private render() {
    const { content } = this
    if (content === undefined) return
    const first = Math.max(0, Math.floor(this.element.scrollTop / this.rowHeight) - MARGIN_ROWS)
    const shown = Math.ceil(this.element.clientHeight / this.rowHeight) + 2 * MARGIN_ROWS
    const last = Math.min(content.rowCount, first + shown)
    const shownRows = Array.from({ length: Math.max(0, last - first) }, (_, index) =>
      content.rowAt(first + index),
    )
    this.growTo(content, content.total ? [...shownRows, content.total] : shownRows)
    const rows = shownRows.map((row, index) => this.row(content, row, first + index))
    // The selected row exists even off the screen: what `aria-activedescendant` names must be there.
    const { selected } = content
    if (selected >= 0 && selected < content.rowCount && (selected < first || selected >= last))
      rows.push(this.row(content, content.rowAt(selected), selected))
    this.body.replaceChildren(...rows)
    if (selected < 0) this.element.removeAttribute('aria-activedescendant')
    else this.element.setAttribute('aria-activedescendant', `${this.id}-${selected}`)
  }

  private row(content: GridContent, row: GridRow, index: number, total?: 'total'): HTMLElement {
    const { cells, attributes, level, isOpen } = row
    const made = element(
      'div',
      {
        ...attributes,
        id: total === undefined ? `${this.id}-${index}` : undefined,
        class: `grid-row ${attributes?.class ?? ''}`,
        role: 'row',
        'aria-rowindex': String(index + 2),
        'aria-selected': total === undefined ? String(index === content.selected) : undefined,
        'aria-level': level === undefined ? undefined : String(level),
        'aria-expanded': isOpen === undefined ? undefined : String(isOpen),
        'data-index': total === undefined ? String(index) : undefined,
      },
      ...cells.map((cell, column) => cellOf(content.columns[column], column, cell, row)),
    )
    if (total === undefined) made.style.top = `${index * this.rowHeight}px`
    return made
  }

  /** Scrolls so far that a row can be seen between head and totals. */
  private reveal(index: number) {
    if (index < 0) return
    const top = index * this.rowHeight
    const { scrollTop, clientHeight } = this.element
    const room = clientHeight - this.head.offsetHeight - this.foot.offsetHeight - this.rowHeight
    if (top < scrollTop) this.element.scrollTop = top
    else if (top > scrollTop + room) this.element.scrollTop = top - room
  }

  private onClick(event: MouseEvent) {
    const index = indexOf(event)
    if (index === undefined || this.content === undefined) return
    const isTwisty = event.target instanceof Element && event.target.closest('.twisty') !== null
    const { isOpen } = this.content.rowAt(index)
    if (isTwisty && isOpen !== undefined) this.events.toggle?.(index, !isOpen)
    else this.events.select(index)
  }

  private onKey(event: KeyboardEvent) {
    const { content } = this
    if (content === undefined || event.target !== this.element) return
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 3)
    const intent = intentOf(event, content, page)
    if (intent === undefined) return
    event.preventDefault()
    event.stopPropagation()
    if (intent.do === 'select') this.events.select(intent.index)
    else if (intent.do === 'toggle') this.events.toggle?.(content.selected, intent.open)
    else this.events.activate?.(content.selected)
  }
}

function cellOf(column: GridColumn | undefined, index: number, child: Child, { level, isOpen }: GridRow) {
  const twisty =
    index > 0 || level === undefined
      ? undefined
      : element('span', { class: 'twisty', 'aria-hidden': 'true' }, isOpen === undefined ? '' : '▶')
  const cell = element(
    'div',
    {
      class: column?.isNumber === true ? 'grid-number' : undefined,
      role: 'gridcell',
      'aria-colindex': String(index + 1),
    },
    twisty,
    child,
  )
  if (twisty !== undefined) cell.style.paddingLeft = `${8 + ((level ?? 1) - 1) * 14}px`
  return cell
}

/** In CSS pixels, bold as totals are. */
function digitWidth(within: HTMLElement): number {
  const { fontSize, fontFamily } = getComputedStyle(within)
  const brush = document.createElement('canvas').getContext('2d')
  if (brush === null) return USUAL_FONT * 0.65
  brush.font = `600 ${fontSize} ${fontFamily}`
  return brush.measureText('0').width
}

function lengthOf(cell: Child): number {
  return typeof cell === 'string' ? cell.length : 0
}

function indexOf(event: Event): number | undefined {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null
  return row === null ? undefined : Number(row.dataset.index)
}
