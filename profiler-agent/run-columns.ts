// Runs as columns out of the store, for pages that show them, again and again while a run goes on.

import { RecentMap } from './model/recent-map'
import type { Segment } from './model/span'
import type { RunColumns } from './profile/columns'
import { ColumnsBuilder } from './profile/columns-builder'
import { encodeColumns } from './profile/columns-codec'
import { columnsOf } from './profile/columns-of-run'
import { joinRuns } from './profile/joined-runs'
import { depthFirst } from './profile/span-order'
import type { RunView } from './run-view'
import { readCallIds, readColumnSpans, readPlaces } from './store/column-spans'
import { readRun, type StoredRun } from './store/reader'

/** Parts of more calls are asked for call by call. */
const MOST_CALLS_WITH_PARTS = 5_000
/** Nobody waits longer for the parts: then the run comes without them, and the next time it is asked for with more of them counted. */
const PARTS_WITHIN_MS = 1_000
/** A run that goes on is read again after so many times what that took: it must not keep calls from being stored. */
const REST = 10
const LONGEST_REST_MS = 5_000

/** Parts that are asked for call by call come so many at a time. */
const CALLS_AT_ONCE = 20

/** Runs whose parts are remembered: those of the pages that are open. */
const REMEMBERED_RUNS = 4

interface KnownParts {
  readonly rewrites: number
  readonly segments: Map<string, readonly Segment[]>
}

export class StoredColumns {
  readonly #known = new RecentMap<string, KnownParts>(REMEMBERED_RUNS)
  /** By run that goes on, on that clock. */
  readonly #restUntil = new Map<string, number>()
  #reading: Promise<unknown> = Promise.resolve()

  constructor(
    readonly view: RunView,
    /** Milliseconds of a clock that only goes forward. */
    readonly now: () => number = () => performance.now(),
  ) {}

  /** Encoded, in memory that is the caller's own; `null` where one of the runs is not stored. Several runs are one, to be compared as a set. */
  async of(runIds: readonly string[]): Promise<ArrayBuffer | null> {
    await this.#rest(runIds)
    // One after the other: each is as much work as the worker should do at a time.
    const columns = this.#reading.catch(() => undefined).then(() => this.#columns(runIds))
    this.#reading = columns
    const read = await columns
    return read && encodeColumns(read)
  }

  /** Parts of single calls, in the order asked; none where a call is not stored. */
  async partsOf(runId: string, spanIds: readonly string[]): Promise<(readonly Segment[])[]> {
    const segments = new Map<string, readonly Segment[]>()
    for (let first = 0; first < spanIds.length; first += CALLS_AT_ONCE) {
      const some = spanIds.slice(first, first + CALLS_AT_ONCE)
      await this.view.addSegments(runId, some, segments)
      // What is to be recorded comes in between.
      await new Promise(setImmediate)
    }
    return spanIds.map((id) => segments.get(id) ?? NO_SEGMENTS)
  }

  async #columns(runIds: readonly string[]): Promise<RunColumns | null> {
    const [only, ...others] = runIds
    if (only !== undefined && others.length === 0) return this.#read(only)
    const calls = runIds.reduce((sum, id) => sum + readCallIds(this.view.store, id).length, 0)
    const segments = calls > MOST_CALLS_WITH_PARTS ? 'none' : 'merged'
    const runs = await Promise.all(runIds.map((id) => this.view.run(id, { segments })))
    const there = runs.filter((run) => run !== null)
    if (there.length === 0 || there.length < runIds.length) return null
    const columns = columnsOf(joinRuns(there))
    return segments === 'none' ? { ...columns, parts: undefined } : columns
  }

  async #rest(runIds: readonly string[]): Promise<void> {
    const until = Math.max(0, ...runIds.map((id) => this.#restUntil.get(id) ?? 0))
    const rest = until - this.now()
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
  }

  async #read(runId: string): Promise<RunColumns | null> {
    const run = readRun(this.view.store, runId)
    if (!run) return null
    const began = this.now()
    const columns = await this.#withParts(run)
    const ended = this.now()
    if (this.view.isActive(run))
      this.#restUntil.set(runId, ended + Math.min(LONGEST_REST_MS, REST * (ended - began)))
    else this.#restUntil.delete(runId)
    return columns
  }

  async #withParts(run: StoredRun): Promise<RunColumns> {
    const calls = readCallIds(this.view.store, run.id)
    if (calls.length > MOST_CALLS_WITH_PARTS) return this.#filled(run, undefined)
    const known = this.#known.get(run.id)
    const isSame = known?.rewrites === run.rewrites
    const segments = isSame ? known.segments : new Map<string, readonly Segment[]>()
    this.#known.set(run.id, { rewrites: run.rewrites, segments })
    // From the first call on: what comes before it, such as loading the tokenizer, is done once.
    let deadline: number | undefined
    const isLate = () => {
      deadline ??= this.now() + PARTS_WITHIN_MS
      return this.now() > deadline
    }
    if (await this.view.addSegments(run.id, calls, segments, isLate)) return this.#filled(run, segments)
    return { ...this.#filled(run, undefined), partsFollow: true }
  }

  #filled(run: StoredRun, segments: ReadonlyMap<string, readonly Segment[]> | undefined): RunColumns {
    const { store } = this.view
    const places = readPlaces(store, run.id)
    const order = depthFirst(places)
    const builder = new ColumnsBuilder(this.view.head(run), order)
    const indexOf = new Map<number, number>()
    for (let index = 0; index < order.count; index++)
      indexOf.set(places.key[order.span[index] ?? -1] ?? -1, index)
    const ids = new Array<string>(order.count)
    for (const span of readColumnSpans(store, run.id)) {
      const index = indexOf.get(span.key)
      // Another process stored it meanwhile: the next time it is there.
      if (index === undefined) continue
      ids[index] = span.id
      const durationMs = Math.round((span.endedAt - span.startedAt) * 1000) / 1000
      builder.set(index, { ...span, start: span.startedAt - run.startedAt, durationMs })
    }
    return builder.finish(segments && ((index) => segments.get(ids[index] ?? '') ?? NO_SEGMENTS))
  }
}

const NO_SEGMENTS: readonly Segment[] = []
