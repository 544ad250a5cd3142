// A request that waits for its budget: what the gate may want to know of it, read when it asks. Changes nothing.

import type { IncomingHttpHeaders } from 'node:http'
import type { GatedCall } from '../../../model/call-gate'
import type { Attribution } from '../../../model/exchange'
import type { CallIdentity } from '../call-identity'
import { type RequestedOutput, requestedOutput } from './output-cap'

export class GatedRequest implements GatedCall {
  readonly id: string
  readonly runId: string
  readonly provider: string
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly attribution: Attribution
  #requested: RequestedOutput | undefined

  constructor(
    { facts, req, route }: CallIdentity,
    readonly body: Buffer,
    readonly startTime: number,
  ) {
    this.id = facts.id
    this.runId = facts.runId
    this.attribution = facts.attribution
    this.provider = route.provider
    this.path = route.path
    this.method = req.method
    this.headers = req.headers
  }

  get model(): string {
    return this.requested.model
  }

  get outputCap(): number | undefined {
    return this.requested.cap
  }

  get requested(): RequestedOutput {
    this.#requested ??= requestedOutput(this.provider, this.path, this.body)
    return this.#requested
  }
}
