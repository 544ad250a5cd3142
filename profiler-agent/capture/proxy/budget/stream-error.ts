// The error by which a stream ends that reaches its budget: in the framing and the words of its format, as the provider itself would say it.

import type { BudgetRefusal } from '../../../model/call-gate'
import { encodeEventStreamMessage } from '../../../wire/event-stream'
import { BUDGET_STATUS, budgetError } from './budget-error'
import type { CallFormat } from './call-format'
import type { Framing } from './stream-frames'

/** What an AWS stream names its error; none of the names that an SDK tries again. */
const AWS_EXCEPTION = 'validationException'

/** Id of the request, and the number of the next event where a format numbers them. */
export interface StreamPlace {
  readonly requestId: string
  readonly sequence: number
}

/** The bytes that follow the last whole frame. */
export function streamError(
  framing: Framing,
  format: CallFormat,
  refusal: BudgetRefusal,
  place: StreamPlace,
): Uint8Array {
  const error = errorEvent(format, refusal, place)
  const json = JSON.stringify(error.data)
  switch (framing) {
    case 'sse':
      return Buffer.from(`${error.name === undefined ? '' : `event: ${error.name}\n`}data: ${json}\n\n`)
    case 'lines':
      return Buffer.from(`${json}\n`)
    case 'array':
      return Buffer.from(`,\n${json}\n]`)
    case 'aws':
      return encodeEventStreamMessage({
        headers: {
          ':message-type': 'exception',
          ':exception-type': AWS_EXCEPTION,
          ':content-type': 'application/json',
        },
        payload: Buffer.from(JSON.stringify({ message: refusal.message })),
      })
  }
}

interface ErrorEvent {
  /** Of the `event:` line, where the format has one. */
  readonly name?: string
  readonly data: object
}

/** Formats whose SDKs hand an error on like any other event: their connection breaks off behind it, which nobody overlooks. */
const HANDED_ON: ReadonlySet<CallFormat> = new Set(['cohere', 'interactions', 'mistral-conversations'])

/** True where a clean end would look like that of a whole reply. */
export function mustBreakOff(format: CallFormat): boolean {
  return HANDED_ON.has(format)
}

function errorEvent(
  format: CallFormat,
  refusal: BudgetRefusal,
  { requestId, sequence }: StreamPlace,
): ErrorEvent {
  const { message } = refusal
  const data = budgetError(format, refusal, requestId)
  switch (format) {
    // The documented flat form is handed on as one more event; the nested one is thrown.
    case 'openai-responses':
      return { name: 'error', data: { type: 'error', sequence_number: sequence, ...data } }
    case 'anthropic':
      return { name: 'error', data }
    case 'interactions':
      return { name: 'error', data: { event_type: 'error', error: { code: 'budget_exceeded', message } } }
    case 'cohere':
      return {
        name: 'message-end',
        data: { type: 'message-end', delta: { finish_reason: 'ERROR', error: message } },
      }
    case 'mistral-conversations':
      return {
        name: 'conversation.response.error',
        data: { type: 'conversation.response.error', message, code: BUDGET_STATUS },
      }
    default:
      return { data }
  }
}
