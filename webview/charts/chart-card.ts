// One chart with its title, its legend and, for whoever cannot see it or wants the numbers, the same as a table. Worked by keys as well.

import { formatUsd } from '../../profiler-agent/model/money'
import { formatCompact, formatCount } from '../../profiler-agent/model/quantity'
import { button, element } from '../element'
import type { Theme } from '../flame/theme'
import { t } from '../words'
import { type ChartKind, type Drawing, type DrawingData, draw, type Mark } from './chart'
import type { ChartData } from './chart-data'
import { fillOf } from './series-colours'

export interface CardOptions {
  readonly title: string
  readonly kind: ChartKind
  /** What the positions are: `Call`, `Model`. */
  readonly thing: string
  readonly isHorizontal?: boolean
  readonly isStacked?: boolean
  readonly select: (span: number) => void
  readonly announce: (text: string) => void
}

/** Dashed or filled lines, where a chart is more than its series. */
export type Refine = (dataset: DrawingData['datasets'][number], index: number, theme: Theme) => void

export class ChartCard {
  readonly element: HTMLElement
  private readonly canvas: HTMLCanvasElement
  private readonly note = element('p', { class: 'chart-note' })
  private readonly legend = element('ul', { class: 'legend' })
  private readonly plot: HTMLElement
  private readonly table = element('div', { class: 'chart-table', hidden: '', tabindex: '0' })
  private readonly toggle: HTMLButtonElement
  private drawing: Drawing | undefined
  private data: ChartData | undefined
  private position = -1
  private isTable = false

  constructor(private readonly options: CardOptions) {
    const { title } = options
    this.canvas = element('canvas', { role: 'img', tabindex: '0', 'aria-label': title })
    this.plot = element('div', { class: 'chart-plot' }, this.canvas)
    this.table.setAttribute('role', 'region')
    this.table.setAttribute('aria-label', t('{0}, as a table', title))
    this.toggle = button(t('Table'), () => this.showTable(!this.isTable), {
      class: 'plain-button',
      'aria-pressed': 'false',
      title: t('The same as numbers'),
    })
    const head = element('header', { class: 'chart-head' }, element('h2', {}, title), this.toggle)
    this.element = element('section', { class: 'chart-card', 'aria-label': title })
    this.element.append(head, this.note, this.plot, this.table, this.legend)
    this.canvas.addEventListener('keydown', (event) => this.onKey(event))
    this.canvas.addEventListener('blur', () => this.point(-1))
  }

  /** Draws the chart; `undefined` in place of data shows the note alone. */
  show(data: ChartData | undefined, theme: Theme, marks: readonly Mark[] = [], refine?: Refine) {
    this.data = data
    this.drawing?.destroy()
    this.drawing = undefined
    const isEmpty = data === undefined || data.labels.length === 0
    this.note.textContent = data?.note ?? (isEmpty ? t('No model call yet.') : '')
    this.note.hidden = this.note.textContent === ''
    this.plot.hidden = isEmpty || this.isTable
    this.table.hidden = isEmpty || !this.isTable
    this.toggle.hidden = isEmpty
    this.legend.replaceChildren()
    this.table.replaceChildren()
    if (isEmpty) return
    this.showLegend(data, theme)
    if (this.isTable) this.table.replaceChildren(this.tableOf(data))
    const { kind, isHorizontal = false, isStacked = false } = this.options
    if (isHorizontal) this.plot.style.height = `${data.labels.length * 26 + 34}px`
    this.canvas.setAttribute('aria-label', `${this.options.title}: ${summaryOf(data, this.options.thing)}`)
    this.drawing = draw(this.canvas, kind, dataOf(data, kind, theme, refine), {
      theme,
      marks,
      isHorizontal,
      isStacked,
      nameOf: (position) => `${this.options.thing} ${(data.names ?? data.labels)[position] ?? ''}`,
      valueText: (value) => axisText(data.unit, value),
      onClick: (position) => this.choose(position),
    })
  }

  /** A note alone: why there is nothing to draw. */
  say(text: string, theme: Theme) {
    this.show({ labels: [], spans: [], series: [], unit: 'cost', note: text }, theme)
  }

  private showLegend({ series }: ChartData, theme: Theme) {
    if (series.length < 2) return
    this.legend.replaceChildren(
      ...series.map(({ key, name }) => {
        const swatch = element('span', { class: 'swatch' })
        swatch.style.background = fillOf(key, theme)
        return element('li', {}, swatch, name)
      }),
    )
  }

  private showTable(isTable: boolean) {
    this.isTable = isTable
    this.table.hidden = !isTable
    this.plot.hidden = isTable
    this.toggle.setAttribute('aria-pressed', String(isTable))
    if (isTable && this.data !== undefined) this.table.replaceChildren(this.tableOf(this.data))
    else this.drawing?.resize()
  }

  private tableOf({ labels, names, series, unit }: ChartData): HTMLElement {
    const head = [this.options.thing, ...series.map(({ name }) => name)]
    const cell = (value: number | null | undefined) =>
      element('td', {}, value === null || value === undefined ? '–' : exactText(unit, value))
    const rows = (names ?? labels).map((label, position) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, label),
        ...series.map(({ values }) => cell(values[position])),
      ),
    )
    return element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, text)))),
      element('tbody', {}, ...rows),
    )
  }

  private onKey(event: KeyboardEvent) {
    const last = (this.data?.labels.length ?? 0) - 1
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: this.position + 1,
      ArrowDown: this.position + 1,
      ArrowLeft: this.position - 1,
      ArrowUp: this.position - 1,
      Home: 0,
      End: last,
    }
    const wanted = steps[event.key]
    if (wanted !== undefined) this.point(Math.min(last, Math.max(0, wanted)))
    else if (event.key === 'Enter' && this.position >= 0) this.choose(this.position)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  /** Shows what stands at a position, as the pointer does, and says it. */
  private point(position: number) {
    this.position = position
    const { drawing, data } = this
    if (drawing === undefined || data === undefined) return
    const items =
      position < 0 ? [] : data.series.map((_, datasetIndex) => ({ datasetIndex, index: position }))
    drawing.setActiveElements(items)
    const { x = 0, y = 0 } = items.length === 0 ? {} : (drawing.getDatasetMeta(0).data[position] ?? {})
    drawing.tooltip?.setActiveElements(items, { x, y })
    drawing.update('none')
    if (position >= 0) this.options.announce(positionText(data, position, this.options.thing))
  }

  private choose(position: number) {
    const span = this.data?.spans[position] ?? -1
    if (span >= 0) this.options.select(span)
  }
}

function dataOf(
  { labels, series }: ChartData,
  kind: ChartKind,
  theme: Theme,
  refine: Refine | undefined,
): DrawingData {
  const datasets = series.map(({ key, name, values }, index) => {
    const dataset: DrawingData['datasets'][number] = {
      label: name,
      data: [...values],
      backgroundColor: fillOf(key, theme),
      borderColor: theme.outline ?? (kind === 'line' ? fillOf(key, theme) : theme.background),
      borderWidth: kind === 'line' ? 2 : theme.outline === undefined ? 0 : 1,
      ...(kind === 'bar'
        ? { categoryPercentage: 1, barPercentage: labels.length > 60 ? 1 : 0.86 }
        : { pointRadius: 0 }),
    }
    refine?.(dataset, index, theme)
    return dataset
  })
  return { labels: [...labels], datasets }
}

function axisText(unit: ChartData['unit'], value: number): string {
  return unit === 'tokens' ? formatCompact(value) : formatUsd(Math.round(value))
}

function exactText(unit: ChartData['unit'], value: number): string {
  return unit === 'tokens' ? formatCount(value) : formatUsd(Math.round(value))
}

function positionText({ labels, names, series, unit }: ChartData, position: number, thing: string): string {
  const values = series.flatMap(({ name, values }) => {
    const value = values[position]
    return value === null || value === undefined || value === 0 ? [] : [`${name} ${exactText(unit, value)}`]
  })
  return `${thing} ${(names ?? labels)[position]}: ${values.join(', ') || t('nothing known')}`
}

function summaryOf({ labels, series, unit }: ChartData, thing: string): string {
  const largest = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const things = `${thing} × ${labels.length}`
  return t(
    '{0}, the largest value {1}. Arrow keys go through them, Enter selects.',
    things,
    exactText(unit, largest),
  )
}
