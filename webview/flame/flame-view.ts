// The flame graph on its canvas: holds what is on screen, draws it, and turns pointer and keys into select, zoom and pan.

import { at } from '../../profiler-agent/profile/columns'
import { element } from '../element'
import { t } from '../words'
import { ticksFor } from './axis-ticks'
import { legendIn } from './colouring'
import { createFlameChart, type FlameChart, showRange, ticksOf } from './flame-controller'
import { nodeAt } from './hit-test'
import { intentOf, type KeyIntent } from './keyboard'
import { boxOf, type Flame, layoutFlame } from './layout'
import { paintScrollThumb, paintZoomThumb } from './marks'
import { Motion } from './motion'
import { paintFlame } from './paint'
import { type AskForParts, PartsOnScreen } from './parts-on-screen'
import { foundIn, lookOf, type Picture, placeInChanged } from './picture'
import { listenToPointer } from './pointer'
import { RowScroll } from './row-scroll'
import { pngOf, svgOf } from './save'
import type { Area, Found, Look, Scene } from './scene'
import type { Sheet } from './sheet'
import type { Theme } from './theme'
import { bringIntoView, fitTo, isWhole, panBy, type Viewport, WHOLE, zoomAt } from './viewport'

const AXIS_HEIGHT = 20
/** Nearer to each other, the marks of the axis would touch. CSS pixels. */
const TICK_DISTANCE = 110
/** Rows are so many times as high as their text. */
const LINE = 1.85

export type { Picture } from './picture'

export interface FlameViewEvents {
  select(node: number): void
  /** `undefined`: the pointer is over no box. */
  hover(node: number | undefined, pageX: number, pageY: number): void
  /** `shown`, `canUndo` or `canRedo` changed; during a gesture at every step. */
  zoomed(): void
  open(node: number): void
  /** Keys for what the page has around the picture: f, n, p and m. */
  find?(): void
  goToMatch?(step: 1 | -1): void
  pin?(node: number): void
  /** Parts of calls that the columns have not got; rejects where nobody can say. */
  parts?: AskForParts
}

export class FlameView {
  readonly canvas = element('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-roledescription': t('flame graph'),
    'aria-describedby': 'flame-help',
  })
  private readonly chart: FlameChart
  private readonly motion: Motion
  private picture: Picture | undefined
  private flame: Flame | undefined
  private theme: Theme | undefined
  private look: Look | undefined
  private found: Found | undefined
  private readonly scroll = new RowScroll(() => ({
    rowHeight: this.rowHeight,
    contentHeight: this.rowCount * this.rowHeight,
    shownHeight: this.area().height,
  }))
  private hovered: number | undefined
  private pendingFrame = 0
  private readonly parts: PartsOnScreen | undefined

  constructor(
    private readonly frame: HTMLElement,
    private readonly events: FlameViewEvents,
  ) {
    frame.append(this.canvas)
    this.chart = createFlameChart(this.canvas, () => this.draw())
    this.motion = new Motion(() => {
      this.redraw()
      this.events.zoomed()
    })
    this.parts = events.parts && new PartsOnScreen(events.parts, () => this.redraw())
    this.listen()
  }

  show(picture: Picture) {
    const before = this.picture
    this.picture = picture
    const isOther = before?.profile !== picture.profile || before.hidden !== picture.hidden
    if (isOther) this.layOut(picture, before)
    if (isOther || before?.highlighted !== picture.highlighted)
      this.found = this.flame && foundIn(this.flame, picture)
    if (isOther || before?.colours !== picture.colours || before.textOf !== picture.textOf)
      this.look = undefined
    if (before !== undefined && isSelectedAnew(before, picture)) this.revealSelection()
    this.redraw()
  }

  get shown(): Viewport {
    return this.motion.shown
  }

  get canUndo(): boolean {
    return this.motion.canUndo
  }

  get canRedo(): boolean {
    return this.motion.canRedo
  }

  undo() {
    this.motion.undo()
  }

  redo() {
    this.motion.redo()
  }

  setTheme(theme: Theme) {
    this.theme = theme
    this.look = undefined
    this.fitHeight()
    this.redraw()
  }

  zoomToNode(node: number) {
    const box = this.flame === undefined ? undefined : boxOf(this.flame, node)
    if (box === undefined) return
    this.motion.jumpTo(fitTo(box))
    this.scroll.toRow(box.row)
  }

  reset() {
    this.motion.jumpTo(WHOLE)
  }

  /** Zooms to the parent of what fills the screen now. */
  zoomOut() {
    const covering = this.covering()
    const { start, end } = this.motion.shown
    const box = covering === undefined || this.flame === undefined ? undefined : boxOf(this.flame, covering)
    const isFitted = box !== undefined && Math.abs(box.start - start) + Math.abs(box.end - end) < 1e-6
    const target =
      isFitted && covering !== undefined ? at(this.flame?.profile.tree.parent ?? [], covering) : covering
    if (target === undefined || target <= 0) this.reset()
    else this.zoomToNode(target)
  }

  /** The deepest node whose box fills the screen from edge to edge. */
  covering(): number | undefined {
    const { flame } = this
    const { start, end } = this.motion.shown
    if (flame === undefined || isWhole(this.motion.shown)) return undefined
    const slack = (end - start) * 0.001
    return flame.rows
      .map((_, row) => nodeAt(flame, row, (start + end) / 2))
      .findLast((node) => {
        const box = node === undefined ? undefined : boxOf(flame, node)
        return box !== undefined && box.start <= start + slack && box.end >= end - slack
      })
  }

  private layOut(picture: Picture, before: Picture | undefined) {
    const covering = before?.key === picture.key ? this.covering() : undefined
    const flame = layoutFlame(picture.profile, picture.hidden)
    this.flame = flame
    this.hovered = undefined
    if (before?.key !== picture.key) this.motion.start(picture.viewport ?? WHOLE)
    else {
      const place = placeInChanged(flame, before.profile, this.motion.restingPlace, covering)
      if (before.profile.unit === picture.profile.unit) this.motion.rescale(place)
      else this.motion.start(place)
    }
    this.canvas.dataset.unit = picture.profile.unit
    this.fitHeight()
  }

  private get rowHeight(): number {
    return Math.round((this.theme?.fontSize ?? 13) * LINE)
  }

  /** With a row for the parts that are asked for. */
  private get rowCount(): number {
    const { flame, parts } = this
    if (flame === undefined) return 0
    return flame.rows.length + (parts !== undefined && PartsOnScreen.hasRoom(flame.profile) ? 1 : 0)
  }

  private fitHeight() {
    this.frame.style.height = `${this.rowCount * this.rowHeight + AXIS_HEIGHT + 4}px`
    this.chart.resize()
    this.scroll.by(0)
  }

  private revealSelection() {
    const { flame, picture } = this
    const box =
      flame === undefined || picture?.selected === undefined ? undefined : boxOf(flame, picture.selected)
    if (box === undefined) return
    const target = bringIntoView(this.motion.shown, box)
    if (target !== this.motion.shown) this.motion.moveTo(target)
    this.scroll.toRow(box.row)
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
      zoomAt: (x, factor) => this.motion.moveTo(zoomAt(this.motion.shown, this.fractionAt(x), factor)),
      pan: (deltaX, deltaY) => {
        this.scrollBy(-deltaY)
        const { start, end } = this.motion.shown
        if (deltaX !== 0)
          this.motion.moveTo(panBy(this.motion.shown, (-deltaX / this.area().width) * (end - start)))
      },
      canScroll: (deltaY) => this.scroll.can(deltaY),
    })
    this.canvas.addEventListener('keydown', (event) => this.onKey(event))
  }

  private onKey(event: KeyboardEvent) {
    const { flame, picture } = this
    if (flame === undefined || picture === undefined) return
    const intent = intentOf(event, flame, picture.selected)
    if (intent === undefined) return
    event.preventDefault()
    event.stopPropagation()
    // What the pointer happens to rest on would cover what the keys go to.
    this.hover(undefined, 0, 0)
    this.carryOut(intent, flame, picture.selected)
  }

  private carryOut(intent: KeyIntent, flame: Flame, selected: number | undefined) {
    const { events, motion } = this
    switch (intent.do) {
      case 'select':
        return events.select(intent.node)
      case 'zoomToSelection':
        return selected === undefined ? undefined : this.zoomToNode(selected)
      case 'zoomOut':
        return this.zoomOut()
      case 'reset':
        return this.reset()
      case 'undo':
        return this.undo()
      case 'redo':
        return this.redo()
      case 'open':
        return selected === undefined ? undefined : events.open(selected)
      case 'find':
        return events.find?.()
      case 'match':
        return events.goToMatch?.(intent.step)
      case 'pin':
        return selected === undefined ? undefined : events.pin?.(selected)
      case 'zoom':
        return motion.moveTo(zoomAt(motion.shown, this.anchor(flame, selected), intent.factor))
      case 'pan':
        return motion.moveTo(panBy(motion.shown, intent.share * (motion.shown.end - motion.shown.start)))
      case 'scroll':
        return this.scrollBy(intent.screens * this.area().height)
      default:
        return intent satisfies never
    }
  }

  /** Keys zoom about the selection, as far as it can be seen. */
  private anchor(flame: Flame, selected: number | undefined): number {
    const { start, end } = this.motion.shown
    const box = selected === undefined ? undefined : boxOf(flame, selected)
    if (box === undefined || box.end < start || box.start > end) return (start + end) / 2
    return (Math.max(start, box.start) + Math.min(end, box.end)) / 2
  }

  private hover(node: number | undefined, x: number, y: number) {
    if (node !== this.hovered) {
      this.hovered = node
      this.canvas.classList.toggle('over-box', node !== undefined)
      this.redraw()
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
      rowHeight: this.rowHeight,
      scrollTop: this.scroll.top,
    }
  }

  private fractionAt(x: number): number {
    const { left, width } = this.area()
    const { start, end } = this.motion.shown
    return start + ((x - left) / width) * (end - start)
  }

  private nodeAtPoint(x: number, y: number): number | undefined {
    const area = this.area()
    const { flame } = this
    if (flame === undefined || y < area.top) return undefined
    const row = Math.floor((y - area.top + area.scrollTop) / area.rowHeight)
    const { start, end } = this.motion.shown
    const slack = (2 * (end - start)) / area.width
    const hit = (at: number) => nodeAt(flame, at, this.fractionAt(x), slack)
    // Parts that were asked for are no nodes: they stand for the call above them.
    return hit(row) ?? (this.parts?.isBelowCall(flame, hit(row - 1)) === true ? hit(row - 1) : undefined)
  }

  private scrollBy(pixels: number) {
    this.scroll.by(pixels)
    this.redraw()
  }

  /** At most once a frame, however often it is asked for. */
  private redraw() {
    if (this.pendingFrame !== 0) return
    this.pendingFrame = requestAnimationFrame(() => {
      this.pendingFrame = 0
      if (this.flame === undefined || this.theme === undefined) return
      const { unit, total } = this.flame.profile
      const { start, end } = this.motion.shown
      const [min, max] = [start * total, end * total]
      showRange(this.chart, min, max || 1, {
        ticksFor: (width) => ticksFor(unit, min, max, width / TICK_DISTANCE),
        colour: this.theme.muted,
        // Lines without a scale would only stand behind the text that says why there is no picture.
        grid: total === 0 ? this.theme.background : this.theme.grid,
        font: this.theme.font,
      })
    })
  }

  private draw() {
    const scene = this.scene()
    if (scene === undefined || this.theme === undefined) return
    paintFlame(this.chart.ctx, scene)
    this.parts?.paint(this.chart.ctx, scene, this.theme)
    paintZoomThumb(this.chart.ctx, scene)
    paintScrollThumb(this.chart.ctx, scene, this.rowCount * this.rowHeight)
  }

  private scene(): Scene | undefined {
    const { flame, theme, picture } = this
    if (flame === undefined || theme === undefined || picture === undefined) return undefined
    this.look ??= lookOf(picture, theme, (text, font) => {
      this.chart.ctx.font = font
      return this.chart.ctx.measureText(text).width
    })
    return {
      flame,
      viewport: this.motion.shown,
      area: this.area(),
      look: this.look,
      found: this.found,
      selected: picture.selected,
      hovered: this.hovered,
      pinned: picture.pinned ?? [],
    }
  }

  /** The picture as it is zoomed now, all rows, as an SVG document; `undefined` while there is none. */
  toSvg(): string | undefined {
    const sheet = this.sheet()
    return sheet && svgOf(sheet)
  }

  /** The same as a data URL of a PNG. */
  toPng(): string | undefined {
    const sheet = this.sheet()
    return sheet && pngOf(sheet)
  }

  /** What is saved: with title, axis and legend; to be saved together with others. */
  sheet(): Sheet | undefined {
    const scene = this.scene()
    const { picture, theme } = this
    if (scene === undefined || picture === undefined || theme === undefined) return undefined
    return {
      title: picture.title ?? picture.profile.tree.columns.head.name,
      scene,
      ticks: ticksOf(this.chart),
      legend: legendIn(picture.colours, picture.profile).map(({ hue, word }) => ({
        fill: theme.coloursOf(hue).fill,
        word,
      })),
    }
  }
}

/** In a run that has grown the same node has another number: who looks elsewhere shall stay there. */
function isSelectedAnew(before: Picture, now: Picture): boolean {
  if (before.key !== now.key) return true
  return before.profile.tree === now.profile.tree && before.selected !== now.selected
}
