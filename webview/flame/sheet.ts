// The picture as a sheet to save: title, axis, all rows (also those that are scrolled out of sight) and what the colours mean.

import type { Brush } from './brush'
import { paintFlame } from './paint'
import type { Scene } from './scene'

export interface Tick {
  /** CSS pixels from the left edge of the picture. */
  readonly x: number
  readonly text: string
}

export interface Sheet {
  readonly title: string
  readonly scene: Scene
  readonly ticks: readonly Tick[]
  readonly legend: readonly { readonly fill: string; readonly word: string }[]
}

const MARGIN = 12
const TITLE_HEIGHT = 32
const AXIS_HEIGHT = 20
const LEGEND_LINE = 20
const SWATCH = 10

export interface Size {
  readonly width: number
  readonly height: number
}

export function sizeOf(sheet: Sheet): Size {
  const { area } = sheet.scene
  const places = legendPlaces(sheet)
  const legendHeight = places.length === 0 ? 0 : (places.at(-1)?.line ?? 0) * LEGEND_LINE + LEGEND_LINE
  return {
    width: Math.ceil(area.width + 2 * MARGIN),
    height: TITLE_HEIGHT + AXIS_HEIGHT + rowsHeight(sheet) + legendHeight + 2 * MARGIN,
  }
}

export function paintSheet(brush: Brush, sheet: Sheet) {
  const { scene, title } = sheet
  const { look } = scene
  const { width, height } = sizeOf(sheet)
  brush.fillStyle = look.background
  brush.fillRect(0, 0, width, height)
  brush.font = look.font
  brush.textBaseline = 'middle'
  brush.textAlign = 'left'
  brush.fillStyle = look.foreground
  brush.fillText(title, MARGIN, TITLE_HEIGHT / 2 + 2)
  paintTicks(brush, sheet)
  const top = TITLE_HEIGHT + AXIS_HEIGHT
  const area = { ...scene.area, left: MARGIN, top, height: rowsHeight(sheet), scrollTop: 0 }
  paintFlame(brush, { ...scene, area, hovered: undefined })
  paintLegend(brush, sheet, top + rowsHeight(sheet) + MARGIN)
}

function rowsHeight({ scene }: Sheet): number {
  return scene.flame.rows.length * scene.area.rowHeight
}

function paintTicks(brush: Brush, sheet: Sheet) {
  const { look } = sheet.scene
  for (const { x, text } of sheet.ticks) {
    brush.fillStyle = look.grid
    brush.fillRect(MARGIN + x, TITLE_HEIGHT + AXIS_HEIGHT - 4, 1, rowsHeight(sheet) + 4)
    brush.fillStyle = look.muted
    const half = look.measure(text) / 2
    const left = Math.min(Math.max(0, x - half), sheet.scene.area.width - 2 * half)
    brush.fillText(text, MARGIN + left, TITLE_HEIGHT + AXIS_HEIGHT / 2 - 2)
  }
}

function paintLegend(brush: Brush, sheet: Sheet, top: number) {
  for (const { fill, word, left, line } of legendPlaces(sheet)) {
    const middle = top + line * LEGEND_LINE + LEGEND_LINE / 2
    brush.fillStyle = fill
    brush.fillRect(left, middle - SWATCH / 2, SWATCH, SWATCH)
    brush.fillStyle = sheet.scene.look.foreground
    brush.fillText(word, left + SWATCH + 5, middle)
  }
}

/** From left to right, as many lines as it takes. */
function legendPlaces({ legend, scene }: Sheet) {
  let left = MARGIN
  let line = 0
  return legend.map(({ fill, word }) => {
    const width = SWATCH + 5 + Math.ceil(scene.look.measure(word)) + 16
    if (left > MARGIN && left + width > scene.area.width + MARGIN) {
      left = MARGIN
      line++
    }
    const place = { fill, word, left, line }
    left += width
    return place
  })
}
