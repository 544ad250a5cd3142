// The same nodes as on the canvas as an accessible tree, for screen readers, keyboards and whoever prefers rows. Only rows on screen exist.

import { at, SPAN_STATUSES, spanId } from '../../profiler-agent/profile/columns'
import { sumsOf, type Unit } from '../../profiler-agent/profile/measures'
import type { Profile } from '../../profiler-agent/profile/profile'
import { kindOf, type Tree } from '../../profiler-agent/profile/tree'
import { afterPaint } from '../after-paint'
import { element } from '../element'
import { costText, durationText, isOneSpan, nameOf, valueText } from '../labels'
import { remembered } from '../remembered'
import { t } from '../words'
import type { Picture } from './flame-view'
import { OpenRows, placesIn, rowKey } from './open-rows'
import type { Theme } from './theme'

/** Rows are so many times as high as their text. */
const LINE = 1.7
const INDENT = 14
/** Up to this many rows all exist: then find-in-page and screen readers see the whole tree. */
const ALL_ROWS = 300
const MARGIN_ROWS = 20

export interface TreeViewEvents {
  select(node: number): void
  /** Enter or double-click. */
  activate(node: number): void
}

export interface Described {
  /** For screen readers. */
  readonly label: string
  /** Times are of work, which adds up, and not on the clock. */
  readonly isWork: boolean
}

export class TreeView {
  readonly element = element('div', { class: 'tree-pane' })
  private readonly heads = element('div', { class: 'columns', 'aria-hidden': 'true' })
  private readonly list = element('div', { class: 'tree', role: 'tree', tabindex: '0' })
  private readonly rows = element('div', { class: 'rows', role: 'presentation' })
  private readonly open = new OpenRows()
  private readonly placesOf = remembered(placesIn)
  private picture: Picture | undefined
  private theme: Theme | undefined
  private described: Described = { label: '', isWork: false }
  private selectedKey = ''
  /** What is to be shown as soon as there is time. */
  private wanted: Picture | undefined

  constructor(private readonly events: TreeViewEvents) {
    this.list.append(this.rows)
    this.element.append(this.heads, this.list)
    this.list.addEventListener('scroll', () => this.render())
    this.list.addEventListener('keydown', (event) => this.onKey(event))
    this.list.addEventListener('click', (event) => this.onClick(event))
    this.list.addEventListener('dblclick', (event) => {
      const node = nodeUnder(event)
      if (node !== undefined) this.events.activate(node)
    })
    new ResizeObserver(() => this.render()).observe(this.list)
  }

  /**
   * Shows the nodes of a picture, when the picture itself is on the screen. A selection that is new is scrolled to, and what it is
   * in opened.
   */
  show(picture: Picture, theme: Theme, described: Described) {
    this.theme = theme
    this.described = described
    if (this.wanted === undefined) afterPaint(() => this.refresh())
    this.wanted = picture
  }

  /** Brings the rows up to date with what is to be shown. */
  private refresh() {
    const picture = this.wanted
    if (picture === undefined) return
    this.wanted = undefined
    this.picture = picture
    const { profile, selected } = picture
    this.list.setAttribute('aria-label', this.described.label)
    this.heads.replaceChildren(
      ...this.columnHeads(profile.unit).map((head) =>
        element('span', head === '' ? { class: 'share' } : {}, head),
      ),
    )
    this.open.show(profile.tree, picture.hidden)
    // By key: while a run grows its nodes have other numbers, and who looks elsewhere shall stay there.
    const key = selected === undefined ? '' : `${this.described.label} ${rowKey(profile.tree, selected)}`
    const isNew = key !== this.selectedKey
    this.selectedKey = key
    if (selected !== undefined && isNew) this.open.openAncestors(selected)
    this.render()
    if (selected !== undefined && isNew) this.scrollTo(this.open.rows.indexOf(selected))
  }

  private get rowHeight(): number {
    return Math.round((this.theme?.fontSize ?? 13) * LINE)
  }

  private render() {
    const { picture, rowHeight } = this
    if (picture === undefined) return
    const { rows } = this.open
    this.rows.style.height = `${rows.length * rowHeight}px`
    const all = rows.length <= ALL_ROWS
    const first = all ? 0 : Math.max(0, Math.floor(this.list.scrollTop / rowHeight) - MARGIN_ROWS)
    const shown = Math.ceil(this.list.clientHeight / rowHeight) + 2 * MARGIN_ROWS
    const last = all ? rows.length : Math.min(rows.length, first + shown)
    const nodes = rows.slice(first, last)
    this.rows.replaceChildren(...nodes.map((node, index) => this.row(picture, node, first + index)))
    // A row that is not there cannot be named.
    if (picture.selected !== undefined && nodes.includes(picture.selected))
      this.list.setAttribute('aria-activedescendant', `row-${picture.selected}`)
    else this.list.removeAttribute('aria-activedescendant')
  }

  private row(picture: Picture, node: number, index: number): HTMLElement {
    const { tree } = picture.profile
    const picoUsd = at(sumsOf(tree, 'cost'), node)
    const failure = failureOf(tree, node)
    const { position, siblings } = this.placesOf(tree)
    const made = element(
      'div',
      {
        id: `row-${node}`,
        class: rowClass(picture, node, failure),
        role: 'treeitem',
        'aria-level': String(at(tree.depth, node) + 1),
        'aria-selected': String(node === picture.selected),
        'aria-expanded': this.open.hasChildren(node) ? String(this.open.isOpen(node)) : undefined,
        'aria-posinset': String(at(position, node)),
        'aria-setsize': String(at(siblings, node)),
        'data-node': String(node),
        'data-span-id': idOf(tree, node),
        'data-kind': kindOf(tree, node),
        // What is not known is empty, never 0.
        'data-pico-usd': Number.isNaN(picoUsd) ? '' : String(picoUsd),
      },
      this.nameCell(picture, node, failure),
      ...this.valueCells(picture.profile, node),
    )
    made.style.top = `${index * this.rowHeight}px`
    made.style.height = `${this.rowHeight}px`
    return made
  }

  private nameCell(picture: Picture, node: number, failure: string | undefined): HTMLElement {
    const { tree } = picture.profile
    const swatch = element('span', { class: 'swatch' })
    const hue = picture.colours.hues[at(picture.colours.hueOf, node)]
    if (hue !== undefined && this.theme !== undefined)
      swatch.style.background = this.theme.coloursOf(hue).fill
    const name = nameOf(tree, node)
    const cell = element(
      'span',
      { class: 'name' },
      element('span', { class: 'twisty', 'aria-hidden': 'true' }, this.open.hasChildren(node) ? '▶' : ''),
      swatch,
      element('span', {}, failure === undefined ? name : `${name} (${failure})`),
    )
    cell.style.paddingLeft = `${at(tree.depth, node) * INDENT}px`
    return cell
  }

  private columnHeads(unit: Unit): readonly string[] {
    return [
      t('Name'),
      '',
      t('Cost'),
      EXTRA_HEADS[unit] ?? t('Tokens'),
      this.described.isWork ? t('Work') : t('Time'),
    ]
  }

  private valueCells({ tree, unit, inTime }: Profile, node: number): readonly HTMLElement[] {
    const second = valueText(tree, node, EXTRA_HEADS[unit] === undefined ? 'tokens' : unit)
    const time = this.described.isWork ? workText(tree, node) : durationText(tree, node)
    return [
      shareCell(tree, node, inTime ? 'cost' : unit),
      costCell(tree, node),
      element('span', { class: 'number' }, second),
      element('span', { class: 'number dim' }, time),
    ]
  }

  private scrollTo(index: number) {
    if (index < 0) return
    const { rowHeight } = this
    const top = index * rowHeight
    const { scrollTop, clientHeight } = this.list
    if (top < scrollTop) this.list.scrollTop = top
    else if (top + rowHeight > scrollTop + clientHeight) this.list.scrollTop = top + rowHeight - clientHeight
  }

  private toggle(node: number) {
    this.open.toggle(node)
    this.render()
  }

  private onClick(event: MouseEvent) {
    const node = nodeUnder(event)
    if (node === undefined) return
    const isTwisty = event.target instanceof Element && event.target.closest('.twisty') !== null
    if (isTwisty && this.open.hasChildren(node)) this.toggle(node)
    else this.events.select(node)
  }

  private onKey(event: KeyboardEvent) {
    this.refresh()
    const { picture } = this
    if (picture === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const node = picture.selected ?? 0
    if (event.key === 'Enter') this.events.activate(node)
    else if (!this.move(picture.profile.tree, event.key, node)) return
    event.preventDefault()
  }

  /** The keys of a tree by the ARIA authoring practices. */
  private move(tree: Tree, key: string, node: number): boolean {
    const { rows } = this.open
    const index = rows.indexOf(node)
    const page = Math.max(1, Math.floor(this.list.clientHeight / this.rowHeight) - 1)
    switch (key) {
      case 'ArrowDown':
        return this.goTo(rows[index + 1])
      case 'ArrowUp':
        return this.goTo(rows[Math.max(0, index - 1)])
      case 'PageDown':
        return this.goTo(rows[Math.min(rows.length - 1, index + page)])
      case 'PageUp':
        return this.goTo(rows[Math.max(0, index - page)])
      case 'Home':
        return this.goTo(rows[0])
      case 'End':
        return this.goTo(rows.at(-1))
      case 'ArrowRight':
        if (!this.open.hasChildren(node)) return true
        if (this.open.isOpen(node)) return this.goTo(rows[index + 1])
        this.toggle(node)
        return true
      case 'ArrowLeft':
        if (!this.open.isOpen(node)) return this.goTo(Math.max(0, at(tree.parent, node)))
        this.toggle(node)
        return true
      default:
        return false
    }
  }

  private goTo(node: number | undefined): true {
    if (node !== undefined && node !== this.picture?.selected) this.events.select(node)
    return true
  }
}

function nodeUnder(event: Event): number | undefined {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-node]') : null
  return row === null ? undefined : Number(row.dataset.node)
}

/** Id of the span that a row stands for; of the run where no span stands for it. */
function idOf(tree: Tree, node: number): string {
  return spanId(tree.columns, at(tree.span, node)) || tree.columns.head.id
}

/** Status of a span that did not end well; what stands for several spans has none. */
function failureOf(tree: Tree, node: number): string | undefined {
  const span = at(tree.span, node)
  if (!isOneSpan(tree, node)) return undefined
  const status = SPAN_STATUSES[at(tree.columns.status, span)] ?? 'ok'
  return status === 'ok' ? undefined : status
}

function rowClass({ highlighted }: Picture, node: number, failure: string | undefined): string {
  const isFound = highlighted !== undefined && at(highlighted, node) === 1
  return `row${failure === undefined ? '' : ' failed'}${isFound ? ' found' : ''}`
}

/** Units without a column of their own take the place of the tokens. */
const EXTRA_HEADS: Readonly<Partial<Record<Unit, string>>> = {
  uncachedTokens: t('Uncached'),
  cacheWriteTokens: t('Written'),
  avoidable: t('Avoidable'),
}

function workText(tree: Tree, node: number): string {
  return at(sumsOf(tree, 'time'), node) > 0 ? valueText(tree, node, 'time') : '–'
}

function costCell(tree: Tree, node: number): HTMLElement {
  const isKnown = !Number.isNaN(at(sumsOf(tree, 'cost'), node))
  return element('span', { class: isKnown ? 'number' : 'number dim' }, costText(tree, node))
}

/** A bar as long as the node's share of the whole in the unit. */
function shareCell(tree: Tree, node: number, unit: Unit): HTMLElement {
  const sums = sumsOf(tree, unit)
  const share = at(sums, node) / at(sums, 0)
  const cell = element('span', { class: 'share', 'aria-hidden': 'true' })
  if (share > 0) {
    const bar = element('i', {})
    bar.style.width = `${100 * share}%`
    cell.append(bar)
  }
  return cell
}
