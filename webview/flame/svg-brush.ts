// A brush that writes SVG: what is painted with it is the same picture as on the canvas, as text.

import type { Brush } from './brush'

export class SvgBrush implements Brush {
  fillStyle: unknown = '#000'
  strokeStyle: unknown = '#000'
  lineWidth = 1
  font = ''
  textBaseline: unknown = 'middle'
  textAlign: unknown = 'left'
  readonly #elements: string[] = []

  fillRect(x: number, y: number, width: number, height: number) {
    this.#elements.push(`<rect ${rect(x, y, width, height)} fill="${attribute(this.fillStyle)}"/>`)
  }

  strokeRect(x: number, y: number, width: number, height: number) {
    const stroke = `stroke="${attribute(this.strokeStyle)}" stroke-width="${this.lineWidth}"`
    this.#elements.push(`<rect ${rect(x, y, width, height)} fill="none" ${stroke}/>`)
  }

  fillText(text: string, x: number, y: number) {
    const anchor = this.textAlign === 'center' ? ' text-anchor="middle"' : ''
    const style = `fill="${attribute(this.fillStyle)}" style="font:${attribute(this.font)};white-space:pre"`
    const place = `x="${short(x)}" y="${short(y)}" dominant-baseline="central"${anchor}`
    this.#elements.push(`<text ${place} ${style}>${escaped(text)}</text>`)
  }

  /** The whole document. `title` is read out by screen readers and shown as its name. */
  document(width: number, height: number, title: string): string {
    const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
      `<title>${escaped(title)}</title>`,
      ...this.#elements,
      '</svg>',
      '',
    ].join('\n')
  }
}

function rect(x: number, y: number, width: number, height: number): string {
  return `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`
}

/** Hundredths of a pixel are enough. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100)
}

function attribute(value: unknown): string {
  return escaped(String(value)).replaceAll('"', '&quot;')
}

/** Characters that XML does not allow at all would make the file unreadable. */
function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .toWellFormed()
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  )
}
