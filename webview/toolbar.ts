// The bar above the flame graph: which unit the widths are in, where one has zoomed to, and the way back.

import type { ProfileUnit } from '../profiler-agent/profile/profile'
import { at, type RunTree } from '../profiler-agent/profile/tree'
import { button, element } from './element'
import { nameOf } from './labels'

const UNITS: readonly { readonly unit: ProfileUnit; readonly label: string }[] = [
  { unit: 'cost', label: 'Cost' },
  { unit: 'tokens', label: 'Tokens' },
  { unit: 'time', label: 'Time' },
]

export interface ToolbarEvents {
  unit(unit: ProfileUnit): void
  reset(): void
  zoomTo(node: number): void
}

export class Toolbar {
  readonly element: HTMLElement
  private readonly units: readonly HTMLButtonElement[]
  private readonly crumbs = element('nav', { class: 'crumbs', 'aria-label': 'Zoomed to' })
  private readonly resetButton: HTMLButtonElement

  constructor(private readonly events: ToolbarEvents) {
    this.units = UNITS.map(({ unit, label }) => button(label, () => events.unit(unit), { 'data-unit': unit }))
    this.resetButton = button('Reset zoom', () => events.reset(), {
      class: 'reset',
      title: 'Show everything (0)',
    })
    this.element = element(
      'div',
      { class: 'bar' },
      element('div', { class: 'units', role: 'group', 'aria-label': 'Width by' }, ...this.units),
      this.crumbs,
      this.resetButton,
    )
  }

  showUnit(unit: ProfileUnit) {
    for (const each of this.units) each.setAttribute('aria-pressed', String(each.dataset.unit === unit))
  }

  /** The path to a node, each step a way back to it. */
  showPath(tree: RunTree, node: number, isZoomed: boolean) {
    this.resetButton.disabled = !isZoomed
    const path: number[] = []
    for (let step = node; step > 0; step = at(tree.parent, step)) path.unshift(step)
    path.unshift(0)
    this.crumbs.replaceChildren(
      ...path.flatMap((step, index) => [
        ...(index === 0 ? [] : [element('i', { 'aria-hidden': 'true' }, '›')]),
        button(nameOf(tree, step), () => this.events.zoomTo(step)),
      ]),
      ...(isZoomed
        ? []
        : [element('span', { class: 'keys', 'aria-hidden': 'true' }, 'Scroll to zoom · double-click a box')]),
    )
  }
}
