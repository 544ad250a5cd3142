// The view `table`: a sortable table of spans.

import { element } from '../element'
import type { Page, PageActions, Pane } from '../page'

export class TableView implements Pane {
  readonly element = element('section', { class: 'table-view', 'aria-label': 'Table' })

  constructor(private readonly actions: PageActions) {}

  show(page: Page) {
    void page
    void this.actions
  }
}
