// The picture and its accessible tree, for the four views that are boxes: timeline, icicle, call stack and prompt.

import type { PromptShare } from '../profiler-agent/model/run-questions'
import type { Segment } from '../profiler-agent/model/span'
import { at, type RunColumns } from '../profiler-agent/profile/columns'
import { byWeight, inTime, type Profile } from '../profiler-agent/profile/profile'
import type { Tree } from '../profiler-agent/profile/tree'
import { Breadcrumbs } from './breadcrumbs'
import { numbersOf } from './copied'
import { button, element } from './element'
import { colouringOf, legendIn } from './flame/colouring'
import { FlameView, type Picture } from './flame/flame-view'
import type { Theme } from './flame/theme'
import { Tooltip } from './flame/tooltip'
import { TreeView } from './flame/tree-view'
import { isWhole } from './flame/viewport'
import { nameOf } from './labels'
import { Legend } from './legend'
import { nothingToShow } from './nothing'
import type { Page, PageActions, Pane } from './page'
import { Pins } from './pins'
import { remembered } from './remembered'
import { amountInUsd, hiddenBelow, type Matches, matcherOf, matchesIn, nextMatch } from './search'
import { isSame, nodeOfSelection, selectionOf, selectionOfNode } from './selection'
import { watchTheme } from './theme-watch'
import { unitLabel, viewLabel } from './toolbar-choices'
import { treeOfView } from './view-trees'
import { t } from './words'

export interface FlamePaneEvents {
  find(): void
  pin(): void
}

export class FlamePane implements Pane {
  readonly element = element('div', { class: 'flame-pane' })
  private readonly nothing = element('p', { class: 'nothing', hidden: '' })
  private readonly filterNote = element('p', { class: 'filter-note', role: 'status', hidden: '' })
  private readonly flameView: FlameView
  private readonly treeView: TreeView
  private readonly crumbs: Breadcrumbs
  private readonly tooltip = new Tooltip(this.element)
  private readonly legend = new Legend()
  private readonly pins: Pins
  private page: Page | undefined
  private picture: Picture | undefined
  private theme: Theme
  private matches: Matches | undefined

  /** What each text cost over the whole run, once that is answered. */
  private readonly shares = new WeakMap<RunColumns, readonly PromptShare[]>()
  private readonly asked = new WeakSet<RunColumns>()

  private readonly profileOf = remembered((page: Page['view'], tree: Tree, unit: Page['unit']) =>
    page === 'timeline' ? inTime(tree) : byWeight(tree, unit),
  )
  private readonly coloursOf = remembered(colouringOf)
  private readonly legendOf = remembered(legendIn)
  private readonly hiddenOf = remembered(hiddenBelow)
  private readonly matchesOf = remembered(
    (tree: Tree, search: string | undefined, searchIsRegex: boolean | undefined) => {
      const matcher = matcherOf({ ...(search && { search }), ...(searchIsRegex && { searchIsRegex }) })
      return matcher && matchesIn(tree, matcher)
    },
  )
  private readonly pinsOf = remembered(
    (columns: RunColumns, tree: Tree, pinned: Page['state']['pinned'] = []) =>
      pinned.flatMap((kept) => nodeOfSelection(tree, selectionOf(columns, kept), undefined) ?? []),
  )

  constructor(
    private readonly actions: PageActions,
    events: FlamePaneEvents,
  ) {
    const frame = element('div', { class: 'flame' })
    this.flameView = new FlameView(frame, {
      select: (node) => this.select(node),
      hover: (node, x, y) => this.hover(node, x, y),
      zoomed: () => this.zoomed(),
      open: () => this.reveal(),
      find: () => events.find(),
      goToMatch: (step) => this.goToMatch(step),
      pin: () => events.pin(),
      parts: (spanIds) => this.askForParts(spanIds),
    })
    frame.append(this.nothing)
    this.treeView = new TreeView({
      select: (node) => this.select(node),
      activate: (node) => this.flameView.zoomToNode(node),
    })
    this.crumbs = new Breadcrumbs({
      reset: () => this.flameView.reset(),
      zoomTo: (node) => (node === 0 ? this.flameView.reset() : this.flameView.zoomToNode(node)),
      undo: () => this.flameView.undo(),
      redo: () => this.flameView.redo(),
      pin: () => events.pin(),
      copy: (text) => actions.post({ type: 'copy', text }),
    })
    this.pins = new Pins(actions)
    this.element.append(
      this.pins.element,
      this.crumbs.element,
      frame,
      this.legend.element,
      this.filterNote,
      this.treeView.element,
    )
    this.element.addEventListener('copy', (event) => this.copy(event))
    this.theme = watchTheme((theme) => {
      this.theme = theme
      this.flameView.setTheme(theme)
      if (this.page !== undefined) this.show(this.page)
    })
    this.flameView.setTheme(this.theme)
  }

  show(page: Page) {
    this.page = page
    const tree = this.treeOf(page)
    const profile = this.profileOf(page.view, tree, page.unit)
    const wasNode = this.picture?.profile.tree === tree ? this.picture.selected : undefined
    this.matches = this.matchesOf(tree, page.state.search, page.state.searchIsRegex)
    const picture: Picture = {
      key: `${page.columns.head.id} ${page.view}`,
      title: `${page.columns.head.name} · ${t('{0} by {1}', viewLabel(page.view), unitLabel(profile.unit))}`,
      viewport: page.state.zoom?.[page.view],
      profile,
      selected: nodeOfSelection(tree, page.selection, wasNode),
      colours: this.coloursOf(tree, page.colour, profile.unit),
      pinned: this.pinsOf(page.columns, tree, page.state.pinned),
      highlighted: this.matches?.mask,
      hidden: this.hiddenOf(tree, page.state.atLeastPicoUsd),
    }
    // Another picture has another box under the pointer, if any.
    if (this.picture?.key !== picture.key) this.tooltip.hide()
    this.picture = picture
    this.flameView.show(picture)
    this.describe(page, profile)
    this.treeView.show(picture, this.theme, {
      label: t('{0} as a tree', viewLabel(page.view)),
      isWork: !profile.inTime && (profile.unit === 'time' || page.view !== 'icicle'),
    })
    this.legend.show(this.legendOf(picture.colours, profile), this.theme)
    this.pins.show(page)
    this.refreshCrumbs()
  }

  private treeOf(page: Page): Tree {
    const { columns, view, live } = page
    // The answer is of one moment: a run that goes on is shown by the parts that came with it.
    if (view === 'prompt' && !live) this.askForShares(columns)
    return treeOfView(columns, view, this.shares.get(columns))
  }

  private async askForParts(spanIds: readonly string[]): Promise<readonly (readonly Segment[])[]> {
    const runId = this.page?.columns.head.id ?? ''
    return (await this.actions.ask({ ask: 'parts', runId, spanIds })).segments
  }

  private askForShares(columns: RunColumns) {
    if (this.asked.has(columns)) return
    this.asked.add(columns)
    this.actions.ask({ ask: 'promptShares', runId: columns.head.id }).then(
      ({ shares }) => {
        this.shares.set(columns, shares)
        if (this.page?.columns === columns && this.page.view === 'prompt') this.show(this.page)
      },
      // Nobody can say: the parts in the columns are what there is to see.
      () => undefined,
    )
  }

  get found(): Pane['found'] {
    if (this.matches === undefined) return undefined
    const { nodes } = this.matches
    return { count: nodes.length, position: nodes.indexOf(this.picture?.selected ?? -1) + 1 }
  }

  goToMatch(step: 1 | -1) {
    const match = this.matches && nextMatch(this.matches, this.picture?.selected ?? 0, step)
    if (match !== undefined) this.select(match)
  }

  zoomToSelection() {
    const { picture } = this
    if (picture?.selected === undefined) return
    const above = at(picture.profile.tree.parent, picture.selected)
    this.flameView.zoomToNode(above > 0 ? above : picture.selected)
  }

  exportAs(format: 'svg' | 'png' | 'csv'): string | undefined {
    if (format === 'csv') return undefined
    return format === 'svg' ? this.flameView.toSvg() : this.flameView.toPng()
  }

  private describe(page: Page, profile: Profile) {
    const { canvas } = this.flameView
    canvas.dataset.view = page.view
    canvas.setAttribute(
      'aria-label',
      t('{0} of {1} by {2}', viewLabel(page.view), page.columns.head.name, unitLabel(profile.unit)),
    )
    const nothing = nothingToShow(page.columns, profile)
    this.nothing.hidden = nothing === undefined
    this.nothing.textContent = nothing ?? ''
    this.showFilterNote(page)
  }

  /** A picture of the run alone says why it is. */
  private showFilterNote({ state: { atLeastPicoUsd = 0 } }: Page) {
    const hidden = this.picture?.hidden
    const isAlone = hidden !== undefined && hidden.length > 1 && !hidden.includes(0, 1)
    this.filterNote.hidden = !isAlone
    if (!isAlone) return
    this.filterNote.replaceChildren(
      `${t('Nothing below the run costs at least {0}.', amountInUsd(atLeastPicoUsd))} `,
      button(t('Show everything'), () => this.actions.change({ atLeastPicoUsd: undefined }), {
        class: 'link',
      }),
    )
  }

  private select(node: number) {
    const { page, picture } = this
    if (page === undefined || picture === undefined) return
    this.picture = { ...picture, selected: node }
    const selection = selectionOfNode(picture.profile.tree, node)
    // Several nodes may stand for one span: then the page has nothing new to show elsewhere.
    if (isSame(selection, page.selection)) this.show(page)
    else this.actions.select(selection)
  }

  /** Of a selected node, as long as no text is selected. */
  private copy(event: ClipboardEvent) {
    const { picture } = this
    if (picture?.selected === undefined || getSelection()?.isCollapsed === false) return
    const { tree } = picture.profile
    event.clipboardData?.setData(
      'text/plain',
      `${nameOf(tree, picture.selected)}\n${numbersOf(tree, picture.selected)}`,
    )
    event.preventDefault()
    this.actions.announce(t('Copied'))
  }

  private zoomed() {
    this.refreshCrumbs()
    if (this.page === undefined) return
    const { view, state } = this.page
    this.actions.change({ zoom: { ...state.zoom, [view]: this.flameView.shown } })
  }

  private refreshCrumbs() {
    const { picture, flameView } = this
    if (picture === undefined) return
    this.crumbs.show(picture.profile, {
      zoomedTo: flameView.covering() ?? 0,
      selected: picture.selected ?? 0,
      isZoomed: !isWhole(flameView.shown),
      canUndo: flameView.canUndo,
      canRedo: flameView.canRedo,
    })
  }

  private hover(node: number | undefined, x: number, y: number) {
    if (node === undefined || this.picture === undefined) this.tooltip.hide()
    else this.tooltip.show(this.picture.profile, node, x, y)
  }

  private reveal() {
    const spanId = this.page?.state.selection?.spanId
    if (this.page?.canReveal === true && spanId !== undefined) this.actions.post({ type: 'reveal', spanId })
  }
}
