// The bar above the views: what widths are measured in and what colours mean.

import type { Unit } from '../profiler-agent/profile/measures'
import { button, element } from './element'
import type { ColourBy } from './messages'
import type { Page, PageActions } from './page'

const UNITS: readonly { readonly unit: Unit; readonly label: string; readonly says: string }[] = [
  { unit: 'cost', label: 'Cost', says: 'What was billed' },
  { unit: 'tokens', label: 'Tokens', says: 'Input and output tokens' },
  { unit: 'uncachedTokens', label: 'Uncached', says: 'Input tokens that no cache held' },
  { unit: 'cacheWriteTokens', label: 'Cache writes', says: 'Input tokens written to a cache' },
  { unit: 'time', label: 'Time', says: 'Time of work; what ran in parallel counts side by side' },
  { unit: 'avoidable', label: 'Avoidable', says: 'What findings say could be saved' },
]

const COLOURS: readonly { readonly colour: ColourBy; readonly label: string }[] = [
  { colour: 'kind', label: 'Kind' },
  { colour: 'model', label: 'Model' },
  { colour: 'cache', label: 'Cache' },
  { colour: 'agent', label: 'Agent' },
  { colour: 'heat', label: 'Heat' },
]

export class Toolbar {
  readonly element: HTMLElement
  private readonly units: readonly HTMLButtonElement[]
  private readonly colours: HTMLSelectElement

  constructor(actions: PageActions) {
    this.units = UNITS.map(({ unit, label, says }) =>
      button(label, () => actions.change({ unit }), { 'data-unit': unit, title: says }),
    )
    this.colours = element(
      'select',
      {},
      ...COLOURS.map(({ colour, label }) => element('option', { value: colour }, label)),
    )
    this.colours.addEventListener('change', () => {
      const chosen = COLOURS.find(({ colour }) => colour === this.colours.value)
      if (chosen !== undefined) actions.change({ colour: chosen.colour })
    })
    this.element = element(
      'div',
      { class: 'bar' },
      element('div', { class: 'units', role: 'group', 'aria-label': 'Width by' }, ...this.units),
      element('label', { class: 'choice' }, 'Colour by ', this.colours),
    )
  }

  show(page: Page) {
    const unit = page.view === 'timeline' ? 'time' : page.unit
    for (const each of this.units) each.setAttribute('aria-pressed', String(each.dataset.unit === unit))
    this.colours.value = page.colour
  }
}
