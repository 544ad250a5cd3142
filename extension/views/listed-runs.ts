// The runs that the list shows: the newest, which the profilers tell of by themselves, and older ones when somebody asks for them.

import * as vscode from 'vscode'
import type { RunSummary } from '../../profiler-agent/feed/protocol'
import type { Session } from '../profiler/session'

/** As many as a profiler tells of by itself: with fewer there are no older ones. */
const PAGE = 100

type Profiler = Session['allProfilers'][number]

export class ListedRuns implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  readonly onDidChange = this.changed.event
  private readonly subscription: vscode.Disposable
  /** By folder, newest first; what the last page ended with says whether there is more. */
  private readonly older = new Map<
    string,
    { readonly runs: readonly RunSummary[]; readonly isAll: boolean }
  >()

  constructor(private readonly session: Session) {
    this.subscription = session.onDidChangeRuns(() => this.changed.fire())
  }

  /** Newest first. */
  get runs(): readonly RunSummary[] {
    const { runs } = this.session
    if (this.older.size === 0) return runs
    const known = new Set(runs.map(({ id }) => id))
    const older = [...this.older.values()].flatMap((page) => page.runs.filter(({ id }) => !known.has(id)))
    return [...runs, ...older.sort((left, right) => (left.startTime < right.startTime ? 1 : -1))]
  }

  get hasOlder(): boolean {
    return this.session.allProfilers.some((profiler) => this.mayHaveOlder(profiler))
  }

  /** One more page of each folder that has one. */
  async showOlder(): Promise<void> {
    await Promise.all(
      this.session.allProfilers.filter((each) => this.mayHaveOlder(each)).map((each) => this.addPage(each)),
    )
    this.changed.fire()
  }

  /** Forgets the older ones: some were deleted, or are to be read again. */
  forgetOlder() {
    this.older.clear()
    this.changed.fire()
  }

  dispose() {
    this.subscription.dispose()
    this.changed.dispose()
  }

  private mayHaveOlder({ folder, runs }: Profiler): boolean {
    return runs.length >= PAGE && this.older.get(folder)?.isAll !== true
  }

  private async addPage({ folder, runs }: Profiler): Promise<void> {
    const before = this.older.get(folder)?.runs ?? []
    const last = before.at(-1) ?? runs.at(-1)
    if (last === undefined) return
    const question = { ask: 'olderRuns', runId: last.id, limit: PAGE } as const
    const answer = await this.session.ask<'olderRuns'>(question, folder)
    this.older.set(folder, { runs: [...before, ...answer.runs], isAll: answer.runs.length < PAGE })
  }
}
