// What the flame graph is asked to show, and what follows from it: how boxes look, and where a changed picture begins.

import type { SpanStatus } from '../../profiler-agent/model/span'
import { at, SPAN_STATUSES } from '../../profiler-agent/profile/columns'
import type { Profile } from '../../profiler-agent/profile/profile'
import { NO_PART, type Tree } from '../../profiler-agent/profile/tree'
import { durationText, nameOf, valueText } from '../labels'
import { BoxLabels } from './box-label'
import type { Colouring } from './colouring'
import { boxOf, type Flame, markedBoxes } from './layout'
import type { Theme } from './palette'
import type { Found, Look } from './scene'
import { fitTo, isWhole, type Viewport, WHOLE } from './viewport'

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
  /** Stands above the picture where it is saved; absent: the name of the run. */
  readonly title?: string | undefined
}

export function lookOf(
  { profile, colours, textOf }: Picture,
  theme: Theme,
  measure: (text: string, font: string) => number,
): Look {
  const font = `${theme.fontSize - 1}px ${theme.font}`
  const widthOf = (text: string) => measure(text, font)
  const value = textOf ?? ((node: number) => defaultValue(profile, node))
  const labels = new BoxLabels(
    (node) => ({ name: signOf(profile.tree, node) + nameOf(profile.tree, node), value: value(node) }),
    widthOf,
  )
  return {
    ...theme,
    font,
    colours: colours.hues.map(theme.coloursOf),
    hueOf: colours.hueOf,
    labelOf: (node, room) => labels.fitting(node, room),
    measure: widthOf,
  }
}

const SIGNS: Readonly<Record<SpanStatus, string>> = {
  ok: '',
  error: '✕ ',
  aborted: '✕ ',
  blocked: '⊘ ',
  truncated: '⋯ ',
}

/** What went wrong with the one span that a box stands for, also for whoever sees no colours. */
function signOf({ columns, span, nodeOf, part }: Tree, node: number): string {
  const own = at(span, node)
  if (own < 0 || at(nodeOf, own) !== node || at(part, node) !== NO_PART) return ''
  return SIGNS[SPAN_STATUSES[at(columns.status, own)] ?? 'ok']
}

function defaultValue({ tree, unit, inTime }: Profile, node: number): string {
  return inTime ? durationText(tree, node) : valueText(tree, node, unit)
}

export function foundIn(flame: Flame, { highlighted }: Picture): Found | undefined {
  return highlighted === undefined ? undefined : { mask: highlighted, boxes: markedBoxes(flame, highlighted) }
}

/** What of a picture that was shown before is shown now. `covering`: the node that filled the screen. */
export function placeInChanged(
  flame: Flame,
  before: Profile,
  shown: Viewport,
  covering: number | undefined,
): Viewport {
  const now = flame.profile
  if (now.unit === before.unit) return carriedOver(shown, before, now)
  const box = covering === undefined || now.tree !== before.tree ? undefined : boxOf(flame, covering)
  return box === undefined ? WHOLE : fitTo(box)
}

/** What lay at $0.02 lies there still after the run has grown. */
function carriedOver(shown: Viewport, before: Profile, now: Profile): Viewport {
  if (isWhole(shown) || now.total === 0) return WHOLE
  const grown = before.total / now.total
  return { start: Math.min(0.999, shown.start * grown), end: Math.min(1, shown.end * grown) }
}
