// Where one has zoomed to, as a path of steps back, and the way back to everything.

import type { Tree } from '../profiler-agent/profile/tree'
import { button, element } from './element'
import { nameOf } from './labels'
import { pathTo } from './selection'

export interface BreadcrumbEvents {
  reset(): void
  zoomTo(node: number): void
}

export class Breadcrumbs {
  readonly element: HTMLElement
  private readonly path = element('nav', { class: 'crumbs', 'aria-label': 'Zoomed to' })
  private readonly resetButton: HTMLButtonElement

  constructor(private readonly events: BreadcrumbEvents) {
    this.resetButton = button('Reset zoom', () => events.reset(), {
      class: 'reset',
      title: 'Show everything (0)',
    })
    this.element = element('div', { class: 'crumb-bar' }, this.path, this.resetButton)
  }

  show(tree: Tree, node: number, isZoomed: boolean) {
    this.resetButton.disabled = !isZoomed
    this.path.replaceChildren(
      ...pathTo(tree, node).flatMap((step, index) => [
        ...(index === 0 ? [] : [element('i', { 'aria-hidden': 'true' }, '›')]),
        button(nameOf(tree, step), () => this.events.zoomTo(step)),
      ]),
    )
  }
}
