// A call that waits for its budget: it goes up as it is or with a lower cap, is refused, or is given up when its client leaves meanwhile.

import type { Admission, CallHold } from '../../../model/call-gate'
import type { CallIdentity } from '../call-identity'
import type { CallParts, CapturedCall } from '../captured-call'
import type { ClientResponse } from '../client'
import { plainBody } from '../exchange-record'
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
  /** True where the client's was compressed, and this one is not. */
  readonly isDecoded: boolean
  readonly hold: CallHold | undefined
  /** Cap of its output that the body has now. */
  readonly outputCap: number | undefined
}

/** Calls `passes` where the call goes up: at once, where the gate decides at once and the body is no compressed one. */
export function askBudget(asked: AskedCall): void {
  let hasLeft = false
  asked.res.once('close', () => {
    hasLeft = true
  })
  const ask = (plain: Buffer) =>
    asked.keeper.admit(new GatedRequest(asked.identity, plain, asked.parts.startTime), (admission) =>
      heed(asked, admission, plain, hasLeft),
    )
  const { 'content-encoding': encoding = 'identity' } = asked.parts.req.headers
  const decoded = encoding === 'identity' ? undefined : plainBody(asked.body, encoding)
  if (!decoded) ask(asked.body)
  // What cannot be decoded is asked about as it is: its provider says what is wrong with it.
  else
    void decoded.then(
      (plain) => ask(Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength)),
      () => ask(asked.body),
    )
}

function heed(asked: AskedCall, admission: Admission, plain: Buffer, hasLeft: boolean): void {
  const { res, startedAt, record, passes } = asked
  if (!admission.passes) refuseCall(res, record(), admission.refusal, startedAt)
  else if (hasLeft) giveUpCall(record(), startedAt, admission.hold)
  else passes({ hold: admission.hold, ...capped(asked, plain, admission.outputCap) })
}

function capped(
  { keeper, parts, body }: AskedCall,
  plain: Buffer,
  cap: number | undefined,
): Omit<Passage, 'hold'> {
  const { provider, path } = parts.route
  const lower =
    cap === undefined || isSealed(parts.req.headers)
      ? undefined
      : keeper.guard.run('capping the output', () => withOutputCap(provider, path, plain, cap))
  if (!lower) return { body, isDecoded: false, outputCap: undefined }
  return { body: lower, isDecoded: plain !== body, outputCap: cap }
}
