// The list beside the picture of a difference: base, head and difference of each place, as a tree or, when something is looked for, flat.

import { at, spanId } from '../../profiler-agent/profile/columns'
import { type Change, type DiffTree, deltaOf } from '../../profiler-agent/profile/diff-tree'
import type { Unit } from '../../profiler-agent/profile/measures'
import { kindOf, type Tree } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { Grid, type GridColumn, type GridRow } from '../grid/grid'
import type { GridSort } from '../grid/grid-rows'
import { pathKey } from '../grid/tree-lines'
import { nameOf, valueText } from '../labels'
import { remembered } from '../remembered'
import { t } from '../words'
import { type DiffLine, diffLines, openAtFirst, USUAL_SORT } from './diff-lines'
import { CHANGE_WORDS, deltaText, percentText } from './diff-words'

const COLUMNS: readonly GridColumn[] = [
  { id: 'name', title: t('Name'), width: 150 },
  {
    id: 'delta',
    title: t('Difference'),
    isNumber: true,
    width: 132,
    says: t('Base and difference add up to now'),
  },
  { id: 'change', title: t('Change'), isNumber: true, width: 72, says: t('Of the base') },
  { id: 'base', title: t('Base'), isNumber: true, width: 116 },
  { id: 'head', title: t('Now'), isNumber: true, width: 126 },
]

export interface DiffListState {
  readonly unit: Unit
  readonly selected: number | undefined
  readonly shows: Change | undefined
  readonly found: Uint8Array | undefined
  readonly hidden: Uint8Array | undefined
}

export class DiffList {
  private readonly grid: Grid
  private diff: DiffTree | undefined
  private state: DiffListState | undefined
  private lines: readonly DiffLine[] = []
  private sort: GridSort = USUAL_SORT
  /** Path keys of nodes that are not as they are at first. */
  private readonly toggled = new Set<string>()
  private readonly firstOpen = remembered(openAtFirst)

  constructor(private readonly select: (node: number) => void) {
    this.grid = new Grid({
      select: (index) => {
        const line = this.lines[index]
        if (line !== undefined) this.select(line.node)
      },
      sort: (column) => {
        const descending = this.sort.column === column ? !this.sort.descending : column !== 'name'
        this.sort = { column, descending }
        this.render()
      },
      toggle: (index) => this.toggle(index),
    })
  }

  get element(): HTMLElement {
    return this.grid.element
  }

  show(diff: DiffTree, state: DiffListState) {
    const isNew = this.diff !== diff || this.state?.selected !== state.selected
    this.diff = diff
    this.state = state
    if (isNew && state.selected !== undefined) this.openAncestors(diff, state.selected)
    this.render()
  }

  private render() {
    const { diff, state } = this
    if (diff === undefined || state === undefined) return
    const { unit, shows, found, hidden, selected } = state
    const isOpen = (node: number) => this.isOpen(diff, node)
    this.lines = diffLines(diff, { unit, sort: this.sort, shows, found, hidden, isOpen })
    this.grid.show({
      label: t('Differences'),
      columns: COLUMNS,
      rowCount: this.lines.length,
      rowAt: (index) => this.row(diff, index, unit),
      total: { cells: cellsOf(diff, 0, unit, element('span', {}, t('Total'))) },
      sort: this.sort,
      selected: this.lines.findIndex(({ node }) => node === selected),
    })
  }

  private isOpen(diff: DiffTree, node: number): boolean {
    const { unit } = this.state ?? { unit: 'cost' as const }
    return this.firstOpen(diff, unit).has(node) !== this.toggled.has(pathKey(diff.head, node))
  }

  private toggle(index: number) {
    const node = this.lines[index]?.node
    if (node === undefined || this.diff === undefined) return
    this.turn(this.diff.head, node)
    this.render()
  }

  private turn(tree: Tree, node: number) {
    const key = pathKey(tree, node)
    if (!this.toggled.delete(key)) this.toggled.add(key)
  }

  private openAncestors(diff: DiffTree, node: number) {
    for (let above = at(diff.head.parent, node); above >= 0; above = at(diff.head.parent, above))
      if (!this.isOpen(diff, above)) this.turn(diff.head, above)
  }

  private row(diff: DiffTree, index: number, unit: Unit): GridRow {
    const line = this.lines[index]
    if (line === undefined) return { cells: [] }
    const { node, level, isOpen } = line
    const { head } = diff
    const { change, head: now } = deltaOf(diff, node, 'cost')
    const parent = at(head.parent, node)
    const where = level === undefined && parent > 0 ? nameOf(head, parent) : ''
    const name = element(
      'span',
      {},
      nameOf(head, node),
      where === '' ? undefined : element('small', {}, t('in {0}', where)),
    )
    return {
      ...(level === undefined ? {} : { level }),
      ...(isOpen === undefined ? {} : { isOpen }),
      attributes: {
        class: `diff-${deltaOf(diff, node, unit).change}`,
        'data-span-id': spanId(head.columns, at(head.span, node)),
        'data-kind': kindOf(head, node),
        'data-pico-usd': Number.isNaN(now) ? '' : String(now),
        'data-change': change,
      },
      cells: cellsOf(diff, node, unit, name),
    }
  }
}

function cellsOf(diff: DiffTree, node: number, unit: Unit, name: HTMLElement) {
  const delta = deltaOf(diff, node, unit)
  const { change } = delta
  const word = change === 'grew' || change === 'shrank' ? percentText(delta) : CHANGE_WORDS[change]
  return [
    name,
    deltaText(diff, node, unit),
    word,
    at(diff.inBase, node) === 1 ? valueText(diff.base, node, unit) : '–',
    at(diff.inHead, node) === 1 ? valueText(diff.head, node, unit) : '–',
  ]
}
