// The view `diff`: what changed between two runs.

import { element } from '../element'
import type { Page, PageActions, Pane } from '../page'

export class DiffView implements Pane {
  readonly element = element('section', { class: 'diff-view', 'aria-label': 'Diff' })

  constructor(private readonly actions: PageActions) {}

  show(page: Page) {
    void page
    void this.actions
  }
}
