// Gathers what changed in the store, and has it analysed and told a moment later. Knows neither store nor feed.

/** How long changes are gathered before they are told: calls of one moment are told together, and the findings of a call 200 ms after its end. */
const GATHERED_MS = 30
/** At most ten times a second. */
const LEAST_BETWEEN_MS = 100
/** Storing calls comes first: of the worker's time, analysing a long run again and again gets a fifth. */
const REST_PER_ANALYSIS = 4

export interface ToldChangesOptions {
  /** Brings the findings of a run up to date. Throws nothing. */
  readonly analyse: (runId: string) => void
  /** Tells the newest state. Throws nothing. */
  readonly tell: () => void
}

export class ToldChanges {
  readonly #changed = new Set<string>()
  #stateTimer: NodeJS.Timeout | undefined
  #analysisTimer: NodeJS.Timeout | undefined
  #nextTelling = 0
  #nextAnalysis = 0

  constructor(readonly options: ToldChangesOptions) {}

  /** A run has new calls. */
  add(runId: string): void {
    this.#changed.add(runId)
    this.soon()
  }

  /** Something is to be told. */
  soon(): void {
    const delay = Math.max(GATHERED_MS, this.#nextTelling - performance.now())
    this.#stateTimer ??= setTimeout(() => this.#tell(), delay)
  }

  /** Analyses and tells at once what is waiting. */
  flush(): void {
    this.#nextAnalysis = 0
    if (this.#stateTimer || this.#changed.size > 0) this.#tell()
  }

  /** Analyses what is waiting and tells nothing more. */
  end(): void {
    clearTimeout(this.#stateTimer)
    clearTimeout(this.#analysisTimer)
    this.#analyse()
  }

  #tell(): void {
    clearTimeout(this.#stateTimer)
    this.#stateTimer = undefined
    this.#nextTelling = performance.now() + LEAST_BETWEEN_MS
    if (performance.now() >= this.#nextAnalysis) this.#analyse()
    else
      this.#analysisTimer ??= setTimeout(() => this.#analysisIsDue(), this.#nextAnalysis - performance.now())
    this.options.tell()
  }

  #analysisIsDue(): void {
    this.#analysisTimer = undefined
    if (this.#changed.size > 0) this.#tell()
  }

  #analyse(): void {
    const startedAt = performance.now()
    const changed = [...this.#changed]
    this.#changed.clear()
    for (const runId of changed) this.options.analyse(runId)
    const endedAt = performance.now()
    this.#nextAnalysis = endedAt + REST_PER_ANALYSIS * (endedAt - startedAt)
  }
}
