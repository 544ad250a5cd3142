// Draws the boxes of a flame that are on screen onto a 2D context. It decides nothing: colours and texts are handed in.

import { at } from '../../profiler-agent/profile/tree'
import { lastStartingAtOrBefore } from './hit-test'
import type { FlameRow } from './layout'
import type { Viewport } from './viewport'

/** What painting needs of a canvas context, without the DOM's types; tests hand in one that keeps a log. */
export interface Brush {
  fillStyle: unknown
  strokeStyle: unknown
  lineWidth: number
  font: string
  textBaseline: unknown
  fillRect(x: number, y: number, width: number, height: number): void
  strokeRect(x: number, y: number, width: number, height: number): void
  fillText(text: string, x: number, y: number): void
  measureText(text: string): { readonly width: number }
}

export interface BoxLook {
  readonly fill: string
  readonly text: string
  readonly label: string
  /** A stripe along the top edge, for what went wrong. */
  readonly stripe?: string
  readonly outline?: string
}

/** CSS pixels. `scrollTop` is how far the rows are scrolled up. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly rowHeight: number
  readonly scrollTop: number
}

export interface Scene {
  readonly rows: readonly FlameRow[]
  readonly viewport: Viewport
  readonly area: Area
  readonly font: string
  readonly lookOf: (node: number) => BoxLook
  readonly selected: number | undefined
  readonly focusColour: string
}

const GAP = 1
const PADDING = 5
/** A label needs room for about three letters, else it is noise. */
const NARROWEST_LABEL = 26

export function paintFlame(brush: Brush, scene: Scene) {
  const { area } = scene
  brush.font = scene.font
  brush.textBaseline = 'middle'
  const first = Math.max(0, Math.floor(area.scrollTop / area.rowHeight))
  const last = Math.min(scene.rows.length, Math.ceil((area.scrollTop + area.height) / area.rowHeight))
  for (let index = first; index < last; index++) {
    const row = scene.rows[index]
    if (row !== undefined) paintRow(brush, scene, row, area.top + index * area.rowHeight - area.scrollTop)
  }
}

function paintRow(brush: Brush, scene: Scene, row: FlameRow, top: number) {
  const { viewport, area } = scene
  const scale = area.width / (viewport.end - viewport.start)
  const rightEdge = area.left + area.width
  let paintedTo = Number.NEGATIVE_INFINITY
  for (let index = firstOnScreen(row, viewport); index < row.start.length; index++) {
    const left = Math.max(area.left, area.left + (at(row.start, index) - viewport.start) * scale)
    if (left > rightEdge || at(row.start, index) >= viewport.end) break
    const right = Math.min(rightEdge, area.left + (at(row.end, index) - viewport.start) * scale)
    // Boxes that end within the pixel that is painted already cannot be seen: 100,000 of them cost nothing.
    if (right - paintedTo < 0.5 && right - left < 1) continue
    paintedTo = Math.max(right, left + 1)
    paintBox(brush, scene, at(row.node, index), left, top, right - left)
  }
}

/** The box that the left edge cuts, or the first one to the right of it. */
function firstOnScreen(row: FlameRow, viewport: Viewport): number {
  return Math.max(0, lastStartingAtOrBefore(row, viewport.start))
}

function paintBox(brush: Brush, scene: Scene, node: number, left: number, top: number, width: number) {
  const look = scene.lookOf(node)
  const height = scene.area.rowHeight - GAP
  const inner = Math.max(1, width - (width > 3 ? GAP : 0))
  if (width < 0) return
  brush.fillStyle = look.fill
  brush.fillRect(left, top, inner, height)
  if (look.stripe !== undefined) {
    brush.fillStyle = look.stripe
    brush.fillRect(left, top, inner, 3)
  }
  if (look.outline !== undefined) outlineBox(brush, look.outline, left, top, inner, height, 1)
  if (node === scene.selected) outlineBox(brush, scene.focusColour, left, top, inner, height, 2)
  paintLabel(brush, look, left + PADDING, top + height / 2 + 0.5, inner - 2 * PADDING)
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
  brush.strokeRect(left + line / 2, top + line / 2, Math.max(0, width - line), height - line)
}

function paintLabel(brush: Brush, look: BoxLook, left: number, middle: number, room: number) {
  if (room + 2 * PADDING < NARROWEST_LABEL) return
  const text = shortened(look.label, room, (part) => brush.measureText(part).width)
  if (text === '') return
  brush.fillStyle = look.text
  brush.fillText(text, left, middle)
}

/** The text, or as much of its beginning as fits with an ellipsis; nothing when not even two letters do. Never cuts a letter in two. */
export function shortened(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text
  const letters = Array.from(text)
  let low = 0
  let high = letters.length
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (widthOf(`${letters.slice(0, middle).join('')}…`) <= room) low = middle
    else high = middle - 1
  }
  return low < 2 ? '' : `${letters.slice(0, low).join('')}…`
}
