// The view `diff`: what grew, shrank, appeared and vanished between two runs or sets of runs, as a picture and as a list beside it.

import { at, type RunColumns } from '../../profiler-agent/profile/columns'
import { type DiffTree, diffProfile, diffTree } from '../../profiler-agent/profile/diff-tree'
import type { Unit } from '../../profiler-agent/profile/measures'
import { promptPlaces } from '../../profiler-agent/profile/prompt-tree'
import { spanTree } from '../../profiler-agent/profile/span-tree'
import { stackTree } from '../../profiler-agent/profile/stack-tree'
import type { Tree } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { legendIn } from '../flame/colouring'
import { FlameView, type Picture } from '../flame/flame-view'
import type { Theme } from '../flame/theme'
import { Legend } from '../legend'
import type { PageState } from '../messages'
import type { Page, PageActions, Pane } from '../page'
import { remembered } from '../remembered'
import { matcherOf, matchesIn, nextMatch } from '../search'
import { isSame, selectionOfNode } from '../selection'
import { watchTheme } from '../theme-watch'
import { t } from '../words'
import { DiffBar } from './diff-bar'
import { hiddenInDiff } from './diff-lines'
import { DiffList } from './diff-list'
import { DiffSides, type Sides } from './diff-sides'
import { DiffTooltip } from './diff-tooltip'
import { boxText, deltaText, diffColouring } from './diff-words'

type By = NonNullable<PageState['diffBy']>

const TREES: Readonly<Record<By, (columns: RunColumns) => Tree>> = {
  spans: spanTree,
  stack: stackTree,
  prompt: promptPlaces,
}

export class DiffView implements Pane {
  readonly element = element('section', { class: 'diff-view', 'aria-label': t('Difference between runs') })
  private readonly bar: DiffBar
  private readonly nothing = element('p', { class: 'nothing', hidden: '', role: 'status' })
  private readonly content: HTMLElement
  private readonly flameView: FlameView
  private readonly legend = new Legend()
  private readonly list: DiffList
  private readonly tooltip = new DiffTooltip(document.body)
  private readonly sides: DiffSides
  private page: Page | undefined
  private diff: DiffTree | undefined
  private picture: Picture | undefined
  private chosen: { readonly diff: DiffTree; readonly node: number } | undefined
  private theme: Theme
  /** Why a file that was just chosen cannot be compared with. */
  private problem: string | undefined

  private readonly baseTreeOf = remembered((columns: RunColumns, by: By) => TREES[by](columns))
  private readonly headTreeOf = remembered((columns: RunColumns, by: By) => TREES[by](columns))
  private readonly diffOf = remembered(diffTree)
  private readonly profileOf = remembered(diffProfile)
  private readonly coloursOf = remembered(diffColouring)
  private readonly hiddenOf = remembered(hiddenInDiff)
  private readonly textOf = remembered(
    (diff: DiffTree, unit: Unit) => (node: number) => boxText(diff, node, unit),
  )
  private readonly matchesOf = remembered(
    (tree: Tree, search: string | undefined, searchIsRegex: boolean | undefined) => {
      const matcher = matcherOf({ ...(search && { search }), ...(searchIsRegex && { searchIsRegex }) })
      return matcher && matchesIn(tree, matcher)
    },
  )

  constructor(private readonly actions: PageActions) {
    this.sides = new DiffSides(actions, () => this.showAgain())
    this.bar = new DiffBar({
      choose: (compareWith, compareHead) => actions.change({ compareWith, compareHead }),
      open: (file) => void this.open(file),
      opened: () => {
        if (this.page !== undefined) this.sides.refresh(this.page.columns.head.id)
      },
      by: (diffBy) => actions.change({ diffBy }),
      filter: (diffShows) => actions.change({ diffShows }),
    })
    const frame = element('div', { class: 'flame' })
    this.flameView = this.makeFlameView(frame)
    this.list = new DiffList((node) => this.select(node))
    this.content = element(
      'div',
      { class: 'diff-content' },
      element('div', { class: 'diff-picture' }, frame, this.legend.element),
      this.list.element,
    )
    this.element.append(this.bar.element, this.nothing, this.content)
    this.theme = watchTheme((theme) => {
      this.theme = theme
      this.flameView.setTheme(theme)
      this.showAgain()
    })
    this.flameView.setTheme(this.theme)
  }

  show(page: Page) {
    this.page = page
    const sides = this.sides.of(page)
    const { diffBy = 'spans' } = page.state
    this.diff =
      sides.base?.is === 'there' && sides.head.is === 'there'
        ? this.diffOf(this.baseTreeOf(sides.base.value, diffBy), this.headTreeOf(sides.head.value, diffBy))
        : undefined
    this.bar.show(page, sides, this.diff)
    const nothing = this.problem ?? (this.diff === undefined ? whyNothing(sides) : undefined)
    this.nothing.hidden = nothing === undefined
    this.nothing.textContent = nothing ?? ''
    this.content.hidden = this.diff === undefined
    if (this.diff !== undefined) this.showDiff(page, this.diff)
  }

  get found(): Pane['found'] {
    const matches = this.matches()
    if (matches === undefined) return undefined
    return { count: matches.nodes.length, position: matches.nodes.indexOf(this.picture?.selected ?? -1) + 1 }
  }

  goToMatch(step: 1 | -1) {
    const matches = this.matches()
    const match = matches && nextMatch(matches, this.picture?.selected ?? 0, step)
    if (match !== undefined) this.select(match)
  }

  exportAs(format: 'svg' | 'png' | 'csv'): string | undefined {
    if (this.diff === undefined || format === 'csv') return undefined
    return format === 'svg' ? this.flameView.toSvg() : this.flameView.toPng()
  }

  private async open(file: File) {
    try {
      this.actions.change({ compareWith: await this.sides.openFile(file) })
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error)
      this.showAgain()
      this.problem = undefined
    }
  }

  private matches() {
    const { search, searchIsRegex } = this.page?.state ?? {}
    return this.diff === undefined ? undefined : this.matchesOf(this.diff.head, search, searchIsRegex)
  }

  private showDiff(page: Page, diff: DiffTree) {
    const { unit } = page
    const matches = this.matches()
    const hidden = this.hiddenOf(diff, page.state.atLeastPicoUsd)
    const colours = this.coloursOf(diff, unit)
    const profile = this.profileOf(diff, unit)
    const selected = this.selectedIn(page, diff)
    this.picture = {
      key: `diff ${page.columns.head.id} ${page.state.diffBy ?? 'spans'}`,
      title: t('{0}: what changed, {1}', page.columns.head.name, deltaText(diff, 0, unit)),
      ...{ profile, selected, colours, textOf: this.textOf(diff, unit) },
      ...(matches && { highlighted: matches.mask }),
      ...(hidden && { hidden }),
    }
    this.flameView.show(this.picture)
    const { canvas } = this.flameView
    canvas.dataset.view = 'diff'
    canvas.setAttribute('aria-label', t('Difference of {0} to its base', page.columns.head.name))
    this.legend.show(legendIn(colours, profile), this.theme)
    this.list.show(diff, {
      ...{ unit, selected, shows: page.state.diffShows },
      found: matches?.mask,
      hidden,
    })
  }

  private selectedIn({ selection }: Page, diff: DiffTree): number | undefined {
    const { chosen } = this
    if (chosen?.diff === diff) {
      // What is gone has no span in this run: then nothing else is selected for it.
      const isGone = at(diff.inHead, chosen.node) === 0
      if (isGone || isSame(selectionOfNode(diff.head, chosen.node), selection)) return chosen.node
    }
    const node = at(diff.head.nodeOf, selection.span)
    return node >= 0 ? node : undefined
  }

  private select(node: number) {
    const { diff, page } = this
    if (diff === undefined || page === undefined) return
    this.chosen = { diff, node }
    const selection = selectionOfNode(diff.head, node)
    const isOfThisRun = at(diff.inHead, node) === 1 && diff.head.columns.id === page.columns.id
    if (!isOfThisRun || isSame(selection, page.selection)) this.showAgain()
    else this.actions.select(selection)
  }

  private showAgain() {
    if (this.page !== undefined && this.page.view === 'diff') this.show(this.page)
  }

  private makeFlameView(frame: HTMLElement): FlameView {
    return new FlameView(frame, {
      select: (node) => this.select(node),
      hover: (node, x, y) => {
        if (node === undefined || this.diff === undefined || this.page === undefined) this.tooltip.hide()
        else this.tooltip.show(this.diff, node, this.page.unit, x, y)
      },
      zoomed: () => undefined,
      open: () => {
        const spanId = this.page?.state.selection?.spanId
        if (this.page?.canReveal === true && spanId !== undefined)
          this.actions.post({ type: 'reveal', spanId })
      },
      goToMatch: (step) => this.goToMatch(step),
    })
  }
}

function whyNothing({ base, head, others, baseIds }: Sides): string {
  for (const side of [base, head]) if (side?.is === 'failed') return side.message
  if (others.is === 'failed')
    return t('This page knows no other runs. Choose a saved run (*.costflame.json) to compare with.')
  if (baseIds.length > 0 || others.is === 'asked') return t('Loading …')
  return t(
    'There is no other run to compare with yet. Run the program again, or record another version of it.',
  )
}
