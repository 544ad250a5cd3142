// The limits of the budget file held against one run while it grows: its spans as they are written, or as the store has them.

import { ruleFailed } from './analysis/findings'
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

/** Of late, kept until they are asked for: the store may be locked, and not have them yet. */
const MOST_EARLY = 200

export class RunLimits {
  #early: MeasurableSpan[] = []
  #measure: RunMeasure | undefined
  #findings: BudgetFindings | undefined
  #failure: unknown

  constructor(readonly input: RunLimitsInput) {}

  /** Spans that are being written. Throws nothing: a call is recorded whatever limits make of it. */
  put(spans: readonly SpanRecord[]): void {
    try {
      const put = spans.map(measurableRecord)
      if (this.#measure) for (const span of put) this.#measure.put(span)
      else {
        this.#early.push(...put)
        this.#early.splice(0, this.#early.length - MOST_EARLY)
      }
    } catch (error) {
      this.#failure ??= error
    }
  }

  /** Throws only where the store cannot be read. */
  findings(held: HeldFile): Finding[] {
    // A file of mistakes alone asks for nothing.
    if (held.file.budgets.length === 0) return []
    const run = this.input.run()
    if (!run) return []
    const stored = this.#measure ? [] : [...this.input.spans()]
    try {
      if (this.#failure !== undefined) throw this.#failure
      return this.#violations(held, run, stored)
    } catch (error) {
      return [ruleFailed({ name: 'budget' }, error, this.input)]
    }
  }

  #violations(held: HeldFile, run: LimitedRun, stored: readonly MeasurableSpan[]): Finding[] {
    const { runId, hashOf, earlier, dayAt, violated } = this.input
    this.#measure ??= new RunMeasure({ id: runId, startedAt: run.startedAt })
    for (const span of [...stored, ...this.#early]) this.#measure.put(span)
    this.#early = []
    const isOver = this.input.isOver?.() ?? true
    this.#measure.end(isOver ? (run.endedAt ?? run.activeAt) : undefined)
    this.#findings ??= new BudgetFindings({
      ...{ runId, hashOf, measure: this.#measure },
      ...present({ earlier, dayAt, violated }),
    })
    return this.#findings.findings(held)
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
