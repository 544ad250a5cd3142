// Which pane shows which view.

import { element } from './element'
import { FlamePane } from './flame-pane'
import type { ViewName } from './messages'
import type { PageActions, Pane } from './page'

export function createPanes(actions: PageActions): Readonly<Record<ViewName, Pane>> {
  const flame = new FlamePane(actions)
  return {
    timeline: flame,
    icicle: flame,
    stack: flame,
    prompt: flame,
    sandwich: comingPane('Sandwich'),
    table: comingPane('Table'),
    diff: comingPane('Diff'),
    charts: comingPane('Charts'),
  }
}

export function createDetails(_actions: PageActions): Pane {
  return comingPane('Details')
}

function comingPane(name: string): Pane {
  return { element: element('p', { class: 'nothing' }, `${name}: not yet.`), show: () => undefined }
}
