// The colours of the picture, read from the page's style (which takes them from the editor's theme) and made legible.

import { type BoxColours, HUES, type Hue, type HueName, type Theme } from './palette'

/** Red, green, blue from 0 to 255. */
type Rgb = readonly [number, number, number]

export type { Theme } from './palette'

/** Reads the theme that is in force now; to be read again when the theme changes. */
export function readTheme(page: HTMLElement): Theme {
  const probe = new ColourProbe(page)
  const background = probe.read('--cf-background')
  const foreground = probe.read('--cf-foreground')
  const style = getComputedStyle(page)
  const theme: Theme = {
    background: css(background),
    foreground: css(foreground),
    muted: css(probe.read('--cf-muted')),
    // Not a property of the page: with forced colours, all of those are as bright as text.
    grid: css(mix(background, foreground, 0.1)),
    focus: css(probe.read('--cf-focus')),
    error: css(probe.read('--cf-error')),
    warning: css(probe.read('--cf-warning')),
    font: style.fontFamily,
    fontSize: Number.parseFloat(style.fontSize) || 13,
    outline: isHighContrast(page) ? css(probe.read('--cf-contrast-border')) : undefined,
    coloursOf: rememberedColours(background, foreground, isHighContrast(page) ? 1.12 : 1),
  }
  probe.remove()
  return theme
}

/** `more`: how much stronger than usual fills are. */
function rememberedColours(background: Rgb, foreground: Rgb, more: number): (hue: Hue) => BoxColours {
  const known = new Map<string, BoxColours>()
  return ({ name, strength }) => {
    const key = `${name} ${strength}`
    const colours =
      known.get(key) ?? boxColours(rgbOf(name), background, foreground, Math.min(1, strength * more))
    known.set(key, colours)
    return colours
  }
}

function rgbOf(name: HueName): Rgb {
  const [, red = '', green = '', blue = ''] = /^#(..)(..)(..)$/.exec(HUES[name]) ?? []
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)]
}

function isHighContrast(page: HTMLElement): boolean {
  return page.classList.contains('vscode-high-contrast') || matchMedia('(forced-colors: active)').matches
}

function boxColours(hue: Rgb, background: Rgb, foreground: Rgb, strength: number): BoxColours {
  const fill = mix(background, hue, strength)
  const isLight = luminance(background) > 0.4
  return {
    fill: css(fill),
    hover: css(mix(fill, isLight ? [0, 0, 0] : [255, 255, 255], 0.14)),
    text: css(legibleOn(fill)),
    dim: css(mix(background, hue, strength * 0.16)),
    dimText: css(mix(background, foreground, 0.45)),
  }
}

const INK: Rgb = [17, 17, 20]
const PAPER: Rgb = [255, 255, 255]

/** Whichever of dark and light text has more contrast (WCAG). */
function legibleOn(fill: Rgb): Rgb {
  return contrast(fill, INK) >= contrast(fill, PAPER) ? INK : PAPER
}

function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map((part) =>
    Math.round((from[part] ?? 0) + ((to[part] ?? 0) - (from[part] ?? 0)) * share),
  ) as unknown as Rgb
}

function css(colour: Rgb): string {
  return `rgb(${colour.join(', ')})`
}

/** Has the browser work out a custom property to a colour, whatever it is written in, by painting one pixel with it. */
class ColourProbe {
  private readonly element: HTMLElement
  private readonly pixel: CanvasRenderingContext2D | null

  constructor(page: HTMLElement) {
    this.element = page.ownerDocument.createElement('span')
    this.element.hidden = true
    page.append(this.element)
    const canvas = page.ownerDocument.createElement('canvas')
    canvas.width = 1
    canvas.height = 1
    this.pixel = canvas.getContext('2d', { willReadFrequently: true })
  }

  remove() {
    this.element.remove()
  }

  read(property: string): Rgb {
    this.element.style.color = `var(${property})`
    if (this.pixel === null) return [128, 128, 128]
    // Colours with alpha lie on the editor's background.
    for (const colour of ['var(--cf-background)', `var(${property})`]) {
      this.element.style.color = colour
      this.pixel.fillStyle = getComputedStyle(this.element).color
      this.pixel.fillRect(0, 0, 1, 1)
    }
    const [red = 0, green = 0, blue = 0] = this.pixel.getImageData(0, 0, 1, 1).data
    return [red, green, blue]
  }
}
