// A call that waits for its budget: it goes up as it is or with a lower cap, is refused, or is given up when its client leaves meanwhile.

import type { CallHold } from '../../../model/call-gate'
import type { CallIdentity } from '../call-identity'
import type { CallParts, CapturedCall } from '../captured-call'
import type { ClientResponse } from '../client'
import type { GateKeeper } from './gate-keeper'
import { GatedRequest } from './gated-request'
import { isSealed, withOutputCap } from './output-cap'
import { giveUpCall, refuseCall } from './refused-call'

export interface AskedCall {
  readonly keeper: GateKeeper
  readonly identity: CallIdentity
  readonly parts: CallParts
  /** Whole. */
  readonly body: Buffer
  readonly res: ClientResponse
  /** On the clock of `performance.now()`. */
  readonly startedAt: number
  /** Makes the record of a call that goes no further. */
  readonly record: () => CapturedCall
  readonly passes: (passage: Passage) => void
}

/** How a call goes up. */
export interface Passage {
  readonly body: Buffer
  readonly hold: CallHold | undefined
  /** Cap of its output that the body has now. */
  readonly outputCap: number | undefined
}

/** Calls `passes` where the call goes up: at once, where the gate decides at once. */
export function askBudget(asked: AskedCall): void {
  const { keeper, identity, parts, body, res, startedAt, record, passes } = asked
  let hasLeft = false
  res.once('close', () => {
    hasLeft = true
  })
  keeper.admit(new GatedRequest(identity, body, parts.startTime), (admission) => {
    if (!admission.passes) return refuseCall(res, record(), admission.refusal, startedAt)
    const { hold, outputCap } = admission
    if (hasLeft) return giveUpCall(record(), startedAt, hold)
    const capped = outputCap === undefined ? undefined : cappedBody(asked, outputCap)
    passes({ body: capped ?? body, hold, outputCap: capped && outputCap })
  })
}

function cappedBody({ keeper, parts, body }: AskedCall, cap: number): Buffer | undefined {
  const { headers } = parts.req
  const { provider, path } = parts.route
  if (headers['content-encoding'] || isSealed(headers)) return undefined
  return keeper.guard.run('capping the output', () => withOutputCap(provider, path, body, cap))
}
