// Runs as rows of a list: how they are grouped, sorted and found. Knows no VS Code.

import type { RunSummary } from '../../profiler-agent/feed/protocol'
import { localDay } from '../../profiler-agent/model/local-day'
import { addTotals } from '../../profiler-agent/model/totals'
import { runDescription, runLabels, shortCommit } from './run-text'
import { isFound } from './text-filter'
import type { Words } from './words'

export type RunGroup = 'none' | 'day' | 'command' | 'commit'
export type RunSort = 'time' | 'cost' | 'findings'

export interface RunGroupRow {
  readonly key: string
  readonly label: string
  readonly runs: readonly RunSummary[]
}

/** The runs that a filter finds, in groups that stand in the order of their first runs. */
export function groupedRuns(
  runs: readonly RunSummary[],
  choice: { readonly group: RunGroup; readonly sort: RunSort; readonly filter: string },
  /** ms since the epoch. */
  now: number,
  words: Words,
): RunGroupRow[] {
  const found = runs.filter((run) => isFound(choice.filter, textsOf(run, words))).toSorted(BY[choice.sort])
  const labelOfRun = runLabels(runs)
  const groups = Map.groupBy(found, (run) => keyOf(run, choice.group, labelOfRun))
  return [...groups].map(([key, members]) => ({
    key,
    label: labelOf(choice.group, key, now, words),
    runs: members,
  }))
}

/** What a filter looks into: also `running`, `failed` and the day. */
function textsOf(run: RunSummary, words: Words): (string | undefined)[] {
  const { id, name, command, gitCommit, active, startTime } = run
  const day = localDay(Date.parse(startTime))
  return [
    id,
    name,
    command,
    gitCommit,
    day,
    active ? words.t('running') : undefined,
    isFailed(run) ? words.t('failed') : undefined,
  ]
}

/** Whether no call of it came to anything. */
export function isFailed({ totals }: Pick<RunSummary, 'totals'>): boolean {
  return totals.calls > 0 && totals.errors >= totals.calls
}

type Compare = (left: RunSummary, right: RunSummary) => number

/** What is not known comes last; equals stay in the order of time that they come in. */
const descending =
  (amountOf: (run: RunSummary) => number | undefined): Compare =>
  (left, right) =>
    (amountOf(right) ?? -1) - (amountOf(left) ?? -1)

const BY: Readonly<Record<RunSort, Compare>> = {
  time: () => 0,
  cost: descending(({ totals }) => totals.cost?.picoUsd),
  findings: descending(({ findings }) => findings),
}

function keyOf(run: RunSummary, group: RunGroup, labelOfRun: (run: RunSummary) => string): string {
  switch (group) {
    case 'day':
      return localDay(Date.parse(run.startTime))
    case 'command':
      return labelOfRun(run)
    case 'commit':
      return run.gitCommit ?? ''
    case 'none':
      return ''
    default:
      return group satisfies never
  }
}

const DAY_MS = 24 * 60 * 60 * 1000

function labelOf(group: RunGroup, key: string, now: number, words: Words): string {
  if (group === 'commit') return key === '' ? words.t('No commit is known') : shortCommit(key)
  if (group !== 'day') return key
  if (key === localDay(now)) return words.t('Today')
  return key === localDay(now - DAY_MS) ? words.t('Yesterday') : key
}

/** `12 runs · $0.123 · 140 calls · 1.2M tokens`. */
export function groupDescription({ runs }: RunGroupRow, words: Words): string {
  const count = runs.length === 1 ? words.t('1 run') : words.t('{0} runs', runs.length)
  return `${count} · ${runDescription({ totals: addTotals(runs.map(({ totals }) => totals)) }, words)}`
}
