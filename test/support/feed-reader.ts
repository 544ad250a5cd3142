// A reader of the profiler's feed that keeps what was announced: the newest number of calls of each run.

import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeServerMessage } from '../../profiler-agent/feed/codec'
import type { ReadyLine, RunSummary } from '../../profiler-agent/feed/protocol'

export class FeedReader {
  /** Calls of each run, as the feed said last. */
  readonly announced = new Map<string, number>()
  runs: readonly RunSummary[] = []
  readonly problems: string[] = []
  readonly #waiting = new Set<() => void>()

  private constructor(readonly socket: WebSocket) {
    socket.on('error', () => 'a profiler that is killed: `announced` says what was heard until then')
    socket.on('message', (data) => this.#hear(data.toString()))
  }

  /** Connects; rejects when the profiler is gone before that. */
  static async open(ready: ReadyLine): Promise<FeedReader> {
    const reader = new FeedReader(
      new WebSocket(ready.feed, { headers: { 'x-costflame-token': ready.token } }),
    )
    await once(reader.socket, 'open')
    return reader
  }

  /** Resolves as soon as the newest state is as wanted. */
  state(isWanted: (runs: readonly RunSummary[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isWanted(this.runs)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  close(): void {
    this.socket.terminate()
  }

  #hear(text: string): void {
    const decoded = decodeServerMessage(text)
    if (!decoded.ok) {
      this.problems.push(decoded.message)
      return
    }
    if (decoded.value.type !== 'state') return
    this.runs = decoded.value.runs
    for (const { id, totals } of this.runs) this.announced.set(id, totals.calls)
    for (const look of [...this.#waiting]) look()
  }
}
