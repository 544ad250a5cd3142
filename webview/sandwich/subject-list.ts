// The list of a sandwich's subjects: sortable, narrowed by the page's search, one chosen.

import { formatCount } from '../../profiler-agent/model/quantity'
import type { Unit } from '../../profiler-agent/profile/measures'
import { kindOf } from '../../profiler-agent/profile/tree'
import { element } from '../element'
import { Grid, type GridColumn, type GridRow } from '../grid/grid'
import type { GridSort } from '../grid/grid-rows'
import { amountText, kindWord } from '../labels'
import { remembered } from '../remembered'
import { matcherOf } from '../search'
import { t } from '../words'
import type { ListedSubject } from './subjects'

const COLUMNS: readonly GridColumn[] = [
  { id: 'name', title: t('Name'), width: 120 },
  { id: 'kind', title: t('Kind'), width: 88 },
  {
    id: 'total',
    title: t('Total'),
    isNumber: true,
    width: 84,
    says: t('With all below, nothing counted twice'),
  },
  { id: 'self', title: t('Self'), isNumber: true, width: 84, says: t('Without what is below') },
  { id: 'nodes', title: t('Count'), isNumber: true, width: 64, says: t('How often it occurs') },
]

export interface SubjectListState {
  readonly unit: Unit
  readonly selected: ListedSubject | undefined
  readonly search: string | undefined
  readonly searchIsRegex: boolean | undefined
}

export class SubjectList {
  private readonly grid: Grid
  private sort: GridSort = { column: 'total', descending: true }
  private listed: readonly ListedSubject[] = []
  private state: SubjectListState | undefined
  private rows: readonly ListedSubject[] = []

  private readonly rowsOf = remembered(
    (
      listed: readonly ListedSubject[],
      sort: GridSort,
      search: string | undefined,
      searchIsRegex: boolean | undefined,
    ) => {
      const matcher = matcherOf({ ...(search && { search }), ...(searchIsRegex && { searchIsRegex }) })
      return listed
        .filter((one) => matcher === undefined || matcher.test(one.name) || matcher.test(wordOf(one)))
        .sort(orderBy(sort))
    },
  )

  constructor(private readonly choose: (subject: ListedSubject) => void) {
    this.grid = new Grid({
      select: (index) => this.chooseRow(index),
      sort: (column) => {
        const descending =
          this.sort.column === column ? !this.sort.descending : column !== 'name' && column !== 'kind'
        this.sort = { column, descending }
        this.render()
      },
    })
  }

  get element(): HTMLElement {
    return this.grid.element
  }

  show(listed: readonly ListedSubject[], state: SubjectListState) {
    this.listed = listed
    this.state = state
    this.render()
  }

  get found(): { readonly count: number; readonly position: number } {
    return { count: this.rows.length, position: this.selectedIndex + 1 }
  }

  goTo(step: 1 | -1) {
    const { length } = this.rows
    if (length > 0) this.chooseRow((this.selectedIndex + step + length) % length)
  }

  private get selectedIndex(): number {
    return this.state?.selected === undefined ? -1 : this.rows.indexOf(this.state.selected)
  }

  private chooseRow(index: number) {
    const subject = this.rows[index]
    if (subject !== undefined) this.choose(subject)
  }

  private render() {
    const { state } = this
    if (state === undefined) return
    this.rows = this.rowsOf(this.listed, this.sort, state.search, state.searchIsRegex)
    this.grid.show({
      label: t('Agents, steps, tools, models, parts of prompts and functions'),
      columns: COLUMNS,
      rowCount: this.rows.length,
      rowAt: (index) => this.row(index, state.unit),
      sort: this.sort,
      selected: this.selectedIndex,
    })
  }

  private row(index: number, unit: Unit): GridRow {
    const subject = this.rows[index]
    if (subject === undefined) return { cells: [] }
    const { total, self, nodes, name } = subject
    const cell = document.createDocumentFragment()
    cell.append(
      element('span', { class: 'swatch', 'data-kind': kindOf(subject.tree, subject.node) }),
      element('span', {}, name),
    )
    return {
      attributes: { title: `${name}: ${wordOf(subject)}` },
      cells: [cell, wordOf(subject), amountText(unit, total), amountText(unit, self), formatCount(nodes)],
    }
  }
}

function wordOf({ tree, node }: ListedSubject): string {
  return kindWord(kindOf(tree, node))
}

function orderBy({ column, descending }: GridSort): (a: ListedSubject, b: ListedSubject) => number {
  const direction = descending ? -1 : 1
  if (column === 'name') return (a, b) => direction * a.name.localeCompare(b.name)
  if (column === 'kind') return (a, b) => direction * wordOf(a).localeCompare(wordOf(b))
  const key = column === 'self' ? 'self' : column === 'nodes' ? 'nodes' : 'total'
  return (a, b) => direction * ((a[key] || 0) - (b[key] || 0))
}
