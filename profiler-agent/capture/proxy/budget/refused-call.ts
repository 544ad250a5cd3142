// A call that its budget refuses: answered in its own format, and recorded like every other.

import type { BudgetRefusal, CallHold } from '../../../model/call-gate'
import type { CapturedCall } from '../captured-call'
import { type ClientResponse, sendHead } from '../client'
import { budgetAnswer } from './budget-error'
import { formatOf } from './call-format'

/** `startedAt` is on the clock of `performance.now()`. The record says so also where the client has gone. */
export function refuseCall(
  res: ClientResponse,
  call: CapturedCall,
  { rule, message }: BudgetRefusal,
  startedAt: number,
): void {
  const { provider, path } = call.parts.route
  const answer = budgetAnswer(formatOf(provider, path), { rule, message }, `req_costflame_${call.id}`)
  if (!res.headersSent && !res.destroyed) {
    sendHead(res, answer.status, 'Payment Required', answer.headers)
    res.end(answer.body)
  }
  call.announce()
  call.chunk(answer.body)
  const durationMs = performance.now() - startedAt
  call.ended({
    status: answer.status,
    responseHeaders: answer.headers,
    firstByteMs: durationMs,
    durationMs,
    end: 'complete',
    budget: { stop: 'refused', rule, message },
  })
}

/** Records a call whose client left before anything went up. */
export function giveUpCall(call: CapturedCall, startedAt: number, hold: CallHold | undefined): void {
  call.announce()
  hold?.ended()
  const durationMs = performance.now() - startedAt
  call.ended({
    ...{ status: 0, responseHeaders: [], durationMs, end: 'aborted' },
    error: 'the client closed the connection before the call went up',
  })
}
