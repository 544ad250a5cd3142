// Draws the boxes of a flame that are on screen. It decides nothing: colours and texts are handed in, and what is drawn with is a `Brush`.
// Its cost grows with the pixels on screen, not with the boxes: of what lies within one pixel only one box is looked at.

import { at, SPAN_STATUSES } from '../../profiler-agent/profile/columns'
import type { Profile } from '../../profiler-agent/profile/profile'
import type { Brush } from './brush'
import { boxOf, type Flame, lastStartingAtOrBefore } from './layout'
import type { BoxColours } from './palette'
import type { Viewport } from './viewport'

/** CSS pixels. `scrollTop` is how far the rows are scrolled up. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly rowHeight: number
  readonly scrollTop: number
}

/** How boxes look, beside where they lie. */
export interface Look {
  readonly colours: readonly BoxColours[]
  /** By node: index into `colours`. */
  readonly hueOf: Uint8Array
  readonly font: string
  readonly background: string
  readonly focus: string
  readonly error: string
  readonly warning: string
  readonly muted: string
  readonly foreground: string
  /** Around each box, in high contrast. */
  readonly outline: string | undefined
  readonly labelOf: (node: number, room: number) => string
}

export interface Scene {
  readonly flame: Flame
  readonly viewport: Viewport
  readonly area: Area
  readonly look: Look
  /** What a search found, by node (1) and as nodes by row; all else is dimmed. */
  readonly found: Found | undefined
  readonly selected: number | undefined
  readonly hovered: number | undefined
  readonly pinned: readonly number[]
}

export interface Found {
  readonly mask: Uint8Array
  readonly boxes: readonly Int32Array[]
}

const GAP = 1
const PADDING = 5
const STRIPE = 3
/** Height of the mark of a call without width. */
const TICK = 6
/** Narrower than this, a box is painted as a line without a gap beside it. */
const NARROW = 1
/** What must be seen however narrow it is. */
const NARROWEST_MARK = 2

export function paintFlame(brush: Brush, scene: Scene) {
  const { area, flame } = scene
  brush.font = scene.look.font
  brush.textBaseline = 'middle'
  brush.textAlign = 'left'
  for (let index = 0; index < flame.rows.length; index++) {
    const top = topOf(scene, index)
    const row = flame.rows[index]
    if (row === undefined || top + area.rowHeight <= area.top || top >= area.top + area.height) continue
    paintBoxes(brush, scene, row.nodes, top)
    const bottom = top + area.rowHeight - GAP
    paintLines(brush, scene, row.ticks, { top: bottom - TICK, bottom, colour: scene.look.foreground })
    const found = scene.found?.boxes[index]
    if (found !== undefined) paintLines(brush, scene, found, { top, bottom, colour: scene.look.focus })
    paintTroubles(brush, scene, row.troubles, top)
  }
  for (const node of scene.pinned) paintPin(brush, scene, node)
  if (scene.hovered !== undefined) paintHovered(brush, scene, scene.hovered)
  if (scene.selected !== undefined) paintSelected(brush, scene, scene.selected)
}

/** Where a row begins, in CSS pixels. */
function topOf({ area }: Scene, row: number): number {
  return area.top + row * area.rowHeight - area.scrollTop
}

/** Narrow boxes next to each other of one colour are one rectangle. */
class Run {
  #fill = ''
  #left = 0
  #right = 0

  constructor(
    private readonly brush: Brush,
    private readonly top: number,
    private readonly height: number,
  ) {}

  add(fill: string, left: number, right: number) {
    if (fill === this.#fill && left <= this.#right) {
      this.#right = right
      return
    }
    this.end()
    this.#fill = fill
    this.#left = left
    this.#right = right
  }

  end() {
    if (this.#right <= this.#left) return
    this.brush.fillStyle = this.#fill
    this.brush.fillRect(this.#left, this.top, this.#right - this.#left, this.height)
    this.#right = this.#left
  }
}

/** How places of a profile, in its unit, become CSS pixels. */
interface Scale {
  /** What is at the left edge. */
  readonly from: number
  /** Pixels per unit. */
  readonly factor: number
  readonly leftEdge: number
  readonly rightEdge: number
}

function scaleOf({ flame, viewport, area }: Scene): Scale {
  const { total } = flame.profile
  return {
    from: viewport.start * total,
    factor: area.width / ((viewport.end - viewport.start) * total),
    leftEdge: area.left,
    rightEdge: area.left + area.width,
  }
}

function paintBoxes(brush: Brush, scene: Scene, nodes: Int32Array, top: number) {
  const { profile } = scene.flame
  const { start, weight } = profile
  const { from, factor, leftEdge, rightEdge } = scaleOf(scene)
  const run = new Run(brush, top, scene.area.rowHeight - GAP)
  let paintedTo = Number.NEGATIVE_INFINITY
  for (let index = Math.max(0, lastStartingAtOrBefore(profile, nodes, from)); index < nodes.length; ) {
    const node = nodes[index] ?? 0
    const begin = start[node] ?? 0
    const left = Math.max(leftEdge, leftEdge + (begin - from) * factor)
    if (left >= rightEdge) break
    const right = Math.min(rightEdge, leftEdge + (begin + (weight[node] ?? 0) - from) * factor)
    if (right - left >= NARROW) {
      run.end()
      paintBox(brush, scene, node, left, top, right - left)
      paintedTo = right
      index++
      continue
    }
    const pixel = Math.floor(left)
    if (right > left && pixel >= paintedTo - 0.5) {
      run.add(fillOf(scene, node), pixel, pixel + 1)
      paintedTo = pixel + 1
    }
    // On to the first box that reaches into the next pixel: 100,000 boxes within one cost nothing.
    index = nextBeyond(profile, nodes, index, from + (pixel + 1 - leftEdge) / factor)
  }
  run.end()
}

/** The first index after `index` whose box ends beyond `limit`; in steps that double, then halves. */
function nextBeyond({ start, weight }: Profile, nodes: Int32Array, index: number, limit: number): number {
  const endsBefore = (each: number) => {
    const node = nodes[each] ?? 0
    return (start[node] ?? 0) + (weight[node] ?? 0) <= limit
  }
  let step = 1
  let low = index + 1
  while (low + step < nodes.length && endsBefore(low + step)) {
    low += step
    step *= 2
  }
  let high = Math.min(nodes.length, low + step)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (endsBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}

function coloursOf({ look }: Scene, node: number): BoxColours | undefined {
  return look.colours[look.hueOf[node] ?? 0]
}

function isDim({ found }: Scene, node: number): boolean {
  return found !== undefined && found.mask[node] !== 1
}

function fillOf(scene: Scene, node: number): string {
  const colours = coloursOf(scene, node)
  if (colours === undefined) return scene.look.muted
  return isDim(scene, node) ? colours.dim : colours.fill
}

function paintBox(brush: Brush, scene: Scene, node: number, left: number, top: number, width: number) {
  const { look, area } = scene
  const height = area.rowHeight - GAP
  const inner = Math.max(1, width - (width > 3 ? GAP : 0))
  brush.fillStyle = fillOf(scene, node)
  brush.fillRect(left, top, inner, height)
  if (look.outline !== undefined && inner > 2) outlineBox(brush, look.outline, left, top, inner, height, 1)
  paintLabel(brush, scene, node, left, top, inner)
}

function paintLabel(brush: Brush, scene: Scene, node: number, left: number, top: number, width: number) {
  const text = scene.look.labelOf(node, width - 2 * PADDING)
  if (text === '') return
  const colours = coloursOf(scene, node)
  brush.fillStyle = isDim(scene, node) ? colours?.dimText : colours?.text
  brush.fillText(text, left + PADDING, top + (scene.area.rowHeight - GAP) / 2 + 0.5)
}

function outlineBox(
  brush: Brush,
  colour: string,
  left: number,
  top: number,
  width: number,
  height: number,
  line: number,
) {
  brush.strokeStyle = colour
  brush.lineWidth = line
  brush.strokeRect(left + line / 2, top + line / 2, Math.max(0, width - line), Math.max(0, height - line))
}

/** Calls a function for the places of some boxes, each pixel once; narrow ones are widened so that they can be seen. */
function eachOnScreen(
  scene: Scene,
  nodes: Int32Array,
  visit: (left: number, width: number, node: number) => void,
) {
  const { profile } = scene.flame
  const { from, factor, leftEdge, rightEdge } = scaleOf(scene)
  let paintedTo = Number.NEGATIVE_INFINITY
  // The last one that starts before the screen may reach into it.
  for (let index = Math.max(0, lastStartingAtOrBefore(profile, nodes, from)); index < nodes.length; index++) {
    const node = at(nodes, index)
    const begin = at(profile.start, node)
    const left = Math.max(leftEdge, leftEdge + (begin - from) * factor)
    const right = Math.min(rightEdge, leftEdge + (begin + at(profile.weight, node) - from) * factor)
    if (left > rightEdge) return
    if (right < leftEdge || right < paintedTo) continue
    const width = Math.max(NARROWEST_MARK, right - left)
    visit(Math.min(left, rightEdge - NARROWEST_MARK), width, node)
    paintedTo = left + width
    // Many thousand marks may lie behind one another.
    const next = lastStartingAtOrBefore(profile, nodes, from + (paintedTo - leftEdge) / factor)
    if (width === NARROWEST_MARK && next > index) index = next - 1
  }
}

interface Line {
  readonly top: number
  readonly bottom: number
  readonly colour: string
}

/** Lines for boxes that are too narrow to be seen as boxes. */
function paintLines(brush: Brush, scene: Scene, nodes: Int32Array, { top, bottom, colour }: Line) {
  eachOnScreen(scene, nodes, (left, width) => {
    if (width > NARROWEST_MARK) return
    brush.fillStyle = colour
    brush.fillRect(left, top, width, bottom - top)
  })
}

const BLOCKED = SPAN_STATUSES.indexOf('blocked')
const TRUNCATED = SPAN_STATUSES.indexOf('truncated')
const DASH = 6

/** A stripe along the top edge: whole for what failed, dashed for what was blocked; what was cut short ends with one. */
function paintTroubles(brush: Brush, scene: Scene, nodes: Int32Array, top: number) {
  const { columns, span } = scene.flame.profile.tree
  eachOnScreen(scene, nodes, (left, width, node) => {
    const status = at(columns.status, at(span, node))
    const inner = Math.max(NARROWEST_MARK, width - (width > 3 ? GAP : 0))
    brush.fillStyle = status === TRUNCATED ? scene.look.warning : scene.look.error
    if (status === TRUNCATED && inner > 8)
      brush.fillRect(left + inner - STRIPE, top, STRIPE, scene.area.rowHeight - GAP)
    else if (status === BLOCKED && inner > 2 * DASH)
      for (let dash = 0; dash < inner; dash += 2 * DASH)
        brush.fillRect(left + dash, top, Math.min(DASH, inner - dash), STRIPE)
    else brush.fillRect(left, top, inner, STRIPE)
  })
}

interface Place {
  readonly left: number
  readonly top: number
  readonly width: number
}

/** Where the visible part of a box is drawn; `undefined` when none is. */
function placeOf(scene: Scene, node: number): Place | undefined {
  const { flame, viewport, area } = scene
  const box = boxOf(flame, node)
  if (box === undefined || box.end < viewport.start || box.start > viewport.end) return undefined
  const top = topOf(scene, box.row)
  if (top + area.rowHeight <= area.top || top >= area.top + area.height) return undefined
  const scale = area.width / (viewport.end - viewport.start)
  const left = Math.max(area.left, area.left + (box.start - viewport.start) * scale)
  const right = Math.min(area.left + area.width, area.left + (box.end - viewport.start) * scale)
  const width = right - left
  return { left, top, width: Math.max(1, width - (width > 3 ? GAP : 0)) }
}

function paintHovered(brush: Brush, scene: Scene, node: number) {
  const place = placeOf(scene, node)
  const colours = coloursOf(scene, node)
  if (place === undefined || colours === undefined) return
  brush.fillStyle = colours.hover
  // Below the stripe of what went wrong.
  brush.fillRect(
    place.left,
    place.top + STRIPE,
    Math.max(2, place.width),
    scene.area.rowHeight - GAP - STRIPE,
  )
  brush.fillStyle = colours.text
  const text = scene.look.labelOf(node, place.width - 2 * PADDING)
  if (text !== '')
    brush.fillText(text, place.left + PADDING, place.top + (scene.area.rowHeight - GAP) / 2 + 0.5)
}

/** Two lines, so that it shows on every colour: the page's background within the focus colour. */
function paintSelected(brush: Brush, scene: Scene, node: number) {
  const place = placeOf(scene, node)
  if (place === undefined) return
  const height = scene.area.rowHeight - GAP
  const width = Math.max(4, place.width)
  const left = Math.min(place.left, scene.area.left + scene.area.width - width)
  outlineBox(brush, scene.look.focus, left, place.top, width, height, 2)
  if (width > 8) outlineBox(brush, scene.look.background, left + 2, place.top + 2, width - 4, height - 4, 1)
}

const PIN = 6

function paintPin(brush: Brush, scene: Scene, node: number) {
  const place = placeOf(scene, node)
  if (place === undefined) return
  const left = place.left + Math.max(0, place.width - PIN - 2)
  brush.fillStyle = scene.look.background
  brush.fillRect(left - 1, place.top + 1, PIN + 2, PIN + 2)
  brush.fillStyle = scene.look.focus
  brush.fillRect(left, place.top + 2, PIN, PIN)
}
