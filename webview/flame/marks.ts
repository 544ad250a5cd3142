// Draws what lies on the boxes: what must be seen however narrow it is, what went wrong, what is found, selected, pinned and pointed at.

import { at, SPAN_STATUSES } from '../../profiler-agent/profile/columns'
import type { Brush } from './brush'
import { lastStartingAtOrBefore } from './layout'
import { coloursOf, GAP, NARROWEST_MARK, PADDING, placeOf, type Scene, scaleOf } from './scene'

const STRIPE = 3

/** Calls a function for the places of some boxes, each pixel once; narrow ones are widened so that they can be seen. */
function eachOnScreen(
  scene: Scene,
  nodes: Int32Array,
  visit: (left: number, width: number, node: number) => void,
) {
  const { profile } = scene.flame
  const { start, weight } = profile
  const { from, factor, leftEdge, rightEdge } = scaleOf(scene)
  let paintedTo = Number.NEGATIVE_INFINITY
  // The last one that starts before the screen may reach into it.
  for (let index = Math.max(0, lastStartingAtOrBefore(profile, nodes, from)); index < nodes.length; index++) {
    const node = nodes[index] ?? 0
    const begin = start[node] ?? 0
    const left = Math.max(leftEdge, leftEdge + (begin - from) * factor)
    const right = Math.min(rightEdge, leftEdge + (begin + (weight[node] ?? 0) - from) * factor)
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
export function paintLines(brush: Brush, scene: Scene, nodes: Int32Array, { top, bottom, colour }: Line) {
  eachOnScreen(scene, nodes, (left, width) => {
    if (width > NARROWEST_MARK) return
    brush.fillStyle = colour
    brush.fillRect(left, top, width, bottom - top)
  })
}

const DOT = 3

/** A dotted line along the bottom edge. */
export function paintEstimates(brush: Brush, scene: Scene, nodes: Int32Array, bottom: number) {
  eachOnScreen(scene, nodes, (left, width, node) => {
    brush.fillStyle = coloursOf(scene, node)?.text ?? scene.look.foreground
    for (let dot = left + 1; dot + DOT < left + width; dot += 2 * DOT) brush.fillRect(dot, bottom - 2, DOT, 1)
  })
}

const BLOCKED = SPAN_STATUSES.indexOf('blocked')
const TRUNCATED = SPAN_STATUSES.indexOf('truncated')
const DASH = 6

/** A stripe along the top edge: whole for what failed, dashed for what was blocked; what was cut short ends with one. */
export function paintTroubles(brush: Brush, scene: Scene, nodes: Int32Array, top: number) {
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

export function paintHovered(brush: Brush, scene: Scene, node: number) {
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
export function paintSelected(brush: Brush, scene: Scene, node: number) {
  const place = placeOf(scene, node)
  if (place === undefined) return
  const height = scene.area.rowHeight - GAP
  const width = Math.max(4, place.width)
  const left = Math.min(place.left, scene.area.left + scene.area.width - width)
  outlineBox(brush, scene.look.focus, left, place.top, width, height, 2)
  if (width > 8) outlineBox(brush, scene.look.background, left + 2, place.top + 2, width - 4, height - 4, 1)
}

const PIN = 6

export function paintPin(brush: Brush, scene: Scene, node: number) {
  const place = placeOf(scene, node)
  if (place === undefined) return
  const left = place.left + Math.max(0, place.width - PIN - 2)
  brush.fillStyle = scene.look.background
  brush.fillRect(left - 1, place.top + 1, PIN + 2, PIN + 2)
  brush.fillStyle = scene.look.focus
  brush.fillRect(left, place.top + 2, PIN, PIN)
}

export function outlineBox(
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

const THUMB = 4
const MINIMAL_THUMB = 12
/** So many pixels are missing by rounding. */
const NOT_WORTH_SCROLLING = 6

/** Which part of the rows is shown, at the right edge; `contentHeight` is the height of all of them. */
export function paintScrollThumb(brush: Brush, { area, look }: Scene, contentHeight: number) {
  if (contentHeight - area.height < NOT_WORTH_SCROLLING) return
  const share = area.height / contentHeight
  const top = area.top + area.scrollTop * share
  brush.fillStyle = look.background
  brush.fillRect(area.left + area.width - THUMB - 2, area.top, THUMB + 2, area.height)
  brush.fillStyle = look.muted
  brush.fillRect(area.left + area.width - THUMB, top, THUMB, Math.max(MINIMAL_THUMB, area.height * share))
}

/** Which part of the whole is on screen, as a line between axis and rows. */
export function paintZoomThumb(brush: Brush, { area, look, viewport }: Scene) {
  const share = viewport.end - viewport.start
  if (share >= 1) return
  const width = Math.max(MINIMAL_THUMB, share * area.width)
  const left = Math.min(viewport.start * area.width, area.width - width)
  brush.fillStyle = look.grid
  brush.fillRect(area.left, area.top - 3, area.width, 2)
  brush.fillStyle = look.focus
  brush.fillRect(area.left + left, area.top - 3, width, 2)
}
