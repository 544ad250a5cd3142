// Chooses the runs of both sides of a difference: a list of runs with a box for each side.

import { formatUsd } from '../../profiler-agent/model/money'
import type { OtherRun } from '../../profiler-agent/model/run-questions'
import { chooser } from '../chooser'
import { button, element } from '../element'
import { counted, t } from '../words'
import { fileNameOf, type Sides } from './diff-sides'

export interface RunChooserEvents {
  choose(baseIds: readonly string[], headIds: readonly string[]): void
  open(file: File): void
  /** The list is looked at: runs that came since are wanted. */
  opened(): void
}

export class RunChooser {
  private readonly base = element('span', {})
  private readonly list = element('div', { class: 'diff-runs' })
  readonly element = chooser(this.base, this.list)
  private shown: readonly OtherRun[] | undefined
  private sides: Sides | undefined

  constructor(private readonly events: RunChooserEvents) {
    this.element.addEventListener('toggle', () => {
      if (this.element.open) events.opened()
    })
  }

  /** `own` is the name of the run that is shown: others of that name go by their time. */
  show(sides: Sides, own: string) {
    this.sides = sides
    const others = sides.others.is === 'there' ? sides.others.value : []
    this.base.textContent = summaryText(sides, others, own)
    if (!isSameList(this.shown, others)) this.renderRuns(others)
    this.shown = others
    for (const box of this.list.querySelectorAll('input'))
      box.checked = (box.name === 'base' ? sides.baseIds : sides.headIds).includes(box.value)
  }

  private renderRuns(others: readonly OtherRun[]) {
    const head = element(
      'div',
      { class: 'diff-run', 'aria-hidden': 'true' },
      element('span', {}, t('Base')),
      element('span', {}, t('With this')),
      element('span', {}, t('Run')),
    )
    const rows = others.map((run) => {
      const name = `${run.name}, ${timeText(run)}`
      return element(
        'div',
        { class: 'diff-run' },
        this.box('base', run.id, t('Compare with {0}', name)),
        this.box('head', run.id, t('Count with this run: {0}', name)),
        element('span', {}, run.name),
        element('small', {}, describe(run)),
      )
    })
    this.list.replaceChildren(...(rows.length > 0 ? [head, ...rows] : []), this.fileRow())
  }

  private fileRow(): HTMLElement {
    const input = element('input', { type: 'file', accept: '.json', class: 'sr-only', tabindex: '-1' })
    input.addEventListener('change', () => {
      const file = input.files?.[0]
      // The same file can be chosen again after it has changed.
      input.value = ''
      if (file !== undefined) this.events.open(file)
    })
    const open = button(t('Compare with a saved run …'), () => input.click(), { class: 'plain-button' })
    return element(
      'div',
      { class: 'diff-file' },
      open,
      element('label', { class: 'sr-only' }, t('Saved run'), input),
    )
  }

  private box(side: 'base' | 'head', runId: string, label: string): HTMLInputElement {
    const box = element('input', { type: 'checkbox', name: side, value: runId, 'aria-label': label })
    box.addEventListener('change', () => this.choose(side, runId, box.checked))
    return box
  }

  /** A run stands on one side only. */
  private choose(side: 'base' | 'head', runId: string, isChosen: boolean) {
    const { baseIds = [], headIds = [] } = this.sides ?? {}
    // A file stands alone: nobody else can join it with other runs.
    const without = (ids: readonly string[]) =>
      ids.filter((id) => id !== runId && fileNameOf(id) === undefined)
    const withIt = (ids: readonly string[], own: boolean) =>
      own && isChosen ? [...without(ids), runId] : without(ids)
    this.events.choose(withIt(baseIds, side === 'base'), withIt(headIds, side === 'head'))
  }
}

/** Boxes stay where they are, and the focus with them, as long as the runs do. */
function isSameList(shown: readonly OtherRun[] | undefined, others: readonly OtherRun[]): boolean {
  return (
    shown?.length === others.length &&
    others.every(({ id, calls }, index) => shown[index]?.id === id && shown[index]?.calls === calls)
  )
}

function summaryText({ baseIds, others: fetched }: Sides, others: readonly OtherRun[], own: string): string {
  const [first, ...more] = baseIds
  if (first !== undefined && fileNameOf(first) !== undefined) return t('Base: {0}', fileNameOf(first) ?? '')
  if (first === undefined) return fetched.is === 'asked' ? t('Looking for other runs …') : t('Compare with …')
  const run = others.find(({ id }) => id === first)
  const name = run === undefined ? first : run.name === own ? timeText(run) : `${timeText(run)}, ${run.name}`
  return more.length === 0 ? t('Base: {0}', name ?? '') : t('Base: {0}', counted(baseIds.length, 'run'))
}

function timeText({ startTime }: OtherRun): string {
  return new Date(startTime).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

function describe(run: OtherRun): string {
  // Of a file that was not read yet neither calls nor cost are known.
  const sums = run.calls === undefined ? [] : [formatUsd(run.picoUsd), counted(run.calls, 'call')]
  const commit = run.gitCommit === undefined ? [] : [run.gitCommit.slice(0, 8)]
  return [timeText(run), ...sums, ...commit].join(' · ')
}
