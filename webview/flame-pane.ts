// The picture and its accessible tree, for the four views that are boxes: timeline, icicle, call stack and prompt segments.

import type { RunColumns } from '../profiler-agent/profile/columns'
import { byWeight, inTime, type Profile } from '../profiler-agent/profile/profile'
import { spanTree } from '../profiler-agent/profile/span-tree'
import type { Tree } from '../profiler-agent/profile/tree'
import { Breadcrumbs } from './breadcrumbs'
import { element } from './element'
import { FlameView } from './flame/flame-view'
import { type Flame, layoutFlame } from './flame/layout'
import { readTheme } from './flame/theme'
import { Tooltip } from './flame/tooltip'
import { TreeView } from './flame/tree-view'
import { isWhole, type Viewport, WHOLE } from './flame/viewport'
import { nothingToShow } from './header'
import type { ViewName } from './messages'
import type { Page, PageActions, Pane } from './page'
import { isSame, nodeOfSelection, selectionOfNode } from './selection'

/** Which tree each of these views shows. */
const TREES: Readonly<Partial<Record<ViewName, (columns: RunColumns) => Tree>>> = {
  timeline: spanTree,
  icicle: spanTree,
  stack: spanTree,
  prompt: spanTree,
}

export class FlamePane implements Pane {
  readonly element = element('div', { class: 'flame-pane' })
  private readonly nothing = element('div', { class: 'nothing', hidden: '' })
  private readonly flameView: FlameView
  private readonly treeView: TreeView
  private readonly crumbs: Breadcrumbs
  private readonly tooltip: Tooltip
  private readonly trees = new WeakMap<RunColumns, Map<unknown, Tree>>()
  private page: Page | undefined
  private flame: Flame | undefined
  private node = 0

  constructor(private readonly actions: PageActions) {
    const frame = element('div', { class: 'flame' })
    this.flameView = new FlameView(frame, {
      select: (node) => this.select(node),
      hover: (node, x, y) => this.hover(node, x, y),
      zoomed: () => this.zoomed(),
      open: () => this.reveal(),
    })
    frame.append(this.nothing)
    this.treeView = new TreeView({
      select: (node) => this.select(node),
      activate: (node) => this.flameView.zoomToNode(node),
    })
    this.crumbs = new Breadcrumbs({
      reset: () => this.flameView.reset(),
      zoomTo: (node) => (node === 0 ? this.flameView.reset() : this.flameView.zoomToNode(node)),
    })
    this.tooltip = new Tooltip(document.body)
    this.element.append(this.crumbs.element, frame, this.treeView.element)
    this.followTheme()
  }

  show(page: Page) {
    const before = this.page
    this.page = page
    const tree = this.treeOf(page)
    this.node = nodeOfSelection(
      tree,
      page.selection,
      this.flame?.profile.tree === tree ? this.node : undefined,
    )
    const isOther =
      before === undefined ||
      this.flame?.profile.tree !== tree ||
      before.view !== page.view ||
      before.unit !== page.unit
    if (isOther) this.layOut(page, tree, before)
    else if (!isSame(before.selection, page.selection)) {
      this.flameView.select(this.node)
      this.treeView.select(this.node)
    }
    this.refreshCrumbs()
  }

  private treeOf({ columns, view }: Page): Tree {
    const build = TREES[view] ?? spanTree
    const ofRun = this.trees.get(columns) ?? new Map<unknown, Tree>()
    this.trees.set(columns, ofRun)
    const tree = ofRun.get(build) ?? build(columns)
    ofRun.set(build, tree)
    return tree
  }

  private layOut(page: Page, tree: Tree, before: Page | undefined) {
    const profile = page.view === 'timeline' ? inTime(tree) : byWeight(tree, page.unit)
    const viewport = this.viewportFor(page, profile, before)
    this.flame = layoutFlame(profile)
    this.flameView.show(this.flame, viewport, this.node)
    const { canvas } = this.flameView
    canvas.dataset.view = page.view
    canvas.setAttribute(
      'aria-label',
      `Flame graph of ${page.columns.head.name}: ${page.view} by ${profile.unit}`,
    )
    const nothing = nothingToShow(page.columns, profile)
    this.nothing.hidden = nothing === undefined
    this.nothing.textContent = nothing ?? ''
    this.treeView.show(tree, this.node)
  }

  /** What is on screen is carried over by value while a run grows: what lay at $0.02 lies there still. */
  private viewportFor(page: Page, profile: Profile, before: Page | undefined): Viewport {
    const shown = this.flame?.profile
    const isGrown =
      before?.columns.head.id === page.columns.head.id &&
      before.view === page.view &&
      before.unit === page.unit
    if (!isGrown || shown === undefined) return page.state.zoom?.[page.view] ?? WHOLE
    if (isWhole(this.flameView.shown) || profile.total === 0) return WHOLE
    const grown = shown.total / profile.total
    const { start, end } = this.flameView.shown
    return { start: Math.min(0.999, start * grown), end: Math.min(1, end * grown) }
  }

  private select(node: number) {
    const tree = this.flame?.profile.tree
    if (tree === undefined || this.page === undefined) return
    this.node = node
    const selection = selectionOfNode(tree, node)
    if (isSame(selection, this.page.selection)) {
      this.flameView.select(node)
      this.treeView.select(node)
    }
    this.actions.select(selection)
  }

  private zoomed() {
    this.refreshCrumbs()
    if (this.page === undefined) return
    const { view, state } = this.page
    this.actions.change({ zoom: { ...state.zoom, [view]: this.flameView.shown } })
  }

  private refreshCrumbs() {
    const tree = this.flame?.profile.tree
    if (tree !== undefined)
      this.crumbs.show(tree, this.flameView.covering() ?? 0, !isWhole(this.flameView.shown))
  }

  private hover(node: number | undefined, x: number, y: number) {
    const tree = this.flame?.profile.tree
    if (node === undefined || tree === undefined) this.tooltip.hide()
    else this.tooltip.show(tree, node, x, y)
  }

  private reveal() {
    const spanId = this.page?.state.selection?.spanId
    if (this.page?.canReveal === true && spanId !== undefined) this.actions.post({ type: 'reveal', spanId })
  }

  /** VS Code changes the body's class and the root's variables when the theme changes; a browser its preference. */
  private followTheme() {
    const apply = () => this.flameView.setTheme(readTheme(document.body))
    const observer = new MutationObserver(apply)
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] })
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] })
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply)
    apply()
  }
}
