// The worker's side of live budgets: adds up what the runs spend that the gate has asked about, and what the day cost. Decides nothing.

import { RunSpend, type SpendingSpan } from '../budgets/gate/run-spend'
import type { SpentDay, SpentUpdate } from '../budgets/gate/spent'
import { dayRange } from '../model/local-day'
import { RecentMap } from '../model/recent-map'
import type { SpanRecord } from '../model/record'

/** Runs that are added up at the same time; those that nobody came back to for longest are read again when they go on. */
const MOST_RUNS = 200
const REMEMBERED_RUNS = 10_000

export interface SpendSources {
  /** Spans of a run that are stored. */
  readonly spansOf: (runId: string) => readonly SpendingSpan[]
  /** Of all runs in the store whose calls began between two moments, in ms since the epoch. */
  readonly costBetween: (start: number, end: number) => Omit<SpentDay, 'day'>
  readonly now: () => Date
}

export class SpendTeller {
  readonly #asked = new RecentMap<string, true>(REMEMBERED_RUNS)
  readonly #runs = new RecentMap<string, RunSpend>(MOST_RUNS)
  readonly #changed = new Set<RunSpend>()
  #day: { readonly start: number; readonly end: number; told: SpentDay } | undefined
  #isDayChanged = false

  constructor(readonly sources: SpendSources) {}

  /** From now on the run is added up. What is stored of it is told with the next update, whole. */
  ask(runId: string): void {
    this.#asked.set(runId, true)
    this.#runs.delete(runId)
    this.#runOf(runId)
    this.#dayNow()
    this.#isDayChanged = true
  }

  /** Spans that were written just now. Before the first question it costs nothing. */
  write(runId: string, spans: readonly SpanRecord[]): void {
    if (this.#day) this.#spendToday(spans)
    if (!this.#asked.has(runId)) return
    const run = this.#runOf(runId)
    run.put(spans.map(spendingSpan))
    this.#changed.add(run)
  }

  /** Another process wrote to the store. */
  changedElsewhere(): void {
    if (!this.#day) return
    this.#day = undefined
    this.#dayNow()
    this.#isDayChanged = true
  }

  /** What today has cost so far. From the first question on it is added up. */
  today(): SpentDay & { readonly start: number; readonly end: number } {
    const { start, end, told } = this.#dayNow()
    return { ...told, start, end }
  }

  /** What changed since the last time; undefined for nothing. */
  take(): SpentUpdate | undefined {
    const updates = [...this.#changed].map((run) => run.take())
    this.#changed.clear()
    const day = this.#takeDay()
    if (updates.length === 0 && !day) return undefined
    return {
      accounts: updates.flatMap(({ accounts }) => accounts),
      calls: updates.flatMap(({ calls }) => calls),
      ...(day ? { day } : {}),
    }
  }

  /** Lets go of runs that were deleted. */
  forget(runId: string): void {
    this.#asked.delete(runId)
    this.#runs.delete(runId)
  }

  #runOf(runId: string): RunSpend {
    const known = this.#runs.get(runId)
    if (known) return known
    const run = new RunSpend(runId)
    run.put(this.sources.spansOf(runId))
    this.#runs.set(runId, run)
    this.#changed.add(run)
    return run
  }

  #spendToday(spans: readonly SpanRecord[]): void {
    const known = this.#day
    const today = this.#dayNow()
    if (today !== known) {
      // What the store says of a day that has just begun has these in it.
      this.#isDayChanged = true
      return
    }
    for (const { call, startedAt } of spans) {
      if (!call?.modelCall.billed || startedAt < today.start || startedAt >= today.end) continue
      const { cost } = call.modelCall
      const { day, picoUsd, unknown } = today.told
      today.told = { day, picoUsd: picoUsd + (cost?.picoUsd ?? 0), unknown: unknown + (cost ? 0 : 1) }
      this.#isDayChanged = true
    }
  }

  #takeDay(): SpentDay | undefined {
    if (!this.#isDayChanged) return undefined
    this.#isDayChanged = false
    return this.#dayNow().told
  }

  #dayNow() {
    const now = this.sources.now()
    if (this.#day && now.getTime() < this.#day.end && now.getTime() >= this.#day.start) return this.#day
    const { day, start, end } = dayRange(now.getTime())
    this.#day = { start, end, told: { day, ...this.sources.costBetween(start, end) } }
    return this.#day
  }
}

function spendingSpan({ call, ...span }: SpanRecord): SpendingSpan {
  return call ? { ...span, modelCall: call.modelCall } : span
}
