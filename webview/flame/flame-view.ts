// The flame graph on its canvas: holds what is on screen, draws it, and turns pointer and keys into select, zoom and pan.

import { at } from '../../profiler-agent/profile/columns'
import type { Profile } from '../../profiler-agent/profile/profile'
import { element } from '../element'
import { axisText, durationText, nameOf, valueText } from '../labels'
import { BoxLabels } from './box-label'
import type { Colouring } from './colouring'
import { createFlameChart, type FlameChart, showRange } from './flame-controller'
import { nodeAt } from './hit-test'
import { intentOf, type KeyIntent } from './keyboard'
import { boxOf, type Flame, layoutFlame, markedBoxes } from './layout'
import { Motion } from './motion'
import { type Area, type Found, type Look, paintFlame, type Scene } from './paint'
import { listenToPointer } from './pointer'
import type { Theme } from './theme'
import { bringIntoView, fitTo, isWhole, panBy, type Viewport, WHOLE, zoomAt } from './viewport'

const AXIS_HEIGHT = 20
/** Rows are so many times as high as their text. */
const LINE = 1.85

/** What to show. Hand the same objects in again where nothing changed: then nothing is reckoned anew. */
export interface Picture {
  /**
   * What picture this is (run and view). Another picture begins at `viewport`, else whole. The same one stays where it is:
   * at the same values while the run grows or a filter changes, at the same node in another unit.
   */
  readonly key: string
  readonly viewport?: Viewport | undefined
  readonly profile: Profile
  readonly selected: number | undefined
  readonly colours: Colouring
  /** By node: 1 for what a search found; all else is dimmed. */
  readonly highlighted?: Uint8Array | undefined
  /** By node: 1 for what a filter leaves out. */
  readonly hidden?: Uint8Array | undefined
  /** Nodes with a pin on them. */
  readonly pinned?: readonly number[] | undefined
  /** Text behind the name in a box, where it is not the node's value in the unit. */
  readonly textOf?: ((node: number) => string) | undefined
}

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
}

export class FlameView {
  readonly canvas = element('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'flame graph',
    'aria-describedby': 'flame-help',
  })
  private readonly chart: FlameChart
  private readonly motion: Motion
  private picture: Picture | undefined
  private flame: Flame | undefined
  private theme: Theme | undefined
  private look: Look | undefined
  private found: Found | undefined
  private scrollTop = 0
  private hovered: number | undefined
  private pendingFrame = 0

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
    this.listen()
  }

  show(picture: Picture) {
    const before = this.picture
    this.picture = picture
    const isOther = before?.profile !== picture.profile || before.hidden !== picture.hidden
    if (isOther) this.layOut(picture, before)
    if (isOther || before?.highlighted !== picture.highlighted) this.found = this.foundIn(picture)
    if (isOther || before?.colours !== picture.colours || before.textOf !== picture.textOf)
      this.look = undefined
    if (before !== undefined && before.selected !== picture.selected) this.revealSelection()
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
    this.scrollToRow(box.row)
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
    this.flame = layoutFlame(picture.profile, picture.hidden)
    this.hovered = undefined
    if (before?.key !== picture.key) this.motion.start(picture.viewport ?? WHOLE)
    else if (before.profile.unit === picture.profile.unit)
      this.motion.rescale(carriedOver(this.motion.shown, before.profile, picture.profile))
    else
      this.motion.start(
        fitToNode(this.flame, before.profile.tree === picture.profile.tree ? covering : undefined),
      )
    this.canvas.dataset.unit = picture.profile.unit
    this.fitHeight()
  }

  private foundIn({ highlighted }: Picture): Found | undefined {
    if (highlighted === undefined || this.flame === undefined) return undefined
    return { mask: highlighted, boxes: markedBoxes(this.flame, highlighted) }
  }

  private get rowHeight(): number {
    return Math.round((this.theme?.fontSize ?? 13) * LINE)
  }

  private fitHeight() {
    const rows = this.flame?.rows.length ?? 0
    this.frame.style.height = `${rows * this.rowHeight + AXIS_HEIGHT + 4}px`
    this.chart.resize()
    this.scrollBy(0)
  }

  private revealSelection() {
    const { flame, picture } = this
    const box =
      flame === undefined || picture?.selected === undefined ? undefined : boxOf(flame, picture.selected)
    if (box === undefined) return
    const target = bringIntoView(this.motion.shown, box)
    if (target !== this.motion.shown) this.motion.moveTo(target)
    this.scrollToRow(box.row)
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
        this.redraw()
      },
      canScroll: (deltaY) => {
        const limit = this.scrollLimit()
        return limit > 0 && (deltaY > 0 ? this.scrollTop < limit : this.scrollTop > 0)
      },
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
    this.carryOut(intent, flame, picture.selected)
  }

  private carryOut(intent: KeyIntent, flame: Flame, selected: number | undefined) {
    switch (intent.do) {
      case 'select':
        return this.events.select(intent.node)
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
        return selected === undefined ? undefined : this.events.open(selected)
      case 'find':
        return this.events.find?.()
      case 'match':
        return this.events.goToMatch?.(intent.step)
      case 'pin':
        return selected === undefined ? undefined : this.events.pin?.(selected)
      case 'zoom':
        return this.motion.moveTo(zoomAt(this.motion.shown, this.anchor(flame, selected), intent.factor))
      case 'pan': {
        const { start, end } = this.motion.shown
        return this.motion.moveTo(panBy(this.motion.shown, intent.share * (end - start)))
      }
      case 'scroll':
        this.scrollBy(intent.screens * this.area().height)
        return this.redraw()
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
      scrollTop: this.scrollTop,
    }
  }

  private fractionAt(x: number): number {
    const { left, width } = this.area()
    const { start, end } = this.motion.shown
    return start + ((x - left) / width) * (end - start)
  }

  private nodeAtPoint(x: number, y: number): number | undefined {
    const area = this.area()
    if (this.flame === undefined || y < area.top) return undefined
    const row = Math.floor((y - area.top + area.scrollTop) / area.rowHeight)
    const { start, end } = this.motion.shown
    return nodeAt(this.flame, row, this.fractionAt(x), (2 * (end - start)) / area.width)
  }

  private scrollLimit(): number {
    return Math.max(0, (this.flame?.rows.length ?? 0) * this.rowHeight - this.area().height)
  }

  private scrollBy(pixels: number) {
    this.scrollTop = Math.min(this.scrollLimit(), Math.max(0, this.scrollTop + pixels))
  }

  private scrollToRow(row: number) {
    const top = row * this.rowHeight
    const { height } = this.area()
    if (top < this.scrollTop) this.scrollBy(top - this.scrollTop)
    else if (top + this.rowHeight > this.scrollTop + height)
      this.scrollBy(top + this.rowHeight - height - this.scrollTop)
  }

  /** At most once a frame, however often it is asked for. */
  private redraw() {
    if (this.pendingFrame !== 0) return
    this.pendingFrame = requestAnimationFrame(() => {
      this.pendingFrame = 0
      if (this.flame === undefined || this.theme === undefined) return
      const { unit, total } = this.flame.profile
      const { start, end } = this.motion.shown
      showRange(this.chart, start * total, end * total || 1, {
        tick: (value) => (total === 0 ? '' : axisText(unit, value)),
        colour: this.theme.muted,
        // Lines without a scale would only stand behind the text that says why there is no picture.
        grid: total === 0 ? this.theme.background : this.theme.grid,
        font: this.theme.font,
      })
    })
  }

  private draw() {
    const scene = this.scene()
    if (scene !== undefined) paintFlame(this.chart.ctx, scene)
  }

  private scene(): Scene | undefined {
    const { flame, theme, picture } = this
    if (flame === undefined || theme === undefined || picture === undefined) return undefined
    this.look ??= lookOf(picture, theme, this.chart.ctx)
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
}

/** What lay at $0.02 lies there still after the run has grown. */
function carriedOver(shown: Viewport, before: Profile, now: Profile): Viewport {
  if (isWhole(shown) || now.total === 0) return WHOLE
  const grown = before.total / now.total
  return { start: Math.min(0.999, shown.start * grown), end: Math.min(1, shown.end * grown) }
}

function fitToNode(flame: Flame, node: number | undefined): Viewport {
  const box = node === undefined ? undefined : boxOf(flame, node)
  return box === undefined ? WHOLE : fitTo(box)
}

function lookOf({ profile, colours, textOf }: Picture, theme: Theme, brush: CanvasRenderingContext2D): Look {
  const font = `${theme.fontSize - 1}px ${theme.font}`
  const value = textOf ?? ((node: number) => defaultValue(profile, node))
  const labels = new BoxLabels(
    (node) => ({ name: nameOf(profile.tree, node), value: value(node) }),
    (text) => {
      brush.font = font
      return brush.measureText(text).width
    },
  )
  return {
    ...theme,
    font,
    colours: colours.hues.map(theme.coloursOf),
    hueOf: colours.hueOf,
    labelOf: (node, room) => labels.fitting(node, room),
  }
}

function defaultValue({ tree, unit, inTime }: Profile, node: number): string {
  return inTime ? durationText(tree, node) : valueText(tree, node, unit)
}
