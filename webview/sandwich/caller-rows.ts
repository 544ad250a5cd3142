// The same boxes as in the two pictures as rows of one tree grid, for keyboards and screen readers: first what calls the subject, then what it calls.

import { formatCount } from '../../profiler-agent/model/quantity'
import { at, spanId } from '../../profiler-agent/profile/columns'
import { sumsOf, type Unit } from '../../profiler-agent/profile/measures'
import { kindOf, type Tree } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { Grid, type GridColumn, type GridRow } from '../grid/grid'
import { pathKey, type TreeLine, treeLines } from '../grid/tree-lines'
import { amountText, nameOf, valueText } from '../labels'
import { remembered } from '../remembered'
import { unitLabel } from '../toolbar-choices'
import { t } from '../words'

interface Line extends TreeLine {
  readonly tree: Tree
}

export interface CallerTree {
  readonly tree: Tree
  /** By node: 1 for what a filter leaves out. */
  readonly hidden: Uint8Array | undefined
}

interface Chosen {
  readonly tree: Tree
  readonly node: number
}

const columnsFor = remembered((unit: Unit): readonly GridColumn[] => [
  { id: 'name', title: t('Name'), width: 170 },
  { id: 'cost', title: t('Cost'), isNumber: true, width: 100 },
  {
    id: 'other',
    title: unit === 'cost' || unit === 'time' ? t('Tokens') : unitLabel(unit),
    isNumber: true,
    width: 100,
  },
  { id: 'calls', title: t('Calls'), isNumber: true, width: 58 },
  {
    id: 'time',
    title: t('Work'),
    isNumber: true,
    width: 84,
    says: t('What ran in parallel counts side by side'),
  },
])

export class CallerRows {
  private readonly grid: Grid
  private lines: readonly Line[] = []
  /** Rows that are not as they are by default: callers and the first row of callees open. */
  private readonly toggled = new Set<string>()
  private shown: readonly [CallerTree, CallerTree, Unit, Chosen | undefined] | undefined

  constructor(select: (tree: Tree, node: number) => void) {
    this.grid = new Grid({
      select: (index) => {
        const line = this.lines[index]
        if (line !== undefined) select(line.tree, line.node)
      },
      sort: () => undefined,
      toggle: (index) => this.toggle(index),
    })
  }

  get element(): HTMLElement {
    return this.grid.element
  }

  show(above: CallerTree, below: CallerTree, unit: Unit, chosen: Chosen | undefined) {
    this.shown = [above, below, unit, chosen]
    const callers = above.tree
    this.lines = [above, below].flatMap(({ tree, hidden }): Line[] =>
      treeLines(tree, 0, (node) => this.isOpen(tree, node, callers))
        .filter(({ node }) => hidden === undefined || at(hidden, node) === 0)
        .map((line) => ({ ...line, tree })),
    )
    const selected = this.lines.findIndex(
      ({ tree, node }) => chosen !== undefined && tree === chosen.tree && node === chosen.node,
    )
    this.grid.show({
      label: t('Callers and callees'),
      columns: columnsFor(unit),
      rowCount: this.lines.length,
      rowAt: (index) => this.row(index, callers, unit),
      sort: undefined,
      selected,
    })
  }

  private isOpen(tree: Tree, node: number, callers: Tree): boolean {
    const isUsual = tree === callers || node === 0
    return isUsual !== this.toggled.has(keyOf(tree, node, callers))
  }

  private toggle(index: number) {
    const line = this.lines[index]
    if (line === undefined || this.shown === undefined) return
    const key = keyOf(line.tree, line.node, this.shown[0].tree)
    if (!this.toggled.delete(key)) this.toggled.add(key)
    this.show(...this.shown)
  }

  private row(index: number, callers: Tree, unit: Unit): GridRow {
    const line = this.lines[index]
    if (line === undefined) return { cells: [] }
    const { tree, node, level, isOpen } = line
    const picoUsd = at(sumsOf(tree, 'cost'), node)
    const calls = at(sumsOf(tree, 'calls'), node)
    const other = unit === 'cost' || unit === 'time' ? 'tokens' : unit
    const name = node > 0 ? nameOf(tree, node) : tree === callers ? t('Called by') : t('Calls')
    return {
      level,
      ...(isOpen === undefined ? {} : { isOpen }),
      attributes: {
        class: node === 0 ? 'grid-group' : undefined,
        'data-span-id': spanId(tree.columns, at(tree.span, node)),
        'data-kind': kindOf(tree, node),
        'data-pico-usd': Number.isNaN(picoUsd) ? '' : String(picoUsd),
      },
      cells: [
        element('span', {}, name),
        valueText(tree, node, 'cost'),
        valueText(tree, node, other),
        calls > 0 ? formatCount(calls) : '–',
        amountText('time', at(sumsOf(tree, 'time'), node)),
      ],
    }
  }
}

function keyOf(tree: Tree, node: number, callers: Tree): string {
  return `${tree === callers ? 'callers' : 'callees'}\n${pathKey(tree, node)}`
}
