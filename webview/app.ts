// The page as a whole: one state (run, view, unit, selection …), shown by every pane alike. It alone wires them.

import type { RunColumns } from '../profiler-agent/profile/columns'
import { decodeColumns } from '../profiler-agent/profile/columns-codec'
import { element } from './element'
import { renderEmpty, renderFigures, renderTitle } from './header'
import { connectHost, type Host } from './host'
import type { PageState, ToPage } from './messages'
import type { Page, PageActions, Pane, Selection } from './page'
import { createDetails, createPanes } from './panes'
import { Questions } from './questions'
import { keptSelection, selectionOf, THE_RUN } from './selection'
import { Toolbar } from './toolbar'
import { VIEW_PANEL, ViewTabs } from './view-tabs'

export class App {
  private readonly host: Host
  private readonly questions: Questions
  private readonly title = element('div', { class: 'title' })
  private readonly figures = element('div', { class: 'figures' })
  private readonly view = element('section', { class: 'view', id: VIEW_PANEL, role: 'tabpanel' })
  private readonly announcement = element('div', { class: 'sr-only', 'aria-live': 'polite' })
  private readonly main = element('main', { hidden: '' })
  private readonly empty = element('div', { class: 'empty', hidden: '' })
  private readonly tabs: ViewTabs
  private readonly toolbar: Toolbar
  private readonly panes: ReturnType<typeof createPanes>
  private readonly details: Pane
  private columns: RunColumns | undefined
  private live = false
  private selection: Selection = THE_RUN
  private state: PageState

  constructor(private readonly page: HTMLElement) {
    this.host = connectHost((message) => this.receive(message))
    this.state = this.host.state
    this.questions = new Questions((message) => this.host.post(message))
    const actions = this.actions()
    this.tabs = new ViewTabs((view) => actions.change({ view }))
    this.toolbar = new Toolbar(actions)
    this.panes = createPanes(actions)
    this.details = createDetails(actions)
    this.build()
  }

  /** Asks for the state; it comes whole, now and with every change. */
  start() {
    this.host.post({ type: 'ready' })
  }

  private actions(): PageActions {
    return {
      select: (selection) => this.select(selection),
      change: (change) => this.change(change),
      ask: (question) => this.questions.ask(question),
      post: (message) => this.host.post(message),
      announce: (text) => {
        this.announcement.textContent = text
      },
    }
  }

  private build() {
    this.main.append(
      element('header', { class: 'top' }, this.title, this.figures),
      this.tabs.element,
      this.toolbar.element,
      element(
        'div',
        { class: 'panes' },
        this.view,
        element(
          'section',
          { class: 'details', 'aria-label': 'Details of the selection', tabindex: '0' },
          this.details.element,
        ),
      ),
    )
    this.page.append(this.main, this.empty, this.announcement)
  }

  private receive(message: ToPage) {
    switch (message.type) {
      case 'show':
        return this.showRun(message)
      case 'empty':
        return this.showEmpty(message)
      case 'answer':
      case 'failure':
        return this.questions.receive(message)
      default:
        return message satisfies never
    }
  }

  private showEmpty(message: Extract<ToPage, { type: 'empty' }>) {
    this.main.hidden = true
    this.empty.hidden = false
    renderEmpty(this.empty, message)
  }

  private showRun({ runId, columns, live, select, compareWith }: Extract<ToPage, { type: 'show' }>) {
    this.columns = decodeColumns(columns)
    this.live = live
    // Zoom, search and selection are of one run.
    if (this.state.runId !== runId) {
      const { view, unit, colour } = this.state
      this.state = { runId, ...(view && { view }), ...(unit && { unit }), ...(colour && { colour }) }
    }
    if (select !== undefined) this.state = { ...this.state, selection: { spanId: select } }
    if (compareWith !== undefined) this.state = { ...this.state, view: 'diff', compareWith }
    this.selection = selectionOf(this.columns, this.state.selection)
    this.main.hidden = false
    this.empty.hidden = true
    this.keep(this.state)
    this.refresh()
  }

  private select(selection: Selection) {
    if (this.columns === undefined) return
    this.selection = selection
    this.change({ selection: keptSelection(this.columns, selection) })
  }

  private change(change: Partial<PageState>) {
    this.keep({ ...this.state, ...change })
    // A zoom is shown by the pane that zoomed.
    const isZoom = Object.keys(change).join() === 'zoom'
    if (!isZoom) this.refresh()
  }

  private keep(state: PageState) {
    this.state = state
    this.host.keep(state)
  }

  private refresh() {
    const { columns } = this
    if (columns === undefined) return
    const page = this.pageOf(columns)
    renderTitle(this.title, columns.head, page.live)
    renderFigures(this.figures, columns.head, () => this.change({ unit: 'tokens' }))
    this.tabs.show(page.view)
    this.toolbar.show(page)
    const pane = this.panes[page.view]
    if (this.view.firstChild !== pane.element) this.view.replaceChildren(pane.element)
    this.view.setAttribute('aria-labelledby', `tab-${page.view}`)
    pane.show(page)
    this.details.show(page)
  }

  private pageOf(columns: RunColumns): Page {
    const { state, selection, live } = this
    const { view = 'icicle', unit = 'cost', colour = 'kind' } = state
    return { columns, live, canReveal: this.host.canReveal, view, unit, colour, selection, state }
  }
}
