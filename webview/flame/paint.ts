// Draws the boxes of a flame that are on screen. It decides nothing: colours and texts are handed in, and what is drawn with is a `Brush`.
// Its cost grows with the pixels on screen, not with the boxes: of what lies within one pixel only one box is looked at.

import type { Profile } from '../../profiler-agent/profile/profile'
import type { Brush } from './brush'
import { lastStartingAtOrBefore } from './layout'
import {
  outlineBox,
  paintEstimates,
  paintHovered,
  paintLines,
  paintPin,
  paintSelected,
  paintTroubles,
} from './marks'
import { coloursOf, GAP, PADDING, type Scene, scaleOf, topOf } from './scene'

/** Narrower than this, a box is painted as a line without a gap beside it. */
const NARROW = 1
/** Narrower boxes would be all outline. */
const NARROWEST_OUTLINE = 8
/** Height of the mark of a call without width. */
const TICK = 4

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
    paintLines(brush, scene, row.ticks, { top: bottom - TICK, bottom, colour: scene.look.muted })
    const found = scene.found?.boxes[index]
    if (found !== undefined) paintLines(brush, scene, found, { top, bottom, colour: scene.look.focus })
    paintEstimates(brush, scene, row.estimates, bottom)
    paintTroubles(brush, scene, row.troubles, top)
  }
  if (scene.hovered !== undefined) paintHovered(brush, scene, scene.hovered)
  if (scene.selected !== undefined) paintSelected(brush, scene, scene.selected)
  for (const node of scene.pinned) paintPin(brush, scene, node)
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

function paintBoxes(brush: Brush, scene: Scene, nodes: Int32Array, top: number) {
  const { profile } = scene.flame
  const { start, weight } = profile
  const { from, factor, leftEdge, rightEdge } = scaleOf(scene)
  const run = new Run(brush, top, scene.area.rowHeight - GAP)
  let paintedTo = Number.NEGATIVE_INFINITY
  let step = 1
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
    const next = nextBeyond(profile, nodes, { index, step }, from + (pixel + 1 - leftEdge) / factor)
    // Neighbouring pixels hold about as many.
    step = Math.max(1, (next - index) >> 1)
    index = next
  }
  run.end()
}

interface Jump {
  readonly index: number
  /** How far to look at first. */
  readonly step: number
}

/** The first index after a jump begins whose box ends beyond `limit`; in steps that double, then halves. */
function nextBeyond({ start, weight }: Profile, nodes: Int32Array, jump: Jump, limit: number): number {
  const endsBefore = (each: number) => {
    const node = nodes[each] ?? 0
    return (start[node] ?? 0) + (weight[node] ?? 0) <= limit
  }
  let step = jump.step
  let low = jump.index + 1
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
  if (look.outline !== undefined && inner >= NARROWEST_OUTLINE)
    outlineBox(brush, look.outline, left, top, inner, height, 1)
  paintLabel(brush, scene, node, left, top, inner)
}

function paintLabel(brush: Brush, scene: Scene, node: number, left: number, top: number, width: number) {
  const text = scene.look.labelOf(node, width - 2 * PADDING)
  if (text === '') return
  const colours = coloursOf(scene, node)
  brush.fillStyle = isDim(scene, node) ? colours?.dimText : colours?.text
  brush.fillText(text, left + PADDING, top + (scene.area.rowHeight - GAP) / 2 + 0.5)
}
