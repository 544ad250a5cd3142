// The capture side of one call: copies what passes by and hands on the masked record. Never touches what the client gets.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Attribution, HttpExchange } from '../../model/exchange'
import { credentialsIn, redactUrl, type SecretMemory } from '../redact'
import { attributionOf } from './attribution'
import { BodyCopy, joined } from './body-copy'
import { exchangeOf, maskedAttribution } from './exchange-record'
import { headerRecord, requestHeadersFor, withHeader } from './forwarded-headers'
import type { Guard } from './guard'
import type { RelayObserver, RelayOutcome } from './relay'
import type { Route } from './routing'

/** What is known when a call is on its way; credentials are masked. `startTime` is ms since the epoch. */
export interface StartedCall {
  readonly id: string
  readonly runId: string
  readonly provider: string
  readonly method: string
  readonly url: string
  readonly startTime: number
  readonly attribution: Attribution
}

/** One request as the client sent it, and where it goes. */
export interface CallParts {
  readonly req: IncomingMessage
  readonly route: Route
  readonly body: Buffer
  readonly startTime: number
}

/** What every captured call of a proxy shares. */
export interface CaptureTools {
  readonly onExchange: (exchange: HttpExchange) => void
  readonly onStart?: (call: StartedCall) => void
  readonly resolveRun: (runId: string | undefined) => string
  readonly maxCopyBytes: number
  readonly secrets: SecretMemory
  readonly guard: Guard
}

/** Throws nothing: a fault costs the record of this call, is said through the guard, and nobody else notices. */
export class CapturedCall implements RelayObserver {
  readonly #id = randomUUID()
  readonly #copy: BodyCopy
  #runId: string | undefined
  #attribution: Attribution | undefined

  constructor(
    readonly parts: CallParts,
    readonly tools: CaptureTools,
    /** Called once, when the record has been handed on or given up. */
    readonly onDelivered: () => void,
  ) {
    this.#copy = new BodyCopy(tools.maxCopyBytes)
  }

  /** Remembers the caller's credentials and says that the call is on its way. */
  announce(): void {
    const { req, route, startTime } = this.parts
    const { onStart, secrets, guard } = this.tools
    const url = route.origin + route.path
    guard.run('finding credentials', () => secrets.remember(credentialsIn(headerRecord(req.rawHeaders), url)))
    if (!onStart) return
    guard.run('announcing a call', () =>
      onStart({
        id: this.#id,
        runId: this.#resolvedRun(),
        provider: route.provider,
        method: req.method ?? 'GET',
        url: redactUrl(url, secrets),
        startTime,
        attribution: maskedAttribution(this.#readAttribution(), secrets),
      }),
    )
  }

  chunk(bytes: Uint8Array): void {
    this.tools.guard.run('copying a response', () => this.#copy.add(bytes))
  }

  ended(outcome: RelayOutcome): void {
    // The client's last bytes go out before the record is made.
    setImmediate(() => {
      this.#deliver(outcome)
        .catch((error: unknown) => this.tools.guard.report('recording a call', error))
        .finally(this.onDelivered)
    })
  }

  async #deliver(outcome: RelayOutcome): Promise<void> {
    const { req, route, body, startTime } = this.parts
    const { onExchange, secrets, maxCopyBytes } = this.tools
    const requestBody = body.subarray(0, maxCopyBytes)
    const exchange = await exchangeOf(
      {
        ...outcome,
        id: this.#id,
        runId: this.#resolvedRun(),
        provider: route.provider,
        method: req.method ?? 'GET',
        url: route.origin + route.path,
        requestHeaders: withHeader(requestHeadersFor(req.rawHeaders), 'host', route.host),
        requestBody: joined([requestBody], requestBody.length),
        responseBody: this.#copy.bytes(),
        startTime,
        copyTruncated: this.#copy.isTruncated || body.length > maxCopyBytes,
        attribution: this.#readAttribution(),
      },
      secrets,
    )
    onExchange(exchange)
  }

  #resolvedRun(): string {
    const asked = this.parts.route.runId
    const resolve = () => this.tools.resolveRun(asked)
    this.#runId ??= this.tools.guard.run('finding the run', resolve) ?? asked ?? 'unassigned'
    return this.#runId
  }

  #readAttribution(): Attribution {
    this.#attribution ??= attributionOf(this.parts.req.headers)
    return this.#attribution
  }
}
