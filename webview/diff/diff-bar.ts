// What stands above a difference: both sides with their sums, which tree is compared, and how many places changed in which way.

import { type Change, type DiffTree, deltaOf } from '../../profiler-agent/profile/diff-tree'
import type { Unit } from '../../profiler-agent/profile/measures'
import { element } from '../element'
import { valueText } from '../labels'
import type { PageState } from '../messages'
import type { Page } from '../page'
import { remembered } from '../remembered'
import { counted, t } from '../words'
import { countChanges } from './diff-lines'
import type { Sides } from './diff-sides'
import { CHANGE_WORDS, deltaText, percentText } from './diff-words'
import { RunChooser } from './run-chooser'

type By = NonNullable<PageState['diffBy']>

export interface DiffBarEvents {
  choose(baseIds: readonly string[], headIds: readonly string[]): void
  open(file: File): void
  opened(): void
  by(by: By): void
  /** `undefined`: everything. */
  filter(change: Change | undefined): void
}

const BY: readonly { readonly by: By; readonly label: string }[] = [
  { by: 'spans', label: t('By agent and step') },
  { by: 'stack', label: t('By call stack') },
  { by: 'prompt', label: t('By prompt segment') },
]
const FILTERS: readonly Change[] = ['grew', 'shrank', 'appeared', 'vanished']

export class DiffBar {
  private readonly chooser: RunChooser
  private readonly by: HTMLSelectElement
  private readonly figures = element('div', { class: 'diff-figures' })
  private readonly filters: ReadonlyMap<Change, HTMLButtonElement>
  readonly element: HTMLElement
  private shows: Change | undefined
  private readonly countsOf = remembered((diff: DiffTree, unit: Unit) => countChanges(diff, unit))

  constructor(events: DiffBarEvents) {
    this.chooser = new RunChooser(events)
    this.by = element('select', {}, ...BY.map(({ by, label }) => element('option', { value: by }, label)))
    this.by.addEventListener('change', () => {
      const chosen = BY.find(({ by }) => by === this.by.value)
      if (chosen !== undefined) events.by(chosen.by)
    })
    this.filters = new Map(
      FILTERS.map((change) => {
        const toggle = element('button', { type: 'button', 'aria-pressed': 'false' })
        toggle.addEventListener('click', () => events.filter(this.shows === change ? undefined : change))
        return [change, toggle]
      }),
    )
    this.element = element(
      'div',
      { class: 'diff-bar' },
      this.chooser.element,
      element('label', {}, element('span', { class: 'sr-only' }, t('Compare')), this.by),
      this.figures,
      element(
        'div',
        { class: 'diff-filters', role: 'group', 'aria-label': t('Show only') },
        ...this.filters.values(),
      ),
    )
  }

  show({ unit, state, columns }: Page, sides: Sides, diff: DiffTree | undefined) {
    this.shows = state.diffShows
    this.chooser.show(sides, columns.head.name)
    this.by.value = state.diffBy ?? 'spans'
    this.figures.replaceChildren(...(diff === undefined ? [] : figures(diff, unit, sides)))
    const counts = diff === undefined ? undefined : this.countsOf(diff, unit)
    for (const [change, toggle] of this.filters) {
      toggle.hidden = counts === undefined
      toggle.disabled = counts?.[change] === 0 && this.shows !== change
      toggle.textContent = `${counts?.[change] ?? 0} ${CHANGE_WORDS[change]}`
      toggle.setAttribute('aria-pressed', String(this.shows === change))
    }
  }
}

function figures(diff: DiffTree, unit: Unit, { baseIds, headIds }: Sides): HTMLElement[] {
  const whole = deltaOf(diff, 0, unit)
  const runs = (count: number) => (count > 1 ? ` (${counted(count, 'run')})` : '')
  const figure = (value: string, word: string) =>
    element('span', { class: 'diff-figure' }, element('b', {}, value), ` ${word}`)
  const percent = percentText(whole)
  return [
    figure(valueText(diff.base, 0, unit), `${t('base')}${runs(baseIds.length)}`),
    figure(valueText(diff.head, 0, unit), `${t('now')}${runs(headIds.length + 1)}`),
    figure(deltaText(diff, 0, unit), percent === '' ? t('difference') : t('difference, {0}', percent)),
  ]
}
