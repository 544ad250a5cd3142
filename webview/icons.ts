// The few signs of the toolbar, as SVG in the text's colour. They say nothing alone: whatever carries one has a label.

const PATHS = {
  undo: 'M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H6',
  redo: 'M10 3l3.5 3.5L10 10m3.5-3.5H6a3.5 3.5 0 0 0 0 7h4',
  up: 'M8 13V3.5M3.5 8 8 3.5 12.5 8',
  down: 'M8 3v9.5M3.5 8 8 12.5 12.5 8',
  pin: 'M5.5 2h5l-.8 4.5L12 9H4l2.3-2.5zM8 9v5',
  close: 'M4 4l8 8m0-8-8 8',
  open: 'M4 6l4 4 4-4',
  whole: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  side: 'M2 3h12v10H2zM9.5 3v10',
} as const

export type IconName = keyof typeof PATHS

export function icon(name: IconName): SVGSVGElement {
  const svg = svgElement('svg', { viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' })
  svg.append(svgElement('path', { d: PATHS[name] }))
  return svg
}

export function svgElement<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

export function iconButton(
  name: IconName,
  label: string,
  onClick: () => void,
  keys?: string,
): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'icon-button'
  made.setAttribute('aria-label', label)
  made.title = keys === undefined ? label : `${label} (${keys})`
  made.append(icon(name))
  made.addEventListener('click', onClick)
  return made
}
