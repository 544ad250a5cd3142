// The view `sandwich`: a list of agents, tools, models and functions; for the chosen one what calls it above, what it calls below.

import { at } from '../../profiler-agent/profile/columns'
import { sumsOf } from '../../profiler-agent/profile/measures'
import { kindOf, labelOf, type Tree } from '../../profiler-agent/profile/tree'
import { button, element } from '../element'
import { legendIn } from '../flame/colouring'
import { FlameView, type Picture } from '../flame/flame-view'
import { pngOf, svgOf } from '../flame/save'
import type { Theme } from '../flame/theme'
import { Tooltip } from '../flame/tooltip'
import { kindWord, nameOf, valueText } from '../labels'
import { Legend } from '../legend'
import { nothingToShow } from '../nothing'
import type { Page, PageActions, Pane } from '../page'
import { remembered } from '../remembered'
import { hiddenBelow } from '../search'
import { isSame, keptSelection, selectionOfNode } from '../selection'
import { watchTheme } from '../theme-watch'
import { treeOfSpans, treeOfView } from '../view-trees'
import { counted, t } from '../words'
import { CallerRows, type CallerTree } from './caller-rows'
import { SandwichPainter, type SandwichPictures } from './sandwich-picture'
import { SubjectList } from './subject-list'
import { type ListedSubject, listSubjects, subjectOfSelection, subjectWith } from './subjects'

type Side = keyof SandwichPictures

export class SandwichView implements Pane {
  readonly element = element('section', { class: 'sandwich-view', 'aria-label': t('Callers and callees') })
  private readonly list: SubjectList
  private readonly main = element('div', { class: 'sandwich-main' })
  private readonly title = element('h2', { class: 'sandwich-title' })
  private readonly turn = button('', () => this.turnToSelected(), { class: 'plain-button sandwich-turn' })
  private readonly nothing = element('p', { class: 'nothing', hidden: '' })
  private readonly views: Readonly<Record<Side, FlameView>>
  private readonly rows: CallerRows
  private readonly legend = new Legend()
  private readonly tooltip = new Tooltip(document.body)
  private readonly painter = new SandwichPainter()
  private readonly listOf = remembered(listSubjects)
  private readonly hiddenIn = { callers: remembered(hiddenBelow), callees: remembered(hiddenBelow) }
  private page: Page | undefined
  private subject: ListedSubject | undefined
  private pictures: SandwichPictures | undefined
  /** The box that was chosen; several may stand for one selection. */
  private chosen: { readonly tree: Tree; readonly node: number } | undefined
  private theme: Theme

  constructor(private readonly actions: PageActions) {
    const frames = { callers: frame('callers'), callees: frame('callees') }
    this.views = {
      callers: this.flameView(frames.callers, 'callers'),
      callees: this.flameView(frames.callees, 'callees'),
    }
    this.list = new SubjectList((subject) => this.turnTo(subject))
    this.rows = new CallerRows((tree, node) => this.select(tree, node))
    const list = element('div', { class: 'sandwich-list' }, this.list.element)
    this.main.append(
      element('div', { class: 'sandwich-bar' }, this.title, this.turn),
      this.nothing,
      caption(t('Called by')),
      frames.callers,
      caption(t('Calls')),
      frames.callees,
      this.legend.element,
      this.rows.element,
    )
    this.element.append(element('div', {}, list, this.main))
    this.theme = watchTheme((theme) => {
      this.useTheme(theme)
      if (this.page !== undefined) this.show(this.page)
    })
    this.useTheme(this.theme)
  }

  show(page: Page) {
    this.page = page
    const spans = treeOfSpans(page.columns)
    const listed = this.listOf(spans, treeOfView(page.columns, 'stack'), page.unit)
    const kept = page.state.subject
    const isKept = kept !== undefined && kept.of === page.state.selection?.spanId
    this.subject =
      (isKept ? subjectWith(listed, kept) : undefined) ?? subjectOfSelection(listed, spans, page.selection)
    const { search, searchIsRegex } = page.state
    this.list.show(listed, { unit: page.unit, selected: this.subject, search, searchIsRegex })
    this.showSubject(page)
  }

  get found(): Pane['found'] {
    return this.page?.state.search ? this.list.found : undefined
  }

  goToMatch(step: 1 | -1) {
    this.list.goTo(step)
  }

  exportAs(format: 'svg' | 'png' | 'csv'): string | undefined {
    const [above, below] = [this.views.callers.sheet(), this.views.callees.sheet()]
    if (format === 'csv' || above === undefined || below === undefined) return undefined
    return format === 'svg' ? svgOf(above, below) : pngOf(above, below)
  }

  private showSubject(page: Page) {
    const { subject } = this
    this.main.classList.toggle('is-empty', subject === undefined)
    if (subject === undefined) {
      this.title.textContent = ''
      this.nothing.hidden = false
      this.nothing.textContent = t('This run has nothing that calls or is called.')
      return
    }
    this.pictures = this.painter.pictures(subject, page.unit, page.colour, page.columns.head.id)
    const { callers, callees } = this.pictures
    this.title.textContent = titleOf(subject, callees, page)
    const nothing = callees.profile.total > 0 ? undefined : nothingToShow(page.columns, callees.profile)
    this.nothing.hidden = nothing === undefined
    this.nothing.textContent = nothing ?? ''
    for (const side of ['callers', 'callees'] as const) this.showPicture(side, this.pictures[side], page)
    this.legend.show(mergedLegend(callers, callees), this.theme)
    this.rows.show(
      this.filtered('callers', page, callers.profile.tree),
      this.filtered('callees', page, callees.profile.tree),
      page.unit,
      this.selectedIn(page),
    )
    this.showTurn(page)
  }

  private showPicture(side: Side, picture: Picture, page: Page) {
    const selected = this.selectedIn(page)
    const { hidden } = this.filtered(side, page, picture.profile.tree)
    const name = this.subject?.name ?? ''
    const title = side === 'callees' ? t('What {0} calls', name) : t('What calls {0}', name)
    this.views[side].show({
      ...{ ...picture, title },
      ...(hidden && { hidden }),
      selected: selected?.tree === picture.profile.tree ? selected.node : undefined,
    })
    const { canvas } = this.views[side]
    canvas.dataset.view = side === 'callees' ? 'sandwich' : 'sandwich-callers'
    canvas.setAttribute('aria-label', title)
  }

  private filtered(side: Side, page: Page, tree: Tree): CallerTree {
    return { tree, hidden: this.hiddenIn[side](tree, page.state.atLeastPicoUsd) }
  }

  /** The box of the selection: the chosen one, else where the callees have it. */
  private selectedIn({ selection }: Page): { readonly tree: Tree; readonly node: number } | undefined {
    if (this.pictures === undefined) return undefined
    const { callers, callees } = this.pictures
    const { chosen } = this
    const isShown = chosen?.tree === callers.profile.tree || chosen?.tree === callees.profile.tree
    if (chosen !== undefined && isShown && isSame(selectionOfNode(chosen.tree, chosen.node), selection))
      return chosen
    const { tree } = callees.profile
    const node = at(tree.nodeOf, selection.span)
    return node >= 0 && selection.span > 0 ? { tree, node } : { tree, node: 0 }
  }

  private select(tree: Tree, node: number) {
    const { page, subject } = this
    if (page === undefined || subject === undefined) return
    this.chosen = { tree, node }
    const selection = selectionOfNode(tree, node)
    const { spanId } = keptSelection(page.columns, selection)
    // The sandwich stays where it is when a box of it is chosen.
    this.actions.change({ subject: { ...keptOf(subject), of: spanId } })
    this.actions.select(selection)
  }

  private turnTo(subject: ListedSubject) {
    const { page } = this
    if (page === undefined) return
    this.chosen = undefined
    const selection = selectionOfNode(subject.tree, subject.node)
    const { spanId } = keptSelection(page.columns, selection)
    this.actions.change({ subject: { ...keptOf(subject), of: spanId } })
    this.actions.select(selection)
    this.actions.announce(`${subject.name}: ${kindWord(kindOf(subject.tree, subject.node))}`)
  }

  private turnToSelected() {
    const wanted = this.otherSubject()
    if (wanted !== undefined) this.turnTo(wanted)
  }

  /** The subject that the chosen box is one of, if it is another one. */
  private otherSubject(): ListedSubject | undefined {
    const { page, chosen } = this
    if (page === undefined || chosen === undefined || chosen.node === 0) return undefined
    const listed = this.listOf(treeOfSpans(page.columns), treeOfView(page.columns, 'stack'), page.unit)
    const { tree, node } = chosen
    return (
      subjectWith(listed, { kind: kindOf(tree, node), label: labelOf(tree, node) }) ??
      subjectOfSelection(listed, treeOfSpans(page.columns), selectionOfNode(tree, node))
    )
  }

  private showTurn(page: Page) {
    const chosen = this.selectedIn(page)
    const other = chosen === this.chosen ? this.otherSubject() : undefined
    this.turn.hidden = other === undefined || other === this.subject
    this.turn.textContent = other === undefined ? '' : t('Turn to {0}', other.name)
  }

  private flameView(place: HTMLElement, side: Side): FlameView {
    const picture = () => this.pictures?.[side]
    return new FlameView(place, {
      select: (node) => {
        const tree = picture()?.profile.tree
        if (tree !== undefined) this.select(tree, node)
      },
      hover: (node, x, y) => {
        const profile = picture()?.profile
        if (node === undefined || profile === undefined) this.tooltip.hide()
        else this.tooltip.show(profile, node, x, y)
      },
      zoomed: () => undefined,
      open: () => {
        const spanId = this.page?.state.selection?.spanId
        if (this.page?.canReveal === true && spanId !== undefined)
          this.actions.post({ type: 'reveal', spanId })
      },
    })
  }

  private useTheme(theme: Theme) {
    this.theme = theme
    this.views.callers.setTheme(theme)
    this.views.callees.setTheme(theme)
  }
}

function frame(side: Side): HTMLElement {
  return element('div', { class: `flame sandwich-${side}` })
}

function caption(text: string): HTMLElement {
  return element('h3', { class: 'sandwich-caption' }, text)
}

function keptOf({ tree, node }: ListedSubject) {
  return { kind: kindOf(tree, node), label: labelOf(tree, node) }
}

function titleOf(subject: ListedSubject, { profile: { tree } }: Picture, { unit }: Page): string {
  const kind = kindWord(kindOf(subject.tree, subject.node))
  const calls = at(sumsOf(tree, 'calls'), 0)
  const counts = calls > 0 ? ` · ${counted(calls, 'model call')}` : ''
  return `${nameOf(tree, 0)} · ${kind} · ${valueText(tree, 0, unit)}${counts}`
}

function mergedLegend(callers: Picture, callees: Picture) {
  const [above, below] = [callers, callees].map(({ colours, profile }) => legendIn(colours, profile))
  const words = new Set(below?.map(({ word }) => word))
  return [...(below ?? []), ...(above?.filter(({ word }) => !words.has(word)) ?? [])]
}
