// The views of a run as tabs, each with its key.

import { button, element } from './element'
import type { ViewName } from './messages'

export interface ViewTab {
  readonly view: ViewName
  readonly label: string
  readonly says: string
}

/** In the order of their keys 1 to 8. */
export const VIEWS: readonly ViewTab[] = [
  { view: 'timeline', label: 'Timeline', says: 'Calls at the time they ran' },
  { view: 'icicle', label: 'Icicle', says: 'Run, agents, steps, calls and parts of prompts' },
  { view: 'stack', label: 'Call stack', says: 'By the functions of your own code' },
  { view: 'prompt', label: 'Prompt', says: 'By what stood in the prompts' },
  { view: 'sandwich', label: 'Sandwich', says: 'Callers and callees of one agent, tool or function' },
  { view: 'table', label: 'Table', says: 'All calls, sorted and filtered' },
  { view: 'diff', label: 'Diff', says: 'What grew, shrank, appeared and vanished' },
  { view: 'charts', label: 'Charts', says: 'Context, cache, budget and runs over time' },
]

export function viewLabel(view: ViewName): string {
  return VIEWS.find((tab) => tab.view === view)?.label ?? view
}

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
    this.element = element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, ...this.tabs)
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
