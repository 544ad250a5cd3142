// Sheets as a file, one below the other: SVG text, or a PNG as a data URL.

import { paintSheet, type Sheet, type Size, sizeOf } from './sheet'
import { SvgBrush } from './svg-brush'

/** Browsers draw nothing on canvases with longer sides. */
const LARGEST_CANVAS = 16_000

export function svgOf(first: Sheet, ...more: readonly Sheet[]): string {
  if (more.length === 0) return documentOf(first)
  const { width, height } = sizeOfAll([first, ...more])
  let top = 0
  const parts = [first, ...more].map((sheet) => {
    const part = documentOf(sheet).replace('<svg ', `<svg y="${top}" `)
    top += sizeOf(sheet).height
    return part
  })
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${parts.join('')}</svg>\n`
}

function documentOf(sheet: Sheet): string {
  const brush = new SvgBrush()
  paintSheet(brush, sheet)
  const { width, height } = sizeOf(sheet)
  return brush.document(width, height, sheet.title)
}

/** At least two pixels for one of CSS, as far as a canvas can be so large. `undefined` where the browser gives no canvas. */
export function pngOf(...sheets: readonly Sheet[]): string | undefined {
  const { width, height } = sizeOfAll(sheets)
  const scale = Math.min(Math.max(2, devicePixelRatio), LARGEST_CANVAS / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.floor(width * scale)
  canvas.height = Math.floor(height * scale)
  const brush = canvas.getContext('2d')
  if (brush === null) return undefined
  brush.scale(scale, scale)
  for (const sheet of sheets) {
    paintSheet(brush, sheet)
    brush.translate(0, sizeOf(sheet).height)
  }
  return canvas.toDataURL('image/png')
}

function sizeOfAll(sheets: readonly Sheet[]): Size {
  const sizes = sheets.map(sizeOf)
  return {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: sizes.reduce((sum, { height }) => sum + height, 0),
  }
}
