// What is painted, and where on the screen it lies.

import { boxOf, type Flame } from './layout'
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
  readonly grid: string
  readonly foreground: string
  /** Around each box, in high contrast. */
  readonly outline: string | undefined
  readonly labelOf: (node: number, room: number) => string
  /** Width of a text in `font`, in CSS pixels. */
  readonly measure: (text: string) => number
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

/** Between boxes, and between rows. */
export const GAP = 1
/** Left and right of a label. */
export const PADDING = 5
/** What must be seen however narrow it is. */
export const NARROWEST_MARK = 2

/** Where a row begins, in CSS pixels. */
export function topOf({ area }: Scene, row: number): number {
  return area.top + row * area.rowHeight - area.scrollTop
}

/** How places of a profile, in its unit, become CSS pixels. */
export interface Scale {
  /** What is at the left edge. */
  readonly from: number
  /** Pixels per unit. */
  readonly factor: number
  readonly leftEdge: number
  readonly rightEdge: number
}

export function scaleOf({ flame, viewport, area }: Scene): Scale {
  const { total } = flame.profile
  return {
    from: viewport.start * total,
    factor: area.width / ((viewport.end - viewport.start) * total),
    leftEdge: area.left,
    rightEdge: area.left + area.width,
  }
}

export function coloursOf({ look }: Scene, node: number): BoxColours | undefined {
  return look.colours[look.hueOf[node] ?? 0]
}

export interface Place {
  readonly left: number
  readonly top: number
  readonly width: number
}

/** Where the visible part of a box is drawn; `undefined` when none is. */
export function placeOf(scene: Scene, node: number): Place | undefined {
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
