// A call that its budget refuses: answered in its own format, and recorded like every other.

import type { Duplex } from 'node:stream'
import type { BudgetRefusal, CallHold } from '../../../model/call-gate'
import type { CapturedCall } from '../captured-call'
import { type ClientResponse, sendHead } from '../client'
import { headText } from '../interim-answers'
import { type BudgetAnswer, budgetAnswer } from './budget-error'
import { formatOf } from './call-format'

/** `startedAt` is on the clock of `performance.now()`. The record says so also where the client has gone. */
export function refuseCall(
  res: ClientResponse,
  call: CapturedCall,
  refusal: BudgetRefusal,
  startedAt: number,
): void {
  const answer = answerTo(call, refusal)
  if (!res.headersSent && !res.destroyed) {
    sendHead(res, answer.status, STATUS_TEXT, answer.headers)
    res.end(answer.body)
  }
  record(call, answer, refusal, startedAt)
}

/** The same for an upgrade to WebSocket, on the socket that Node has taken out of HTTP. */
export function refuseSocket(
  socket: Duplex,
  call: CapturedCall,
  refusal: BudgetRefusal,
  startedAt: number,
): void {
  const answer = answerTo(call, refusal)
  socket.on('error', ignoreSocketError)
  if (!socket.destroyed) {
    socket.write(headText(answer.status, STATUS_TEXT, [...answer.headers, 'connection', 'close']), 'latin1')
    socket.end(answer.body)
  }
  record(call, answer, refusal, startedAt)
}

const STATUS_TEXT = 'Payment Required'

function answerTo(call: CapturedCall, refusal: BudgetRefusal): BudgetAnswer {
  const { provider, path } = call.parts.route
  return budgetAnswer(formatOf(provider, path), refusal, `req_costflame_${call.id}`)
}

function record(
  call: CapturedCall,
  { status, headers, body }: BudgetAnswer,
  refusal: BudgetRefusal,
  startedAt: number,
): void {
  call.announce()
  call.chunk(body)
  const durationMs = performance.now() - startedAt
  call.ended({
    ...{ status, responseHeaders: headers, firstByteMs: durationMs, durationMs, end: 'complete' },
    budget: { stop: 'refused', ...refusal },
  })
}

function ignoreSocketError(): void {
  // The client has gone; the call is recorded all the same.
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
