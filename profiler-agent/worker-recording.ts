// Records what the main thread hands over: calls that are over, and what is said of runs besides. Reads back what waited in a
// spool file. Tells nobody what it recorded.

import type { Escalations } from './escalation/escalations'
import type { HttpExchange } from './model/exchange'
import type { DeclaredSpan } from './model/record'
import type { Pipeline } from './pipeline'
import { isStored } from './store/reader'
import type { Store } from './store/store'
import type { WaitingWrites } from './store/waiting-writes'
import { type HandedOver, isSpooled, readCopied, readSpooled } from './waiting-exchange'
import type { StoreFaults } from './worker-faults'
import type { RunNote } from './worker-messages'

export interface RecordingParts {
  readonly store: Store
  readonly writes: WaitingWrites
  readonly pipeline: Pipeline
  readonly escalations: Escalations
  readonly faults: StoreFaults
  /** A run is to be analysed and told again. */
  readonly changed: (runId: string) => void
}

export class Recording {
  constructor(readonly parts: RecordingParts) {}

  /** One transaction for all of them. Throws nothing: what cannot be recorded is said. */
  exchanges(handedOver: readonly HandedOver[]): void {
    const { store, faults, pipeline } = this.parts
    const exchanges = handedOver.flatMap((each) => this.#read(each) ?? [])
    this.#together('calls could not be recorded', () => {
      // A worker that died had stored it and could not say so any more.
      for (const exchange of exchanges)
        if (!isStored(store, exchange.runId, exchange.id))
          faults.logged(`call ${exchange.id} could not be recorded`, () => pipeline.add(exchange))
    })
  }

  /** Throws where a run can be neither announced nor ended; all else that fails is said. */
  note(said: RunNote): void {
    const { store, writes, pipeline, escalations, faults, changed } = this.parts
    switch (said.type) {
      case 'run':
        pipeline.announce(said.run)
        return
      case 'runEnd':
        writes.write(() => store.endRun(said.runId, said.endedAt))
        // Of some things only the end tells whether they were wasteful.
        changed(said.runId)
        return
      case 'spans':
        this.#declared(said.spans)
        return
      case 'outcome':
        faults.logged('an outcome could not be recorded', () => pipeline.addOutcome(said.outcome))
        return
      case 'hook':
        faults.logged('what a hook saw could not be recorded', () => pipeline.addHookReport(said.report))
        return
      case 'violation':
        faults.logged('a violation could not be told', () => escalations.violated(said.violation))
        return
      default:
        said satisfies never
    }
  }

  #declared(spans: readonly DeclaredSpan[]): void {
    const { faults, pipeline } = this.parts
    this.#together('declared spans could not be recorded', () => {
      for (const span of spans)
        faults.logged(`span ${span.id} could not be recorded`, () => pipeline.addDeclared(span))
    })
  }

  #together(failure: string, work: () => void): void {
    const { store, writes, faults } = this.parts
    const transaction = (inside: () => void) => store.transaction(inside)
    faults.logged(failure, () => writes.together(transaction, work))
  }

  #read(each: HandedOver): HttpExchange | undefined {
    let exchange: HttpExchange | undefined
    this.parts.faults.logged(`call ${each.id} could not be recorded`, () => {
      exchange = isSpooled(each) ? readSpooled(each) : readCopied(each)
    })
    return exchange
  }
}
