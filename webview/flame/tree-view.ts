// The same nodes as on the canvas as an accessible tree, for screen readers, keyboards and whoever prefers a table. Only rows on screen exist.

import { at, SPAN_STATUSES, spanId } from '../../profiler-agent/profile/columns'
import { sumsOf } from '../../profiler-agent/profile/measures'
import { isPart } from '../../profiler-agent/profile/span-tree'
import { kindOf, type Tree } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { costText, durationText, keyOf, nameOf, tokensText } from '../labels'
import type { Picture } from './flame-view'
import type { Theme } from './theme'

const ROW_HEIGHT = 22
const INDENT = 14
/** Up to this many rows all exist: then find-in-page and screen readers see the whole tree. */
const ALL_ROWS = 1000
const MARGIN_ROWS = 20

export interface TreeViewEvents {
  select(node: number): void
  /** Enter or double-click. */
  activate(node: number): void
}

export class TreeView {
  readonly element = element('div', { class: 'tree-pane' })
  private readonly list = element('div', {
    class: 'tree',
    role: 'tree',
    tabindex: '0',
    'aria-label': 'Calls by agent and step',
  })
  private readonly rows = element('div', { class: 'rows', role: 'presentation' })
  private picture: Picture | undefined
  private theme: Theme | undefined
  private tree: Tree | undefined
  private selected: number | undefined
  /** Nodes in the order of the rows. */
  private visible: readonly number[] = []
  /** Keys of nodes that are not as they are by default: spans open, prompt parts closed. */
  private readonly toggled = new Set<string>()

  constructor(private readonly events: TreeViewEvents) {
    this.list.append(this.rows)
    this.element.append(columnHeads(), this.list)
    this.list.addEventListener('scroll', () => this.render())
    this.list.addEventListener('keydown', (event) => this.onKey(event))
    this.list.addEventListener('click', (event) => this.onClick(event))
    this.list.addEventListener('dblclick', (event) => {
      const node = this.nodeOf(event)
      if (node !== undefined) this.events.activate(node)
    })
    new ResizeObserver(() => this.render()).observe(this.list)
  }

  /** Shows the nodes of a picture. A selection that is new is scrolled to, and what it is in opened. */
  show(picture: Picture, theme: Theme) {
    const before = this.picture
    this.picture = picture
    this.theme = theme
    const { tree } = picture.profile
    const { selected } = picture
    this.tree = tree
    this.selected = selected
    const isNew = selected !== undefined && (before?.profile.tree !== tree || before.selected !== selected)
    if (isNew) this.openAncestors(tree, selected)
    this.refresh()
    if (isNew) this.scrollTo(this.visible.indexOf(selected))
  }

  private refresh() {
    const { tree } = this
    if (tree === undefined) return
    const visible: number[] = []
    const hidden = this.picture?.hidden
    for (let node = 0; node < tree.count; ) {
      const isHidden = hidden !== undefined && at(hidden, node) === 1
      if (!isHidden) visible.push(node)
      node = !isHidden && this.isOpen(tree, node) ? node + 1 : at(tree.subtreeEnd, node)
    }
    this.visible = visible
    this.rows.style.height = `${visible.length * ROW_HEIGHT}px`
    this.render()
  }

  private render() {
    const { tree } = this
    if (tree === undefined) return
    const all = this.visible.length <= ALL_ROWS
    const top = Math.floor(this.list.scrollTop / ROW_HEIGHT)
    const first = all ? 0 : Math.max(0, top - MARGIN_ROWS)
    const shown = Math.ceil(this.list.clientHeight / ROW_HEIGHT) + 2 * MARGIN_ROWS
    const last = all ? this.visible.length : Math.min(this.visible.length, first + shown)
    this.rows.replaceChildren(
      ...this.visible.slice(first, last).map((node, index) => this.row(tree, node, first + index)),
    )
    if (this.selected === undefined) this.list.removeAttribute('aria-activedescendant')
    else this.list.setAttribute('aria-activedescendant', `row-${this.selected}`)
  }

  private row(tree: Tree, node: number, index: number): HTMLElement {
    const picoUsd = at(sumsOf(tree, 'cost'), node)
    const opens = hasChildren(tree, node)
    const failed = failureOf(tree, node)
    const made = element(
      'div',
      {
        id: `row-${node}`,
        class: this.rowClass(node, failed !== undefined),
        role: 'treeitem',
        'aria-level': String(at(tree.depth, node) + 1),
        'aria-selected': String(node === this.selected),
        'aria-expanded': opens ? String(this.isOpen(tree, node)) : undefined,
        'aria-posinset': String(index + 1),
        'aria-setsize': String(this.visible.length),
        'data-node': String(node),
        'data-span-id': idOf(tree, node),
        'data-kind': kindOf(tree, node),
        // What is not known is empty, never 0.
        'data-pico-usd': Number.isNaN(picoUsd) ? '' : String(picoUsd),
      },
      this.nameCell(tree, node, opens, failed),
      costCell(tree, node),
      element('span', { class: 'number' }, tokensText(tree, node)),
      element('span', { class: 'number dim' }, durationText(tree, node)),
    )
    made.style.top = `${index * ROW_HEIGHT}px`
    return made
  }

  private rowClass(node: number, failed: boolean): string {
    const isFound = at(this.picture?.highlighted ?? [], node) === 1
    return `row${failed ? ' failed' : ''}${isFound ? ' found' : ''}`
  }

  private nameCell(tree: Tree, node: number, opens: boolean, failed: string | undefined): HTMLElement {
    const swatch = element('span', { class: 'swatch' })
    const hue = this.picture?.colours.hues[at(this.picture.colours.hueOf, node)]
    if (hue !== undefined && this.theme !== undefined)
      swatch.style.background = this.theme.coloursOf(hue).fill
    const cell = element(
      'span',
      { class: 'name' },
      element('span', { class: 'twisty', 'aria-hidden': 'true' }, opens ? '▶' : ''),
      swatch,
      element('span', {}, failed === undefined ? nameOf(tree, node) : `${nameOf(tree, node)} (${failed})`),
    )
    cell.style.paddingLeft = `${at(tree.depth, node) * INDENT}px`
    return cell
  }

  private isOpen(tree: Tree, node: number): boolean {
    if (!hasChildren(tree, node)) return false
    // The parts of prompts outnumber the calls by far: closed until asked for.
    const openByDefault = !isPart(tree, node + 1)
    return openByDefault !== this.toggled.has(keyOf(tree, node))
  }

  private toggle(tree: Tree, node: number) {
    const key = keyOf(tree, node)
    if (!this.toggled.delete(key)) this.toggled.add(key)
    this.refresh()
  }

  private openAncestors(tree: Tree, node: number) {
    for (let parent = at(tree.parent, node); parent !== -1; parent = at(tree.parent, parent))
      if (!this.isOpen(tree, parent)) this.toggle(tree, parent)
  }

  private scrollTo(index: number) {
    if (index < 0) return
    const top = index * ROW_HEIGHT
    const { scrollTop, clientHeight } = this.list
    if (top < scrollTop) this.list.scrollTop = top
    else if (top + ROW_HEIGHT > scrollTop + clientHeight)
      this.list.scrollTop = top + ROW_HEIGHT - clientHeight
  }

  private nodeOf(event: Event): number | undefined {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-node]') : null
    return row === null ? undefined : Number(row.dataset.node)
  }

  private onClick(event: MouseEvent) {
    const node = this.nodeOf(event)
    if (node === undefined || this.tree === undefined) return
    if (event.target instanceof Element && event.target.closest('.twisty') !== null)
      this.toggle(this.tree, node)
    else this.events.select(node)
  }

  private onKey(event: KeyboardEvent) {
    const { tree } = this
    if (tree === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const node = this.selected ?? 0
    if (event.key === 'Enter') this.events.activate(node)
    else if (!this.move(tree, event.key, node)) return
    event.preventDefault()
  }

  /** The keys of a tree by the ARIA authoring practices. */
  private move(tree: Tree, key: string, node: number): boolean {
    const index = this.visible.indexOf(node)
    const go = (target: number | undefined) => {
      if (target !== undefined && target !== node) this.events.select(target)
      return true
    }
    switch (key) {
      case 'ArrowDown':
        return go(this.visible[index + 1])
      case 'ArrowUp':
        return go(this.visible[Math.max(0, index - 1)])
      case 'Home':
        return go(this.visible[0])
      case 'End':
        return go(this.visible.at(-1))
      case 'ArrowRight':
        if (hasChildren(tree, node) && !this.isOpen(tree, node)) this.toggle(tree, node)
        else if (hasChildren(tree, node)) go(node + 1)
        return true
      case 'ArrowLeft':
        if (this.isOpen(tree, node)) this.toggle(tree, node)
        else go(Math.max(0, at(tree.parent, node)))
        return true
      default:
        return false
    }
  }
}

function columnHeads(): HTMLElement {
  const heads = ['Name', 'Cost', 'Tokens', 'Time'].map((name) => element('span', {}, name))
  return element('div', { class: 'columns', 'aria-hidden': 'true' }, ...heads)
}

function hasChildren(tree: Tree, node: number): boolean {
  return at(tree.subtreeEnd, node) > node + 1
}

/** Id of the span that a row stands for; of the run where no span stands for it. */
function idOf(tree: Tree, node: number): string {
  return spanId(tree.columns, at(tree.span, node)) || tree.columns.head.id
}

function failureOf(tree: Tree, node: number): string | undefined {
  const span = at(tree.span, node)
  if (isPart(tree, node) || span < 0) return undefined
  const status = SPAN_STATUSES[at(tree.columns.status, span)] ?? 'ok'
  return status === 'ok' ? undefined : status
}

/** The cost with a line below it as long as its share of the run. */
function costCell(tree: Tree, node: number): HTMLElement {
  const sums = sumsOf(tree, 'cost')
  const picoUsd = at(sums, node)
  const total = at(sums, 0)
  const cell = element(
    'span',
    { class: Number.isNaN(picoUsd) ? 'number cost dim' : 'number cost' },
    costText(tree, node),
  )
  if (picoUsd > 0 && total > 0) {
    const line = element('i', { 'aria-hidden': 'true' })
    line.style.width = `${(100 * picoUsd) / total}%`
    cell.append(line)
  }
  return cell
}
