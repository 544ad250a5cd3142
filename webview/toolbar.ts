// The bar above the views: what widths are measured in, what colours mean, search and filter.

import { button, element } from './element'
import type { Page, PageActions, Pane } from './page'
import { amountInUsd, picoUsdOf } from './search'
import { SearchBox } from './search-box'
import { COLOURS, hasColours, hasSearch, hasUnits, UNIT_CHOICES } from './toolbar-choices'
import { t } from './words'

const FILTER_SAYS = t('Only what costs at least this much, in dollars')

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
    'aria-label': t('Only what costs at least, in dollars'),
    title: FILTER_SAYS,
  })
  private readonly filterChoice: HTMLElement

  constructor(
    private readonly actions: PageActions,
    goToMatch: (step: 1 | -1) => void,
  ) {
    this.units = UNIT_CHOICES.map(({ unit, label, says }) =>
      button(label, () => actions.change({ unit }), { 'data-unit': unit, title: says }),
    )
    this.unitGroup = element(
      'div',
      { class: 'units', role: 'group', 'aria-label': t('Width by') },
      ...this.units,
    )
    this.colours = this.colourSelect()
    this.colourChoice = element('label', { class: 'choice' }, element('span', {}, t('Colour')), this.colours)
    this.search = new SearchBox(actions, goToMatch)
    this.filter.addEventListener('change', () => this.applyFilter())
    this.filterChoice = element('label', { class: 'choice' }, element('span', {}, t('At least')), this.filter)
    this.element = this.build()
  }

  show(page: Page, found: Pane['found']) {
    this.element.hidden = !hasUnits(page.view) && !hasColours(page.view) && !hasSearch(page.view)
    this.search.element.hidden = !hasSearch(page.view)
    this.filterChoice.hidden = !hasSearch(page.view)
    this.unitGroup.hidden = !hasUnits(page.view)
    this.colourChoice.hidden = !hasColours(page.view)
    for (const each of this.units) each.setAttribute('aria-pressed', String(each.dataset.unit === page.unit))
    this.colours.value = page.colour
    this.search.show(page, found)
    const isTyped = document.activeElement === this.filter || this.filter.ariaInvalid === 'true'
    if (!isTyped) this.filter.value = amountText(page.state.atLeastPicoUsd)
  }

  private build(): HTMLElement {
    return element(
      'div',
      { class: 'bar' },
      this.unitGroup,
      this.colourChoice,
      this.search.element,
      this.filterChoice,
    )
  }

  private applyFilter() {
    const typed = this.filter.value.trim()
    const atLeastPicoUsd = picoUsdOf(typed)
    const isAmount = atLeastPicoUsd !== undefined || /^\$?[0.]*$/.test(typed)
    this.filter.setAttribute('aria-invalid', String(!isAmount))
    this.filter.title = isAmount ? FILTER_SAYS : t('An amount in dollars, as 0.05')
    if (isAmount) this.actions.change({ atLeastPicoUsd })
  }

  private colourSelect(): HTMLSelectElement {
    const select = element(
      'select',
      { title: t('What colours mean (c)') },
      ...COLOURS.map(({ colour, label }) => element('option', { value: colour }, label)),
    )
    select.addEventListener('change', () => {
      const chosen = COLOURS.find(({ colour }) => colour === select.value)
      if (chosen !== undefined) this.actions.change({ colour: chosen.colour })
    })
    return select
  }
}

function amountText(picoUsd: number | undefined): string {
  return picoUsd === undefined ? '' : amountInUsd(picoUsd)
}
