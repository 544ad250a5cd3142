// The page as a whole: one state (run, view, unit, selection …), shown by every pane alike. It alone wires them.

import { type RunColumns, spanId } from '../profiler-agent/profile/columns'
import { decodeColumns } from '../profiler-agent/profile/columns-codec'
import { kindOf } from '../profiler-agent/profile/tree'
import { afterPaint } from './after-paint'
import { element } from './element'
import { renderEmpty, renderFigures, renderTitle } from './header'
import { Help } from './help'
import { connectHost, type Host } from './host'
import { isMovement, KeptState } from './kept-state'
import { type PageKey, pageKeyOf } from './keys'
import { costText, kindWord, nameOf, tokensText } from './labels'
import type { PageState, ToPage } from './messages'
import type { Page, PageActions, Pane } from './page'
import { PageButtons } from './page-buttons'
import { showIn } from './pane-place'
import { createDetails, createPanes } from './panes'
import { Questions } from './questions'
import { keptSelection, nodeOfSelection, type Selection, selectionOf, THE_RUN, togglePin } from './selection'
import { Splitter } from './splitter'
import { Toolbar } from './toolbar'
import { VIEW_PANEL, ViewTabs } from './view-tabs'
import { treeOfSpans } from './view-trees'
import { t } from './words'

const DETAILS_SHARE = 0.36

export class App {
  private readonly host: Host
  private readonly questions: Questions
  private readonly title = element('div', { class: 'title' })
  private readonly figures = element('div', { class: 'figures' })
  private readonly view = element('section', {
    class: 'view',
    id: VIEW_PANEL,
    role: 'tabpanel',
    tabindex: '-1',
  })
  private readonly side = element('div', { class: 'side' })
  private readonly announcement = element('div', { class: 'sr-only', 'aria-live': 'polite' })
  private readonly main = element('main', { hidden: '' })
  private readonly empty = element('section', { class: 'empty', role: 'main', hidden: '' })
  private readonly body = element('div', { class: 'panes' })
  private readonly help = new Help()
  private readonly splitter: Splitter
  private readonly tabs: ViewTabs
  private readonly toolbar: Toolbar
  private readonly buttons: PageButtons
  private readonly panes: ReturnType<typeof createPanes>
  private readonly details: Pane
  private columns: RunColumns | undefined
  /** What the details are of. */
  private detailed: RunColumns | undefined
  private live = false
  private selection: Selection = THE_RUN
  private readonly state: KeptState

  constructor(private readonly page: HTMLElement) {
    this.host = connectHost((message) => this.receive(message))
    this.state = new KeptState(this.host)
    this.questions = new Questions((message) => this.host.post(message))
    const actions = this.actions()
    this.tabs = new ViewTabs((view) => actions.change({ view }))
    this.toolbar = new Toolbar(actions, (step) => this.pane?.goToMatch?.(step))
    this.buttons = new PageButtons(actions, {
      save: (format) => this.save(format),
      help: () => this.help.toggle(),
      toggleDetails: () => this.toggleDetails(),
    })
    this.panes = createPanes(actions, { find: () => this.toolbar.search.focus(), pin: () => this.pin() })
    this.details = createDetails(actions)
    this.splitter = new Splitter((detailsShare) => this.change({ detailsShare }))
    this.build()
    page.addEventListener('keydown', (event) => this.onKey(event))
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
      post: (message) => this.post(message),
      announce: (text) => this.announce(text),
    }
  }

  private build() {
    this.body.append(this.view, this.splitter.element, this.side)
    this.main.append(
      element('header', { class: 'top' }, this.title, this.figures, this.buttons.element),
      this.tabs.element,
      this.toolbar.element,
      this.body,
    )
    this.page.append(this.main, this.empty, this.help.element, this.announcement, pictureHelp())
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

  private showRun(message: Extract<ToPage, { type: 'show' }>) {
    const columns = readColumns(message.columns)
    if (typeof columns === 'string')
      return this.showEmpty({
        type: 'empty',
        title: t('This run cannot be shown'),
        text: columns,
        isError: true,
      })
    const { runId, live, select, compareWith } = message
    this.columns = columns
    this.live = live
    this.state.startRun(runId)
    if (select !== undefined) this.state.change({ selection: { spanId: select } })
    if (compareWith !== undefined) this.state.change({ view: 'diff', compareWith })
    this.selection = selectionOf(columns, this.state.now.selection)
    this.main.hidden = false
    this.empty.hidden = true
    this.refresh()
    if (select !== undefined) this.pane?.zoomToSelection?.()
  }

  private select(selection: Selection) {
    if (this.columns === undefined) return
    this.selection = selection
    this.change({ selection: keptSelection(this.columns, selection) })
    this.announce(this.describe(this.columns))
  }

  private describe(columns: RunColumns): string {
    const tree = treeOfSpans(columns)
    const node = nodeOfSelection(tree, this.selection, undefined) ?? 0
    const kind = kindWord(kindOf(tree, node))
    return `${kind} ${nameOf(tree, node)}, ${costText(tree, node)}, ${t('{0} tokens', tokensText(tree, node))}`
  }

  private change(change: Partial<PageState>) {
    this.state.change(change)
    if (!isMovement(change)) this.refresh()
  }

  private post(message: Parameters<PageActions['post']>[0]) {
    this.host.post(message)
    if (message.type === 'copy') this.announce(t('Copied'))
  }

  private announce(text: string) {
    this.announcement.textContent = text
  }

  private get pane(): Pane | undefined {
    return this.columns === undefined ? undefined : this.panes[this.pageOf(this.columns).view]
  }

  private refresh() {
    const { columns } = this
    if (columns === undefined) return
    const page = this.pageOf(columns)
    renderTitle(this.title, columns.head, page.live)
    renderFigures(this.figures, columns, () => this.change({ unit: 'tokens' }))
    this.tabs.show(page.view)
    this.buttons.show(page)
    this.showDetails(page)
    const pane = this.panes[page.view]
    this.view.setAttribute('aria-labelledby', `tab-${page.view}`)
    showIn(this.view, pane, page)
    this.toolbar.show(page, pane.found)
  }

  private showDetails(page: Page) {
    const share = page.state.detailsShare ?? DETAILS_SHARE
    const isOpen = share > 0
    this.body.classList.toggle('without-details', !isOpen)
    this.splitter.element.hidden = !isOpen
    this.side.hidden = !isOpen
    // Without a choice of the user's the style decides, by how much room there is.
    if (page.state.detailsShare) this.body.style.setProperty('--details-share', `${100 * share}%`)
    else this.body.style.removeProperty('--details-share')
    this.splitter.show(share)
    if (!isOpen) return
    if (this.detailed === page.columns) showIn(this.side, this.details, page)
    else afterPaint(() => this.showDetailsOf(page.columns))
  }

  /** Of another run, or one that has grown, the picture comes first. */
  private showDetailsOf(columns: RunColumns) {
    if (this.columns !== columns) return
    this.detailed = columns
    showIn(this.side, this.details, this.pageOf(columns))
  }

  private toggleDetails() {
    this.change({ detailsShare: this.state.now.detailsShare === 0 ? DETAILS_SHARE : 0 })
  }

  private pageOf(columns: RunColumns): Page {
    const { selection, live } = this
    const state = this.state.now
    const { view = 'icicle', unit = 'cost', colour = 'kind' } = state
    return { columns, live, canReveal: this.host.canReveal, view, unit, colour, selection, state }
  }

  private pin() {
    if (this.columns === undefined) return
    const one = keptSelection(this.columns, this.selection)
    this.change({ pinned: togglePin(this.state.now.pinned ?? [], one) })
  }

  private save(format: 'svg' | 'png' | 'csv') {
    const content = this.pane?.exportAs?.(format)
    this.post({ type: 'save', format, ...(content !== undefined && { content }) })
  }

  private reveal() {
    const id = this.columns === undefined ? '' : spanId(this.columns, this.selection.span)
    if (this.host.canReveal && id !== '') this.host.post({ type: 'reveal', spanId: id })
  }

  private onKey(event: KeyboardEvent) {
    const isTaken = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey
    if (this.columns === undefined || isTaken || isWriting(event.target) || this.help.element.open) return
    const key = pageKeyOf(event.key, this.pageOf(this.columns))
    if (key === undefined) return
    event.preventDefault()
    this.carryOut(key)
  }

  private carryOut(key: PageKey) {
    switch (key.do) {
      case 'change':
        return this.change(key.change)
      case 'match':
        return this.pane?.goToMatch?.(key.step)
      case 'search':
        return this.toolbar.search.focus()
      case 'pin':
        return this.pin()
      case 'reveal':
        return this.reveal()
      case 'help':
        return this.help.toggle()
      case 'details':
        return this.toggleDetails()
      default:
        return key satisfies never
    }
  }
}

/** What screen readers say of every picture. */
function pictureHelp(): HTMLElement {
  const text = t(
    'Arrow keys go from box to box, Enter zooms to one, Escape zooms out, question mark tells all keys. The same boxes are rows of the tree below.',
  )
  return element('div', { id: 'flame-help', hidden: '' }, text)
}

/** Letters belong to whoever is writing, and to lists that are chosen from by their first letter. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
}

/** The columns, or a sentence why they cannot be read. */
function readColumns(buffer: ArrayBuffer): RunColumns | string {
  try {
    return decodeColumns(buffer)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
