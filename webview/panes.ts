// Which pane shows which view.

import { ChartsView } from './charts/charts-view'
import { DetailsView } from './details/details-view'
import { DiffView } from './diff/diff-view'
import { FlamePane, type FlamePaneEvents } from './flame-pane'
import type { ViewName } from './messages'
import type { PageActions, Pane } from './page'
import { SandwichView } from './sandwich/sandwich-view'
import { TableView } from './table/table-view'

export function createPanes(actions: PageActions, events: FlamePaneEvents): Readonly<Record<ViewName, Pane>> {
  const flame = new FlamePane(actions, events)
  return {
    timeline: flame,
    icicle: flame,
    stack: flame,
    prompt: flame,
    sandwich: new SandwichView(actions),
    table: new TableView(actions),
    diff: new DiffView(actions),
    charts: new ChartsView(actions),
  }
}

export function createDetails(actions: PageActions): Pane {
  return new DetailsView(actions)
}
