// The limits of the budget file held against one run while it grows: its spans as they are written, or as the store has them.

import type { MeasurableSpan } from './budgets/measure/counted-call'
import { RunMeasure } from './budgets/measure/run-measure'
import { BudgetFindings, type HeldFile } from './budgets/violations/budget-findings'
import type { Measured } from './model/budget'
import type { Violation } from './model/escalation'
import type { Finding } from './model/finding'
import { present } from './model/present'
import type { SpanRecord } from './model/record'

/** What is known of a run outside of its spans; ms since the epoch. */
export interface LimitedRun {
  readonly startedAt: number
  readonly activeAt: number
  /** Absent while it goes on. */
  readonly endedAt?: number
}

export interface LimitSources {
  readonly run: () => LimitedRun | undefined
  /** Spans that are stored, by start time. */
  readonly spans: () => Iterable<MeasurableSpan>
  /** What runs before this one measured. */
  readonly earlier?: () => readonly Measured[]
  /** Everything recorded on the local calendar day of a moment. */
  readonly dayAt?: (moment: number) => Measured | undefined
  /** Told of each violation that is to be escalated, maybe several times. */
  readonly violated?: (violation: Violation) => void
}

export interface RunLimitsInput extends LimitSources {
  readonly runId: string
  readonly hashOf: (text: string) => string
  /** Absent: it is over. */
  readonly isOver?: () => boolean
}

export class RunLimits {
  #measure: RunMeasure | undefined
  #findings: BudgetFindings | undefined

  constructor(readonly input: RunLimitsInput) {}

  /** Spans that are being written. Before there is a budget file it costs nothing. */
  put(spans: readonly SpanRecord[]): void {
    if (this.#measure) for (const span of spans) this.#measure.put(measurableRecord(span))
  }

  findings(held: HeldFile): Finding[] {
    // A file of mistakes alone asks for nothing.
    if (held.file.budgets.length === 0) return []
    const run = this.input.run()
    if (!run) return []
    const measure = this.#measureNow(run)
    const isOver = this.input.isOver?.() ?? true
    measure.end(isOver ? (run.endedAt ?? run.activeAt) : undefined)
    this.#findings ??= new BudgetFindings({
      ...{ runId: this.input.runId, measure, hashOf: this.input.hashOf },
      ...present({
        earlier: this.input.earlier,
        dayAt: this.input.dayAt,
        violated: this.input.violated,
      }),
    })
    return this.#findings.findings(held)
  }

  #measureNow(run: LimitedRun): RunMeasure {
    if (this.#measure) return this.#measure
    const measure = new RunMeasure({ id: this.input.runId, startedAt: run.startedAt })
    for (const span of this.input.spans()) measure.put(span)
    this.#measure = measure
    return measure
  }
}

/** The store keeps times in whole ms. */
function measurableRecord({ call, ...span }: SpanRecord): MeasurableSpan & { readonly isGone?: true } {
  return {
    ...span,
    startedAt: Math.trunc(span.startedAt),
    endedAt: Math.trunc(span.endedAt),
    ...(call ? { modelCall: call.modelCall } : {}),
  }
}
