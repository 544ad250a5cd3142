// A span that the program declared, from its beginning to its end, and the line that tells of it.

import type { RunIdentity } from '../capture/hooks/node/run-identity'
import type { DeclaredKind } from '../model/record'
import type { Frame, Outcome } from '../model/span'
import { attributionOf, type Scope, type ScopeLabels, scopeIn } from './scope'

/** What is known of a span when it begins. */
export interface Beginning {
  readonly kind: DeclaredKind
  readonly name: string
  readonly labels: ScopeLabels
  readonly attributes: Record<string, string | number>
  readonly callSite: readonly Frame[]
}

/** Unique is enough: nobody guards anything with it, and node:crypto would cost each process its loading. */
const prefix = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10).padEnd(8, '0')}`
let count = 0

/** The clocks of this process, whatever the program's tests put in their place later. */
export const { now: timeNow } = Date
const clockNow = performance.now.bind(performance)

export class LiveSpan {
  readonly id = `${prefix}-${++count}`
  readonly kind: DeclaredKind
  readonly name: string
  readonly labels: ScopeLabels
  readonly attributes: Record<string, string | number>
  /** In which the function of the span runs. */
  readonly scope: Scope
  outcome: Outcome | undefined
  #status: 'ok' | 'error' | undefined
  #endedAt: number | undefined
  readonly #parentId: string | undefined
  readonly #callSite: readonly Frame[]
  readonly #startedAt = timeNow()
  readonly #startedClock = clockNow()

  constructor(beginning: Beginning, outer: Scope | undefined) {
    this.kind = beginning.kind
    this.name = beginning.name
    this.labels = beginning.labels
    this.attributes = beginning.attributes
    this.#callSite = beginning.callSite
    this.#parentId = outer?.parent
    this.scope = scopeIn(this, outer)
  }

  get isOver(): boolean {
    return this.#endedAt !== undefined
  }

  /** It is over, for now: a stream that it gave back may move its end. A failure stays one. */
  end(status?: 'ok' | 'error'): void {
    this.#endedAt = this.#startedAt + (clockNow() - this.#startedClock)
    if (status !== undefined && this.#status !== 'error') this.#status = status
  }

  /** Everything that is known of it by now, in its run. */
  line(run: Partial<RunIdentity>): object {
    return {
      type: 'span',
      ...run,
      id: this.id,
      parentId: this.#parentId,
      kind: this.kind,
      name: this.name,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      status: this.#status,
      attribution: attributionOf(this.scope),
      outcome: this.outcome,
      ...(this.#callSite.length > 0 && { callSite: this.#callSite }),
      ...(Object.keys(this.attributes).length > 0 && { attributes: this.attributes }),
    }
  }
}
