// The capture side of one call: copies what passes by and hands on the masked record. Never touches what the client gets.

import type { HttpExchange } from '../../model/exchange'
import { inTurns, type Steps } from '../steps'
import { BodyCopy, type CopyRoom } from './body-copy'
import { CallIdentity, type IdentityTools } from './call-identity'
import type { CallRequest } from './client'
import { exchangeInSteps, type FinishedCall } from './exchange-record'
import { requestHeadersFor } from './forwarded-headers'
import type { LaterWork } from './later-work'
import type { RelayObserver, RelayOutcome } from './relay'
import type { Route } from './routing'

/** One request as the client sent it, and where it goes. */
export interface CallParts {
  readonly req: CallRequest
  readonly route: Route
  /** Copy of the request's body, which may still be growing. */
  readonly body: BodyCopy
  readonly startTime: number
  /** Of a call that was named before it went up: its budget was asked. */
  readonly identity?: CallIdentity
  /** Cap of its output that a budget has given it. */
  readonly outputCap?: number
}

/** What every captured call of a proxy shares. */
export interface CaptureTools extends IdentityTools {
  readonly onExchange: (exchange: HttpExchange) => void
  readonly maxCopyBytes: number
  readonly copyRoom: CopyRoom
  /** Where everything waits that the call itself does not wait for. */
  readonly later: LaterWork
}

/** Throws nothing: a fault costs the record of this call, is said through the guard, and nobody else notices. */
export class CapturedCall implements RelayObserver {
  readonly #identity: CallIdentity
  readonly #copy: BodyCopy

  constructor(
    readonly parts: CallParts,
    readonly tools: CaptureTools,
    /** Called once, when the record has been handed on or given up. */
    readonly onDelivered: () => void,
  ) {
    this.#identity = parts.identity ?? new CallIdentity(parts.req, parts.route, tools)
    this.#copy = new BodyCopy(tools.maxCopyBytes, tools.copyRoom)
  }

  get id(): string {
    return this.#identity.facts.id
  }

  /** Remembers the caller's credentials and says that the call is on its way. */
  announce(): void {
    this.tools.later.add(() => this.#identity.announce(this.parts.startTime))
  }

  chunk(bytes: Uint8Array): void {
    this.tools.guard.run('copying a response', () => this.#copy.add(bytes))
  }

  ended(outcome: RelayOutcome): void {
    this.tools.later.add(() => inTurns(this.#delivery(outcome)))
  }

  *#delivery(outcome: RelayOutcome): Steps<void> {
    const { onExchange, secrets, guard } = this.tools
    try {
      const call = yield* this.#finished(outcome)
      onExchange(yield* exchangeInSteps(call, secrets))
    } catch (error) {
      guard.report('recording a call', error)
    } finally {
      this.onDelivered()
    }
  }

  *#finished(outcome: RelayOutcome): Steps<FinishedCall> {
    const { req, route, body, startTime, outputCap } = this.parts
    const { id, runId, provider, url, attribution } = this.#identity.facts
    const requestHeaders = requestHeadersFor(req.rawHeaders)
    requestHeaders.push('host', route.host)
    const copy = this.#copy
    const call = {
      ...outcome,
      id,
      runId,
      provider,
      url,
      attribution,
      method: req.method,
      requestHeaders,
      requestBody: body.isLong ? yield* body.takeLongBytes() : body.takeBytes(),
      responseBody: copy.isLong ? yield* copy.takeLongBytes() : copy.takeBytes(),
      startTime,
      copyTruncated: copy.isTruncated || body.isTruncated,
    }
    return outputCap === undefined ? call : { ...call, budget: { ...outcome.budget, outputCap } }
  }
}
