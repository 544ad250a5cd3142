// The bar above the views: what widths are measured in, what colours mean, search, filter, and ways out of the page.

import { formatUsd } from '../profiler-agent/model/money'
import { button, element } from './element'
import { iconButton } from './icons'
import { Menu } from './menu'
import type { Page, PageActions, Pane } from './page'
import { picoUsdOf } from './search'
import { SearchBox } from './search-box'
import { COLOURS, hasColours, hasUnits, isPicture, UNIT_CHOICES } from './toolbar-choices'

export interface ToolbarEvents {
  goToMatch(step: 1 | -1): void
  save(format: 'svg' | 'png' | 'csv'): void
  help(): void
  toggleDetails(): void
}

export class Toolbar {
  readonly element: HTMLElement
  readonly search: SearchBox
  private readonly units: readonly HTMLButtonElement[]
  private readonly unitGroup: HTMLElement
  private readonly colours: HTMLSelectElement
  private readonly colourChoice: HTMLElement
  private readonly filter = element('input', {
    type: 'text',
    inputmode: 'decimal',
    class: 'amount',
    placeholder: '$0',
    'aria-label': 'Only what costs at least, in dollars',
    title: 'Only what costs at least this much, in dollars',
  })
  private page: Page | undefined

  constructor(
    private readonly actions: PageActions,
    private readonly events: ToolbarEvents,
  ) {
    this.units = UNIT_CHOICES.map(({ unit, label, says }) =>
      button(label, () => actions.change({ unit }), { 'data-unit': unit, title: says }),
    )
    this.unitGroup = element(
      'div',
      { class: 'units', role: 'group', 'aria-label': 'Width by' },
      ...this.units,
    )
    this.colours = this.colourSelect()
    this.colourChoice = element('label', { class: 'choice' }, element('span', {}, 'Colour'), this.colours)
    this.search = new SearchBox(actions, (step) => events.goToMatch(step))
    this.filter.addEventListener('change', () =>
      actions.change({ atLeastPicoUsd: picoUsdOf(this.filter.value) }),
    )
    this.element = this.build()
  }

  show(page: Page, found: Pane['found']) {
    this.page = page
    this.unitGroup.hidden = !hasUnits(page.view)
    this.colourChoice.hidden = !hasColours(page.view)
    for (const each of this.units) each.setAttribute('aria-pressed', String(each.dataset.unit === page.unit))
    this.colours.value = page.colour
    this.search.show(page, found)
    if (document.activeElement !== this.filter) this.filter.value = amountText(page.state.atLeastPicoUsd)
  }

  private build(): HTMLElement {
    const { events } = this
    return element(
      'div',
      { class: 'bar' },
      this.unitGroup,
      this.colourChoice,
      this.search.element,
      element('label', { class: 'choice' }, element('span', {}, 'At least'), this.filter),
      element(
        'div',
        { class: 'bar-end' },
        new Menu('Save', () => this.saveItems()).element,
        iconButton('side', 'Show or hide the details', () => events.toggleDetails(), 'i'),
        button('?', () => events.help(), {
          class: 'icon-button',
          'aria-label': 'Help: keys and pointer',
          title: 'Keys and pointer (?)',
        }),
      ),
    )
  }

  private colourSelect(): HTMLSelectElement {
    const select = element(
      'select',
      { title: 'What colours mean (c)' },
      ...COLOURS.map(({ colour, label }) => element('option', { value: colour }, label)),
    )
    select.addEventListener('change', () => {
      const chosen = COLOURS.find(({ colour }) => colour === select.value)
      if (chosen !== undefined) this.actions.change({ colour: chosen.colour })
    })
    return select
  }

  private saveItems() {
    const { events, actions } = this
    const pictures = [
      { label: 'Picture as SVG', run: () => events.save('svg') },
      { label: 'Picture as PNG', run: () => events.save('png') },
    ]
    const json = { label: 'Run as JSON', run: () => actions.post({ type: 'save', format: 'json' }) }
    const inEditor = [
      {
        label: 'Page as HTML',
        says: 'opens in any browser',
        run: () => actions.post({ type: 'save', format: 'html' }),
      },
      {
        label: 'Run as JSON, redacted',
        says: 'hashes instead of names and texts',
        run: () => actions.post({ type: 'save', format: 'json', redacted: true }),
      },
    ]
    const csv = { label: 'Table as CSV', run: () => events.save('csv') }
    const { view, canReveal = false } = this.page ?? {}
    return [
      ...(view !== undefined && isPicture(view) ? pictures : []),
      // A saved page makes a table of what its own table shows, and is such an HTML file itself.
      ...(canReveal || view === 'table' ? [csv] : []),
      json,
      ...(canReveal ? inEditor : []),
    ]
  }
}

function amountText(picoUsd: number | undefined): string {
  return picoUsd === undefined ? '' : formatUsd(picoUsd)
}
