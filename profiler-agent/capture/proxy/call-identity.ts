// Who makes a call, and for which run: read once from the request, the same for the announcement and the record.

import { randomUUID } from 'node:crypto'
import type { Attribution } from '../../model/exchange'
import { credentialsInRaw } from '../credentials'
import type { SecretMemory } from '../redact'
import { attributionOf } from './attribution'
import type { CallRequest } from './client'
import type { Guard } from './guard'
import type { Route } from './routing'

/** What is told of a call that is on its way. `startTime` is ms since the epoch. */
export interface StartedCall {
  readonly id: string
  readonly runId: string
  readonly provider: string
  readonly startTime: number
}

/** What it takes to name a call and to say that it is on its way. */
export interface IdentityTools {
  readonly onStart?: (call: StartedCall) => void
  readonly resolveRun: (runId: string | undefined) => string
  readonly secrets: SecretMemory
  readonly guard: Guard
}

export class CallIdentity {
  readonly #id = randomUUID()
  readonly #url: string
  #runId: string | undefined
  #attribution: Attribution | undefined

  constructor(
    readonly req: CallRequest,
    readonly route: Route,
    readonly tools: IdentityTools,
  ) {
    this.#url = route.origin + route.path
  }

  /** Facts of the record; the URL is as it was sent. */
  get facts() {
    return {
      id: this.#id,
      runId: this.#resolvedRun(),
      provider: this.route.provider,
      url: this.#url,
      attribution: this.#readAttribution(),
    }
  }

  /** Remembers the caller's credentials and says that the call is on its way. Throws nothing. */
  announce(startTime: number): void {
    const { onStart, secrets, guard } = this.tools
    guard.run('finding credentials', () => secrets.remember(credentialsInRaw(this.req.rawHeaders, this.#url)))
    if (!onStart) return
    guard.run('announcing a call', () =>
      onStart({ id: this.#id, runId: this.#resolvedRun(), provider: this.route.provider, startTime }),
    )
  }

  #resolvedRun(): string {
    const asked = this.route.runId
    const resolve = () => this.tools.resolveRun(asked)
    this.#runId ??= this.tools.guard.run('finding the run', resolve) ?? asked ?? 'unassigned'
    return this.#runId
  }

  #readAttribution(): Attribution {
    this.#attribution ??= attributionOf(this.req.headers)
    return this.#attribution
  }
}
