// How the cost of a line went over the last runs, and between which of them the commit changed. Markdown; knows no VS Code.

import type { LineCost, PastLine } from '../../profiler-agent/model/line-cost'
import { formatUsd } from '../../profiler-agent/model/money'
import { formatCount } from '../../profiler-agent/model/quantity'
import { commandLink, markdownText, tableRow } from '../markdown-text'
import type { Words } from './lens-text'
import { sparkline } from './sparkline'

/** As many as can be seen without scrolling. */
const SHOWN_RUNS = 5
const COMMIT_DIGITS = 7

/** A bar for each run, in a line; nothing where there is but one. */
export function trendBars({ past }: LineCost, { t }: Words): string | undefined {
  return past.length < 2 ? undefined : `\`${barsOf(past)}\` ${t('over {0} runs', formatCount(past.length))}`
}

/** The last of the runs, newest first. */
export function trendTable(
  { past }: LineCost,
  when: (time: string) => string,
  words: Words,
): string | undefined {
  if (past.length < 2) return undefined
  const { t } = words
  const rows = past.slice(0, SHOWN_RUNS).map((run, index) => rowOf(run, past[index + 1], when, words))
  return [
    tableRow([t('Run'), t('Commit'), t('Calls'), t('Cost'), '']),
    '|:--|:--|--:|--:|--:|',
    ...rows.map(tableRow),
  ].join('\n')
}

/** The oldest first; a line stands where the commit changed. */
function barsOf(newestFirst: readonly PastLine[]): string {
  const runs = newestFirst.toReversed()
  const bars = sparkline(runs.map(({ picoUsd }) => picoUsd))
  return [...bars]
    .map((bar, index) =>
      index > 0 && runs[index]?.gitCommit !== runs[index - 1]?.gitCommit ? `│${bar}` : bar,
    )
    .join('')
}

function rowOf(
  run: PastLine,
  before: PastLine | undefined,
  when: (time: string) => string,
  { t }: Words,
): string[] {
  const time = markdownText(when(run.startTime))
  const commit = run.gitCommit === undefined ? '' : run.gitCommit.slice(0, COMMIT_DIGITS)
  const amount = formatUsd(run.picoUsd)
  const cost = run.atLeast && run.picoUsd !== null ? `≥ ${amount}` : amount
  return [
    commandLink(time, 'costflame.openFlameGraph', [run.runId], t('Show in the flame graph')),
    ...[commit, formatCount(run.calls), cost, changeText(run, before)].map(markdownText),
  ]
}

/** `+12 %` against the run before; nothing where one of the two is not wholly known. */
function changeText(run: PastLine, before: PastLine | undefined): string {
  if (before === undefined || run.atLeast || before.atLeast || run.picoUsd === null || !before.picoUsd)
    return ''
  const percent = Math.round((run.picoUsd / before.picoUsd - 1) * 100)
  if (percent === 0) return ''
  return percent < 0 ? `−${-percent} %` : `+${percent} %`
}
