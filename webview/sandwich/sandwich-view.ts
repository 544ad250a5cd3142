// The view `sandwich`: callers above, callees below.

import { element } from '../element'
import type { Page, PageActions, Pane } from '../page'

export class SandwichView implements Pane {
  readonly element = element('section', { class: 'sandwich-view', 'aria-label': 'Sandwich' })

  constructor(private readonly actions: PageActions) {}

  show(page: Page) {
    void page
    void this.actions
  }
}
