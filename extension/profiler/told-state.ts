// What the profiler of a folder told last: its runs, the places and findings of the current one, and what the lines of the code cost.

import type { RunDetail, RunSummary } from '../../profiler-agent/feed/protocol'
import type { LineCost } from '../../profiler-agent/model/line-cost'
import type { FeedClient } from './feed-client'
import { Latest, type LatestEvents } from './latest'

/** A run that goes on changes ten times a second, and all lines of the folder are much to read: a few times are enough. */
const LINES_MS = 250

export class ToldState {
  private allRuns: readonly RunSummary[] = []
  private readonly latestDetail: Latest<RunDetail | undefined>
  private readonly latestLines: Latest<readonly LineCost[]>
  /** Of the runs that `lines` were asked for. */
  private linesOf = ''

  constructor(told: LatestEvents) {
    this.latestDetail = new Latest<RunDetail | undefined>('the places of the current run', undefined, told)
    this.latestLines = new Latest<readonly LineCost[]>('what the lines of the code cost', [], told, LINES_MS)
  }

  /** Newest first. */
  get runs(): readonly RunSummary[] {
    return this.allRuns
  }

  /** The newest run that has made a call, else the newest. */
  get currentRun(): RunSummary | undefined {
    return this.allRuns.find((run) => run.totals.attempts > 0) ?? this.allRuns[0]
  }

  /** Places and findings of the current run; of the one before until they have come. */
  get detail(): RunDetail | undefined {
    return this.latestDetail.value
  }

  /** What the lines of the code cost, over the last runs. Another array whenever anything of it changed. */
  get lines(): readonly LineCost[] {
    return this.latestLines.value
  }

  /** What is known of a run already; `undefined` when it has to be asked for. */
  knownDetail(run: RunSummary): RunDetail | undefined {
    return isUpToDate(this.detail, run) ? this.detail : undefined
  }

  /** Takes the new list; the rest is asked for, of whichever profiler is there then. */
  receive(runs: readonly RunSummary[], client: () => FeedClient | undefined): void {
    this.allRuns = runs
    void this.latestDetail.refresh(() => this.readDetail(client()))
    void this.latestLines.refresh(() => this.readLines(client()))
  }

  private readDetail(client: FeedClient | undefined): Promise<RunDetail | undefined> | undefined {
    const { currentRun } = this
    if (client === undefined || isUpToDate(this.detail, currentRun)) return undefined
    if (currentRun === undefined) return Promise.resolve(undefined)
    const question = { ask: 'runDetail', runId: currentRun.id } as const
    return client.ask<'runDetail'>(question).then(({ detail }) => detail ?? undefined)
  }

  private readLines(client: FeedClient | undefined): Promise<readonly LineCost[]> | undefined {
    const runs = JSON.stringify(this.allRuns.map(({ id, revision, active }) => [id, revision, active]))
    if (client === undefined || runs === this.linesOf) return undefined
    this.linesOf = runs
    return client.ask<'lines'>({ ask: 'lines' }).then(
      ({ lines }) => lines,
      (error) => {
        this.linesOf = ''
        throw error
      },
    )
  }
}

function isUpToDate(detail: RunDetail | undefined, run: RunSummary | undefined): boolean {
  return detail?.summary.id === run?.id && (detail?.summary.revision ?? 0) >= (run?.revision ?? 0)
}
