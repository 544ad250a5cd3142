// Parts of prompts below the calls that are on screen, for runs that have too many to be sent with them: asked for when the picture
// stands still, kept, and painted where they would lie in the tree.

import type { Segment } from '../../profiler-agent/model/span'
import { at, Flag, hasFlag, spanId } from '../../profiler-agent/profile/columns'
import type { Unit } from '../../profiler-agent/profile/measures'
import type { Profile } from '../../profiler-agent/profile/profile'
import { NO_PART } from '../../profiler-agent/profile/tree'
import { kindWord } from '../labels'
import { shortened } from './box-label'
import type { Brush } from './brush'
import { boxOf, type Flame, lastStartingAtOrBefore } from './layout'
import { type BoxColours, type Hue, hueOfKind, STRENGTH } from './palette'
import { placeOf, type Scene } from './scene'

/** Narrower calls are not asked for: nobody could see their parts. */
const NARROWEST = 12
const MOST_ASKED = 200
const MOST_LOOKED_AT = 2000
const MOST_KEPT = 5000
/** So long nothing may have moved. */
const REST_MS = 120
const PADDING = 5

export type AskForParts = (spanIds: readonly string[]) => Promise<readonly (readonly Segment[])[]>

/** Of the theme what is needed here. */
interface Hues {
  readonly coloursOf: (hue: Hue) => BoxColours
}

export class PartsOnScreen {
  readonly #bySpan = new Map<number, readonly Segment[]>()
  #profile: Profile | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `arrived` is told when there is more to paint. */
  constructor(
    private readonly ask: AskForParts,
    private readonly arrived: () => void,
  ) {}

  /** Whether there are parts to see at all that the profile's tree has not got. */
  static hasRoom({ tree, inTime, unit }: Profile): boolean {
    return tree.columns.parts === undefined && !inTime && unit !== 'time' && unit !== 'avoidable'
  }

  /** To be told of each picture that is drawn. */
  paint(brush: Brush, scene: Scene, theme: Hues) {
    const { profile } = scene.flame
    if (this.#profile?.tree.columns !== profile.tree.columns) this.#bySpan.clear()
    this.#profile = profile
    if (!PartsOnScreen.hasRoom(profile)) return
    const missing: number[] = []
    for (const node of callsOnScreen(scene)) {
      const span = at(profile.tree.span, node)
      const parts = this.#bySpan.get(span)
      if (parts === undefined) missing.push(span)
      else paintParts(brush, scene, theme, node, parts)
    }
    this.#askSoon(profile, missing)
  }

  /** Whether what is seen below a node are parts of it. */
  isBelowCall({ profile }: Flame, node: number | undefined): boolean {
    return node !== undefined && PartsOnScreen.hasRoom(profile) && isCallWithoutParts(profile, node)
  }

  #askSoon(profile: Profile, missing: readonly number[]) {
    clearTimeout(this.#timer)
    if (missing.length > 0) this.#timer = setTimeout(() => this.#askFor(profile, missing), REST_MS)
  }

  #askFor({ tree }: Profile, spans: readonly number[]) {
    const { columns } = tree
    this.ask(spans.map((span) => spanId(columns, span))).then(
      (segments) => {
        if (this.#profile?.tree.columns !== columns) return
        if (this.#bySpan.size > MOST_KEPT) this.#bySpan.clear()
        for (const [index, span] of spans.entries()) this.#bySpan.set(span, segments[index] ?? [])
        this.arrived()
      },
      // Nobody can say: the calls stay the last row.
      () => {
        for (const span of spans) this.#bySpan.set(span, [])
      },
    )
  }
}

/** Calls that are wide enough, of all rows; none while there are too many of them. */
function callsOnScreen(scene: Scene): readonly number[] {
  const { flame, viewport, area } = scene
  const { profile } = flame
  const narrowest = (NARROWEST / area.width) * (viewport.end - viewport.start) * profile.total
  const found: number[] = []
  const [from, to] = [viewport.start * profile.total, viewport.end * profile.total]
  for (const { nodes } of flame.rows) {
    const first = Math.max(0, lastStartingAtOrBefore(profile, nodes, from))
    const last = lastStartingAtOrBefore(profile, nodes, to)
    // A row of many boxes is a row of narrow ones: none of them has to be looked at.
    if (last - first > MOST_LOOKED_AT) continue
    for (const node of nodes.subarray(first, last + 1))
      if (at(profile.weight, node) >= narrowest && isCallWithoutParts(profile, node)) found.push(node)
    if (found.length > MOST_ASKED) return []
  }
  return found
}

function isCallWithoutParts({ tree }: Profile, node: number): boolean {
  const span = at(tree.span, node)
  if (span < 0 || at(tree.nodeOf, span) !== node || at(tree.part, node) !== NO_PART) return false
  return hasFlag(tree.columns, span, Flag.call) && at(tree.subtreeEnd, node) === node + 1
}

function paintParts(brush: Brush, scene: Scene, theme: Hues, node: number, parts: readonly Segment[]) {
  const { flame, viewport, area } = scene
  const box = boxOf(flame, node)
  const place = placeOf(scene, node)
  const total = at(flame.profile.weight, node)
  if (box === undefined || place === undefined || total === 0) return
  const pixels = (area.width / (viewport.end - viewport.start)) * ((box.end - box.start) / total)
  const top = place.top + area.rowHeight
  let left = area.left + (box.start - viewport.start) * (area.width / (viewport.end - viewport.start))
  for (const part of parts) {
    const width = shareOf(part, flame.profile.unit) * pixels
    paintPart(brush, scene, theme, { part, left, top, width })
    left += width
  }
}

interface PartPlace {
  readonly part: Segment
  readonly left: number
  readonly top: number
  readonly width: number
}

function paintPart(brush: Brush, { area, look }: Scene, theme: Hues, { part, left, top, width }: PartPlace) {
  const from = Math.max(area.left, left)
  const inner = Math.min(area.left + area.width, left + width) - from - (width > 3 ? 1 : 0)
  if (inner < 0.5) return
  const strength = part.cache === 'read' ? STRENGTH.faint : STRENGTH.part
  const colours = theme.coloursOf({ name: hueOfKind(part.kind), strength })
  brush.fillStyle = colours.fill
  brush.fillRect(from, top, inner, area.rowHeight - 1)
  const text = shortened(part.name ?? kindWord(part.kind), inner - 2 * PADDING, look.measure)
  if (text === '') return
  brush.fillStyle = colours.text
  brush.fillText(text, from + PADDING, top + (area.rowHeight - 1) / 2 + 0.5)
}

/** Shares of the call's own value, as far as the unit is shared out. */
function shareOf(part: Segment, unit: Unit): number {
  if (unit === 'cost') return part.picoUsd ?? 0
  if (unit === 'tokens') return part.tokens
  if (unit === 'cacheWriteTokens') return part.cache === 'write' ? part.tokens : 0
  return part.kind === 'output' || part.cache === 'read' || part.cache === 'write' ? 0 : part.tokens
}
