// A sheet as a file: SVG text, or a PNG as a data URL.

import { paintSheet, type Sheet, sizeOf } from './sheet'
import { SvgBrush } from './svg-brush'

/** Browsers draw nothing on canvases with longer sides. */
const LARGEST_CANVAS = 16_000

export function svgOf(sheet: Sheet): string {
  const brush = new SvgBrush()
  paintSheet(brush, sheet)
  const { width, height } = sizeOf(sheet)
  return brush.document(width, height, sheet.title)
}

/** At least two pixels for one of CSS, as far as a canvas can be so large. `undefined` where the browser gives no canvas. */
export function pngOf(sheet: Sheet): string | undefined {
  const { width, height } = sizeOf(sheet)
  const scale = Math.min(Math.max(2, devicePixelRatio), LARGEST_CANVAS / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.floor(width * scale)
  canvas.height = Math.floor(height * scale)
  const brush = canvas.getContext('2d')
  if (brush === null) return undefined
  brush.scale(scale, scale)
  paintSheet(brush, sheet)
  return canvas.toDataURL('image/png')
}
