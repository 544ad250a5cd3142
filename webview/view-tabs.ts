// The views of a run as tabs, each with its key.

import { button, element } from './element'
import type { ViewName } from './messages'
import { VIEWS } from './toolbar-choices'
import { t } from './words'

export const VIEW_PANEL = 'view-panel'

export class ViewTabs {
  readonly element: HTMLElement
  private readonly tabs: readonly HTMLButtonElement[]
  private chosen: ViewName | undefined

  constructor(private readonly choose: (view: ViewName) => void) {
    this.tabs = VIEWS.map(({ view, label, says }, index) =>
      button(label, () => choose(view), {
        id: `tab-${view}`,
        role: 'tab',
        title: `${says} (${index + 1})`,
        'aria-controls': VIEW_PANEL,
        'aria-keyshortcuts': String(index + 1),
      }),
    )
    this.element = element('div', { class: 'tabs', role: 'tablist', 'aria-label': t('Views') }, ...this.tabs)
    this.element.addEventListener('keydown', (event) => this.onKey(event))
  }

  show(chosen: ViewName) {
    // To scroll has the whole page laid out: only where there is a reason.
    if (chosen === this.chosen) return
    this.chosen = chosen
    for (const [index, tab] of this.tabs.entries()) {
      const isChosen = VIEWS[index]?.view === chosen
      tab.setAttribute('aria-selected', String(isChosen))
      tab.tabIndex = isChosen ? 0 : -1
      if (isChosen) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
  }

  /** Arrow keys go through tabs by the ARIA authoring practices. */
  private onKey(event: KeyboardEvent) {
    const from = this.tabs.findIndex((tab) => tab.matches(':focus'))
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: from + 1,
      ArrowLeft: from - 1,
      Home: 0,
      End: -1,
    }
    const to = steps[event.key]
    if (from === -1 || to === undefined) return
    event.preventDefault()
    const index = (to + this.tabs.length) % this.tabs.length
    const view = VIEWS[index]?.view
    if (view !== undefined) this.choose(view)
    this.tabs[index]?.focus()
  }
}
