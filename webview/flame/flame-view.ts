// The flame graph on its canvas: holds what is on screen, draws it, and turns pointer and keys into select, zoom and pan.

import { at } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { axisText, costText, durationText, kindOf, nameOf, segmentOf, spanOf, tokensText } from '../labels'
import { createFlameChart, type FlameChart, showRange } from './flame-controller'
import { nodeAt } from './hit-test'
import { intentOf } from './keyboard'
import { boxOf, type Flame } from './layout'
import { type Area, type BoxLook, paintFlame } from './paint'
import { listenToPointer } from './pointer'
import type { Theme } from './theme'
import { between, bringIntoView, fitTo, isWhole, panBy, type Viewport, WHOLE, zoomAt } from './viewport'

const ROW_HEIGHT = 24
const AXIS_HEIGHT = 20
const ANIMATION_MS = 160

export interface FlameViewEvents {
  select(node: number): void
  /** `undefined`: the pointer is over no box. */
  hover(node: number | undefined, pageX: number, pageY: number): void
  zoomed(): void
  open(node: number): void
}

export class FlameView {
  readonly canvas = element('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'flame graph',
    'aria-describedby': 'flame-help',
  })
  private readonly chart: FlameChart
  private flame: Flame | undefined
  private theme: Theme | undefined
  private viewport: Viewport = WHOLE
  private scrollTop = 0
  private selected: number | undefined
  private hovered: number | undefined
  private pendingFrame = 0

  constructor(
    private readonly frame: HTMLElement,
    private readonly events: FlameViewEvents,
  ) {
    frame.append(this.canvas)
    this.chart = createFlameChart(this.canvas, () => this.draw())
    this.listen()
  }

  /** Shows a flame. `viewport` is what to show of it; the rows keep their scroll position as far as there are rows. */
  show(flame: Flame, viewport: Viewport, selected: number | undefined) {
    this.flame = flame
    this.viewport = viewport
    this.selected = selected
    this.hovered = undefined
    this.frame.style.height = `${flame.rows.length * ROW_HEIGHT + AXIS_HEIGHT + 4}px`
    this.canvas.dataset.view = flame.profile.unit === 'time' ? 'timeline' : 'icicle'
    this.canvas.dataset.unit = flame.profile.unit
    this.chart.resize()
    this.scrollBy(0)
    this.redraw()
  }

  get shown(): Viewport {
    return this.viewport
  }

  setTheme(theme: Theme) {
    this.theme = theme
    this.redraw()
  }

  /** Marks a node and brings its box on screen; a node without a box only loses the mark of the one before. */
  select(node: number | undefined) {
    this.selected = node
    const box = node === undefined || this.flame === undefined ? undefined : boxOf(this.flame, node)
    if (box !== undefined) {
      this.viewport = bringIntoView(this.viewport, box)
      this.scrollToRow(box.row)
    }
    this.redraw()
  }

  zoomToNode(node: number) {
    const box = this.flame === undefined ? undefined : boxOf(this.flame, node)
    if (box !== undefined) this.animateTo(fitTo(box))
  }

  reset() {
    this.animateTo(WHOLE)
  }

  /** Zooms to the parent of what fills the screen now. */
  zoomOut() {
    const covering = this.covering()
    const { start, end } = this.viewport
    const box = covering === undefined || this.flame === undefined ? undefined : boxOf(this.flame, covering)
    const isFitted = box !== undefined && Math.abs(box.start - start) + Math.abs(box.end - end) < 1e-6
    const target =
      isFitted && covering !== undefined ? at(this.flame?.profile.tree.parent ?? [], covering) : covering
    if (target === undefined || target <= 0) this.reset()
    else this.zoomToNode(target)
  }

  /** The deepest node whose box fills the screen from edge to edge. */
  covering(): number | undefined {
    const flame = this.flame
    if (flame === undefined || isWhole(this.viewport)) return undefined
    const middle = (this.viewport.start + this.viewport.end) / 2
    const slack = (this.viewport.end - this.viewport.start) * 0.001
    return flame.rows
      .map((_, row) => nodeAt(flame, row, middle))
      .findLast((node) => {
        const box = node === undefined ? undefined : boxOf(flame, node)
        return (
          box !== undefined &&
          box.start <= this.viewport.start + slack &&
          box.end >= this.viewport.end - slack
        )
      })
  }

  private listen() {
    listenToPointer(this.canvas, {
      hover: (x, y) => this.hover(this.nodeAtPoint(x, y), x, y),
      leave: () => this.hover(undefined, 0, 0),
      select: (x, y) => {
        const node = this.nodeAtPoint(x, y)
        if (node !== undefined) this.events.select(node)
      },
      zoomTo: (x, y) => {
        const node = this.nodeAtPoint(x, y)
        if (node === undefined) this.reset()
        else this.zoomToNode(node)
      },
      zoomAt: (x, factor) => this.moveTo(zoomAt(this.viewport, this.fractionAt(x), factor)),
      pan: (deltaX, deltaY) => {
        this.scrollBy(-deltaY)
        this.moveTo(
          panBy(this.viewport, (-deltaX / this.area().width) * (this.viewport.end - this.viewport.start)),
        )
      },
      canScroll: (deltaY) => {
        const limit = this.scrollLimit()
        return limit > 0 && (deltaY > 0 ? this.scrollTop < limit : this.scrollTop > 0)
      },
    })
    this.canvas.addEventListener('keydown', (event) => this.onKey(event))
  }

  private onKey(event: KeyboardEvent) {
    if (this.flame === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const intent = intentOf(event.key, this.flame, this.selected)
    if (intent === undefined) return
    event.preventDefault()
    const selectedBox = this.selected === undefined ? undefined : boxOf(this.flame, this.selected)
    const middle = selectedBox === undefined ? 0.5 : (selectedBox.start + selectedBox.end) / 2
    switch (intent.do) {
      case 'select':
        return this.events.select(intent.node)
      case 'zoomToSelection':
        return this.selected === undefined ? undefined : this.zoomToNode(this.selected)
      case 'zoomOut':
        return this.zoomOut()
      case 'reset':
        return this.reset()
      case 'open':
        return this.selected === undefined ? undefined : this.events.open(this.selected)
      case 'zoom': {
        const anchor = Math.min(this.viewport.end, Math.max(this.viewport.start, middle))
        return this.moveTo(zoomAt(this.viewport, anchor, intent.factor))
      }
      case 'pan':
        return this.moveTo(panBy(this.viewport, intent.share * (this.viewport.end - this.viewport.start)))
      default:
        return intent satisfies never
    }
  }

  private hover(node: number | undefined, x: number, y: number) {
    if (node !== this.hovered) {
      this.hovered = node
      this.canvas.classList.toggle('over-box', node !== undefined)
      this.chart.draw()
    }
    const frame = this.canvas.getBoundingClientRect()
    this.events.hover(node, frame.left + x, frame.top + y)
  }

  private area(): Area {
    // Chart.js has no area before its first layout.
    const { left, right, top, bottom } = this.chart.chartArea ?? { left: 0, right: 0, top: 0, bottom: 0 }
    return {
      left,
      top: top + 2,
      width: Math.max(1, right - left),
      height: Math.max(0, bottom - top - 2),
      rowHeight: ROW_HEIGHT,
      scrollTop: this.scrollTop,
    }
  }

  private fractionAt(x: number): number {
    const { left, width } = this.area()
    return this.viewport.start + ((x - left) / width) * (this.viewport.end - this.viewport.start)
  }

  private nodeAtPoint(x: number, y: number): number | undefined {
    const area = this.area()
    if (this.flame === undefined || y < area.top) return undefined
    const row = Math.floor((y - area.top + area.scrollTop) / area.rowHeight)
    const pixel = (this.viewport.end - this.viewport.start) / area.width
    return nodeAt(this.flame, row, this.fractionAt(x), pixel)
  }

  private scrollLimit(): number {
    return Math.max(0, (this.flame?.rows.length ?? 0) * ROW_HEIGHT - this.area().height)
  }

  private scrollBy(pixels: number) {
    this.scrollTop = Math.min(this.scrollLimit(), Math.max(0, this.scrollTop + pixels))
  }

  private scrollToRow(row: number) {
    const top = row * ROW_HEIGHT
    const { height } = this.area()
    if (top < this.scrollTop) this.scrollBy(top - this.scrollTop)
    else if (top + ROW_HEIGHT > this.scrollTop + height)
      this.scrollBy(top + ROW_HEIGHT - height - this.scrollTop)
  }

  private moveTo(viewport: Viewport) {
    this.viewport = viewport
    this.redraw()
    this.events.zoomed()
  }

  private animateTo(target: Viewport) {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return this.moveTo(target)
    const from = this.viewport
    const startedAt = performance.now()
    const step = (now: number) => {
      const progress = Math.min(1, Math.max(0, (now - startedAt) / ANIMATION_MS))
      this.moveTo(progress === 1 ? target : between(from, target, progress))
      if (progress < 1) requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  }

  /** At most once a frame, however often it is asked for. */
  private redraw() {
    if (this.pendingFrame !== 0) return
    this.pendingFrame = requestAnimationFrame(() => {
      this.pendingFrame = 0
      if (this.flame === undefined || this.theme === undefined) return
      const { unit, total } = this.flame.profile
      showRange(this.chart, this.viewport.start * total, this.viewport.end * total || 1, {
        tick: (value) => (total === 0 ? '' : axisText(unit, value)),
        colour: this.theme.muted,
        // Lines without a scale would only stand behind the text that says why there is no picture.
        grid: total === 0 ? this.theme.background : this.theme.grid,
        font: this.theme.font,
      })
    })
  }

  private draw() {
    const { flame, theme } = this
    if (flame === undefined || theme === undefined) return
    paintFlame(this.chart.ctx, {
      rows: flame.rows,
      viewport: this.viewport,
      area: this.area(),
      font: `12px ${theme.font}`,
      lookOf: (node) => this.lookOf(flame, theme, node),
      selected: this.selected,
      focusColour: theme.focus,
    })
  }

  private lookOf({ profile }: Flame, theme: Theme, node: number): BoxLook {
    const { tree, unit } = profile
    const span = spanOf(tree, node)
    const segment = segmentOf(tree, node)
    const colours = theme.coloursOf(kindOf(tree, node), segment?.cache)
    const value = { cost: costText, tokens: tokensText, time: durationText }[unit](tree, node)
    const failed = segment === undefined && span !== undefined && span.status !== 'ok'
    return {
      fill: node === this.hovered ? colours.hover : colours.fill,
      text: colours.text,
      label: `${nameOf(tree, node)}  ${value}`,
      ...(failed ? { stripe: theme.error } : {}),
      ...(theme.outline === undefined ? {} : { outline: theme.outline }),
    }
  }
}
