// The page as a whole: one state (run, unit, selection, zoom), shown by canvas, tree, details and header alike.

import type { Run } from '../profiler-agent/model/span'
import { measure, type ProfileUnit } from '../profiler-agent/profile/profile'
import { at, buildTree, type RunTree } from '../profiler-agent/profile/tree'
import { renderDetails } from './details/details'
import { element } from './element'
import { FlameView } from './flame/flame-view'
import { type Flame, layoutFlame } from './flame/layout'
import { readTheme } from './flame/theme'
import { Tooltip } from './flame/tooltip'
import { TreeView } from './flame/tree-view'
import { isWhole, type Viewport, WHOLE } from './flame/viewport'
import { nothingToShow, renderEmpty, renderFigures, renderTitle } from './header'
import { connectHost, type Host } from './host'
import { costText, keyOf, kindOf, kindWord, nameOf, spanOf, tokensText } from './labels'
import type { ToPage } from './messages'
import { Toolbar } from './toolbar'

const KEYS =
  'Arrow keys move the selection, Enter zooms to it, Escape zooms out, plus and minus zoom, 0 shows everything, o opens the source line.'

export class App {
  private readonly host: Host
  private readonly title = element('div', { class: 'title' })
  private readonly figures = element('div', { class: 'figures' })
  private readonly nothing = element('div', { class: 'nothing', hidden: '' })
  private readonly details = element('section', {
    class: 'details',
    'aria-label': 'Details of the selection',
    tabindex: '0',
  })
  private readonly announcement = element('div', { class: 'sr-only', 'aria-live': 'polite' })
  private readonly main = element('main', { hidden: '' })
  private readonly empty = element('div', { class: 'empty', hidden: '' })
  private readonly toolbar: Toolbar
  private readonly flameView: FlameView
  private readonly treeView: TreeView
  private readonly tooltip: Tooltip
  private unit: ProfileUnit
  private tree: RunTree | undefined
  private flame: Flame | undefined
  private selected = 0

  constructor(private readonly page: HTMLElement) {
    this.host = connectHost((message) => this.receive(message))
    this.unit = this.host.state.unit ?? 'cost'
    const frame = element('div', { class: 'flame' })
    this.flameView = new FlameView(frame, {
      select: (node) => this.select(node),
      hover: (node, x, y) => this.hover(node, x, y),
      zoomed: () => this.refreshCrumbs(),
      open: (node) => this.reveal(node),
    })
    frame.append(this.nothing)
    this.treeView = new TreeView({
      select: (node) => this.select(node),
      activate: (node) => this.flameView.zoomToNode(node),
    })
    this.toolbar = new Toolbar({
      unit: (unit) => this.switchUnit(unit),
      reset: () => this.flameView.reset(),
      zoomTo: (node) => (node === 0 ? this.flameView.reset() : this.flameView.zoomToNode(node)),
    })
    this.build(frame)
    this.tooltip = new Tooltip(page)
    this.followTheme()
  }

  /** Asks for the state; it comes whole, now and with every change. */
  start() {
    this.host.post({ type: 'ready' })
  }

  private build(frame: HTMLElement) {
    const columns = ['Name', 'Cost', 'Tokens', 'Time'].map((name) => element('span', {}, name))
    this.main.append(
      element('header', { class: 'top' }, this.title, this.figures),
      this.toolbar.element,
      frame,
      element(
        'div',
        { class: 'panes' },
        element(
          'div',
          { class: 'tree-pane' },
          element('div', { class: 'columns', 'aria-hidden': 'true' }, ...columns),
          this.treeView.element,
        ),
        this.details,
      ),
    )
    this.page.append(
      this.main,
      this.empty,
      element('div', { id: 'flame-help', class: 'sr-only' }, KEYS),
      this.announcement,
    )
  }

  private receive(message: ToPage) {
    switch (message.type) {
      case 'show':
        return this.show(message.run, message.live, message.select)
      case 'empty':
        return this.showEmpty(message)
      default:
        return message satisfies never
    }
  }

  private showEmpty(message: Extract<ToPage, { type: 'empty' }>) {
    this.main.hidden = true
    this.empty.hidden = false
    this.tooltip.hide()
    renderEmpty(this.empty, message)
  }

  private show(run: Run, live: boolean, wanted: string | undefined) {
    const before = this.tree
    const isSameRun = before?.run.id === run.id
    const selectedKey = isSameRun ? keyOf(before, this.selected) : undefined
    this.tree = buildTree(run)
    this.selected = findNode(this.tree, wanted ?? selectedKey)
    this.main.hidden = false
    this.empty.hidden = true
    renderTitle(this.title, run, live)
    renderFigures(this.figures, run, () => this.switchUnit('tokens'))
    this.host.keep({ runId: run.id, unit: this.unit })
    this.layOut(isSameRun ? this.flameView.shown : WHOLE)
    if (wanted !== undefined) this.select(this.selected)
  }

  private switchUnit(unit: ProfileUnit) {
    if (unit === this.unit) return
    const zoomedTo = this.flameView.covering()
    this.unit = unit
    this.host.keep({ ...this.host.state, unit })
    this.layOut(WHOLE)
    if (zoomedTo !== undefined) this.flameView.zoomToNode(zoomedTo)
  }

  /** A viewport of the run as it was is carried over by value: what lay at $0.02 lies there still after the run has grown. */
  private layOut(viewport: Viewport) {
    const { tree } = this
    if (tree === undefined) return
    const before = this.flame?.profile
    const profile = measure(tree, this.unit)
    this.flame = layoutFlame(profile)
    const grown = before === undefined || profile.total === 0 ? 1 : before.total / profile.total
    const carried =
      isWhole(viewport) || before?.unit !== this.unit
        ? WHOLE
        : { start: Math.min(0.999, viewport.start * grown), end: Math.min(1, viewport.end * grown) }
    this.flameView.show(this.flame, carried, this.selected)
    this.flameView.canvas.setAttribute('aria-label', `Flame graph of ${tree.run.name} by ${this.unit}`)
    const nothing = nothingToShow(tree, profile)
    this.nothing.hidden = nothing === undefined
    this.nothing.textContent = nothing ?? ''
    this.treeView.show(tree, this.selected)
    this.toolbar.showUnit(this.unit)
    this.refreshCrumbs()
    this.refreshDetails(tree)
  }

  private select(node: number) {
    const { tree } = this
    if (tree === undefined) return
    this.selected = node
    this.flameView.select(node)
    this.treeView.select(node)
    this.refreshCrumbs()
    this.refreshDetails(tree)
    const kind = kindWord(kindOf(tree, node))
    this.announcement.textContent = `${kind} ${nameOf(tree, node)}, ${costText(tree, node)}, ${tokensText(tree, node)} tokens`
  }

  private refreshDetails(tree: RunTree) {
    const reveal = this.host.canReveal
      ? { reveal: (spanId: string) => this.host.post({ type: 'reveal', spanId }) }
      : {}
    this.details.replaceChildren(...renderDetails(tree, this.selected, reveal))
  }

  private refreshCrumbs() {
    if (this.tree === undefined) return
    this.toolbar.showPath(this.tree, this.flameView.covering() ?? 0, !isWhole(this.flameView.shown))
  }

  private hover(node: number | undefined, x: number, y: number) {
    if (node === undefined || this.tree === undefined) this.tooltip.hide()
    else this.tooltip.show(this.tree, node, x, y)
  }

  private reveal(node: number) {
    const span = this.tree === undefined ? undefined : spanOf(this.tree, node)
    if (span?.callSite !== undefined && this.host.canReveal)
      this.host.post({ type: 'reveal', spanId: span.id })
  }

  /** VS Code changes the body's class and the root's variables when the theme changes; a browser its preference. */
  private followTheme() {
    const apply = () => this.flameView.setTheme(readTheme(this.page))
    const observer = new MutationObserver(apply)
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] })
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] })
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply)
    apply()
  }
}

/** Node by key (a span id, or a span id and a part); the run when it is not there. */
function findNode(tree: RunTree, key: string | undefined): number {
  if (key === undefined) return 0
  for (let node = 0; node < tree.count; node++)
    if (at(tree.parent, node) >= -1 && keyOf(tree, node) === key) return node
  return 0
}
