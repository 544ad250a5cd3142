// The detail of measured lines, asked of the profiler once for each state of a run.

import type * as vscode from 'vscode'
import type { LineCost, LineDetail } from '../../profiler-agent/model/line-cost'
import { RecentMap } from '../../profiler-agent/model/recent-map'
import type { Session } from '../profiler/session'

const REMEMBERED = 100

interface AskedDetail {
  /** What came first may lack the kinds of text, which are counted then. */
  first?: LineDetail
  readonly whole: Promise<LineDetail | undefined>
}

export class LineDetails {
  readonly #known = new RecentMap<string, AskedDetail>(REMEMBERED)

  constructor(private readonly session: Session) {}

  /** What there is of it within so many milliseconds; `undefined` where nobody can be asked. All of it is there the next time. */
  async of(
    cost: LineCost,
    milliseconds: number,
    token: vscode.CancellationToken,
  ): Promise<LineDetail | undefined> {
    // A hover starts no profiler.
    if (this.session.profiler.is !== 'running') return undefined
    const asked = this.#asked(cost)
    return (await within(milliseconds, asked.whole, token)) ?? asked.first
  }

  #asked(cost: LineCost): AskedDetail {
    const { runId, callSite, active } = cost
    const revision = this.session.runs.find(({ id }) => id === runId)?.revision
    const key = JSON.stringify([
      ...[runId, callSite.file, callSite.line, revision],
      ...[active, cost.totals.cost?.picoUsd],
    ])
    const known = this.#known.get(key)
    if (known) return known
    const asked: AskedDetail = {
      whole: this.#ask(cost).then(async (first) => {
        if (first) asked.first = first
        const whole = first?.byKind === null ? ((await this.#ask(cost)) ?? first) : first
        // What is still counted, or could not be read, is asked for again.
        if (whole === undefined || whole.byKind === null) this.#known.delete(key)
        return whole
      }),
    }
    this.#known.set(key, asked)
    return asked
  }

  async #ask({ runId, callSite: { file, line } }: LineCost): Promise<LineDetail | undefined> {
    try {
      const answer = await this.session.askIfRunning<'line'>({ ask: 'line', runId, file, line })
      return answer?.detail ?? undefined
    } catch (error) {
      this.session.log.warn(`the detail of ${file}:${line} could not be read: ${error}`)
      return undefined
    }
  }
}

/** Gives `undefined` when the time is up, or nobody waits any more. */
function within<Value>(
  milliseconds: number,
  promise: Promise<Value>,
  token: vscode.CancellationToken,
): Promise<Value | undefined> {
  return new Promise((resolve) => {
    const subscription = token.onCancellationRequested(() => done(undefined))
    const timer = setTimeout(() => done(undefined), milliseconds)
    const done = (value: Value | undefined) => {
      clearTimeout(timer)
      subscription.dispose()
      resolve(value)
    }
    void promise.then(done)
  })
}
