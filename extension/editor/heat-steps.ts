// How hot a line is in its run, in five steps, and how a step looks in the gutter. Knows no VS Code.

export const HEAT_STEPS = [1, 2, 3, 4, 5] as const
export type HeatStep = (typeof HEAT_STEPS)[number]

/** What VS Code draws with: high contrast has themes of its own. */
export type Look = 'dark' | 'light' | 'highContrast' | 'highContrastLight'

/** The least share of a run's cost that a step begins with. */
const LEAST_SHARE: Readonly<Record<HeatStep, number>> = { 1: 0, 2: 0.03, 3: 0.1, 4: 0.25, 5: 0.5 }

/** The same colours stand in package.json for the ruler, where users can change them (`costflame.heat1` …). */
export const HEAT_COLOURS: Readonly<Record<Look, Readonly<Record<HeatStep, string>>>> = {
  dark: { 1: '#9c8f74', 2: '#cca747', 3: '#e0893b', 4: '#ee6a33', 5: '#f54d3d' },
  light: { 1: '#a08f6c', 2: '#b8860b', 3: '#d9700f', 4: '#cf4a12', 5: '#b81f10' },
  highContrast: { 1: '#d8c78f', 2: '#ffd24a', 3: '#ff9d42', 4: '#ff7a3c', 5: '#ff5a4f' },
  highContrastLight: { 1: '#6b5f3d', 2: '#7a5600', 3: '#8f4700', 4: '#9c2f00', 5: '#a80000' },
}

/** A step reads by its size as well: colours alone do not tell everybody. */
const SCALES: Readonly<Record<HeatStep, number>> = { 1: 0.6, 2: 0.7, 3: 0.8, 4: 0.9, 5: 1 }

/** The outline of media/costflame.svg, in its box of 24. */
const FLAME =
  'M12.6 1.5c.6 3.1-.8 5.2-2.5 7.2-1.8 2.1-3.9 4.1-3.9 7.1A5.9 5.9 0 0 0 12.1 22a5.9 5.9 0 0 0 5.8-6.2c0-2.1-.9-3.8-2.1-5.4-.2 1.3-.8 2.2-1.8 2.8.7-3.8.5-8.2-1.4-11.7z'
const BOX = 24
const BOTTOM = 22

/** `undefined` for a line that cost nothing, or of which it is not known: no mark says less than a wrong one. */
export function heatStep(share: number | null): HeatStep | undefined {
  if (share === null || share <= 0) return undefined
  return HEAT_STEPS.findLast((step) => share >= LEAST_SHARE[step])
}

/** A flame as SVG: filled, or its outline alone where the code is another one than was measured. */
export function heatIcon(step: HeatStep, look: Look, isChanged: boolean): string {
  const scale = SCALES[step]
  const place = `translate(${(BOX / 2) * (1 - scale)} ${BOTTOM * (1 - scale)}) scale(${scale})`
  const colour = HEAT_COLOURS[look][step]
  const paint = isChanged
    ? `fill="none" stroke="${colour}" stroke-width="${1.7 / scale}"`
    : `fill="${colour}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 ${BOX} ${BOX}"><path transform="${place}" ${paint} d="${FLAME}"/></svg>`
}
