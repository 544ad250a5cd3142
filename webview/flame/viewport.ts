// The part of the picture that is on screen, and how zooming and panning change it. Pure; fractions only.

import type { Fraction } from './layout'

export interface Viewport {
  readonly start: Fraction
  readonly end: Fraction
}

export const WHOLE: Viewport = { start: 0, end: 1 }

/** Narrower than this, 64-bit floats no longer tell neighbouring pixels apart. */
const NARROWEST = 1e-9

/** Zooms by `factor` (below 1 zooms in) and keeps what lies at `anchor` where it is. */
export function zoomAt(viewport: Viewport, anchor: Fraction, factor: number): Viewport {
  const width = Math.min(1, Math.max(NARROWEST, (viewport.end - viewport.start) * factor))
  const share = (anchor - viewport.start) / (viewport.end - viewport.start)
  return clamped(anchor - share * width, width)
}

/** Moves by `distance` of the whole picture; stops at its ends. */
export function panBy(viewport: Viewport, distance: Fraction): Viewport {
  return clamped(viewport.start + distance, viewport.end - viewport.start)
}

/** Fits a box exactly; one without width gets as much around it as can be shown. */
export function fitTo(box: Viewport): Viewport {
  const width = Math.min(1, Math.max(NARROWEST, box.end - box.start))
  return clamped((box.start + box.end) / 2 - width / 2, width)
}

/** Moves just so far that the box can be seen, or not at all. */
export function bringIntoView(viewport: Viewport, box: Viewport): Viewport {
  const width = viewport.end - viewport.start
  if (box.end > viewport.start && box.start < viewport.end) return viewport
  return box.start >= viewport.end ? clamped(box.end - width, width) : clamped(box.start, width)
}

/** A viewport part way between two, for animation; `progress` from 0 to 1. */
export function between(from: Viewport, to: Viewport, progress: number): Viewport {
  const eased = 1 - (1 - progress) ** 3
  return { start: from.start + (to.start - from.start) * eased, end: from.end + (to.end - from.end) * eased }
}

export function isWhole(viewport: Viewport): boolean {
  return viewport.start <= 0 && viewport.end >= 1
}

function clamped(start: Fraction, width: Fraction): Viewport {
  const from = Math.min(Math.max(0, start), 1 - width)
  return { start: from, end: Math.min(1, from + width) }
}
