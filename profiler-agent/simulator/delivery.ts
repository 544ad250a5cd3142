// Puts an answer on the wire at its pace, whole or as a stream, with the faults that a script asks for. Knows no wire format.

import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { StreamEvent } from './formats/wire-format'
import type { Fault, Pace } from './script'

export interface Delivery {
  readonly pace: Pace
  readonly fault?: Fault
  readonly headers: Readonly<Record<string, string>>
  /** How events of a stream are told apart: server-sent events, or elements of one JSON list. */
  readonly framing?: 'events' | 'json-list'
  /** Called once, when the model has begun to answer. */
  readonly onFirstToken: () => void
  /** Aborted when the client is gone; every wait ends with it. */
  readonly signal: AbortSignal
}

/** Sends a JSON body. Rejects with an AbortError when the client leaves first. */
export async function deliverBody(
  response: ServerResponse,
  status: number,
  body: object,
  delivery: Delivery,
): Promise<void> {
  const { pace, fault, signal } = delivery
  await wait(pace.firstTokenMs, undefined, { signal })
  delivery.onFirstToken()
  await wait(pace.latencyMs - pace.firstTokenMs, undefined, { signal })
  if (fault?.kind === 'stall') await stall(fault.ms, signal)
  const whole = Buffer.from(JSON.stringify(body))
  const isCut = fault?.kind === 'malformed' || fault?.kind === 'end'
  const bytes = isCut ? whole.subarray(0, whole.length >> 1) : whole
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...delivery.headers,
  })
  if (fault?.kind !== 'reset') {
    response.end(bytes)
    return
  }
  await write(response, bytes.subarray(0, bytes.length >> 1))
  response.socket?.resetAndDestroy()
}

/** Sends events one by one, spread evenly from the first token to the end of the latency. */
export async function deliverStream(
  response: ServerResponse,
  events: readonly StreamEvent[],
  errorEvent: (message: string) => StreamEvent,
  delivery: Delivery,
): Promise<void> {
  const { pace, fault, signal, framing = 'events' } = delivery
  await wait(pace.firstTokenMs, undefined, { signal })
  delivery.onFirstToken()
  response.writeHead(200, {
    'content-type': framing === 'events' ? 'text/event-stream; charset=utf-8' : 'application/json',
    'cache-control': 'no-cache',
    ...delivery.headers,
  })
  response.flushHeaders()
  const gapMs = (pace.latencyMs - pace.firstTokenMs) / Math.max(1, events.length - 1)
  for (const [index, event] of events.entries()) {
    if (index > 0) await wait(gapMs, undefined, { signal })
    const goesOn = await breakAt(index, response, fault, errorEvent, signal)
    if (!goesOn) return
    const payload = payloadOf(event, isMalformedAt(fault, index))
    await write(
      response,
      framing === 'events' ? frameOf(event, payload) : `${index === 0 ? '[' : ',\r\n'}${payload}`,
    )
  }
  response.end(framing === 'events' ? undefined : ']')
}

// Does what the fault wants before event `index`; false when nothing may follow.
async function breakAt(
  index: number,
  response: ServerResponse,
  fault: Fault | undefined,
  errorEvent: (message: string) => StreamEvent,
  signal: AbortSignal,
): Promise<boolean> {
  if (!fault || !('afterEvents' in fault) || fault.afterEvents !== index) return true
  if (fault.kind === 'malformed') return true
  if (fault.kind === 'stall') {
    await stall(fault.ms, signal)
    return true
  }
  if (fault.kind === 'reset') response.socket?.resetAndDestroy()
  else if (fault.kind === 'error') {
    const event = errorEvent(fault.message ?? 'The server had an error while answering.')
    response.end(frameOf(event, event.data))
  } else response.end()
  return false
}

function isMalformedAt(fault: Fault | undefined, index: number): boolean {
  return fault?.kind === 'malformed' && fault.afterEvents === index
}

function payloadOf({ data }: StreamEvent, isMalformed: boolean): string {
  return isMalformed ? data.slice(0, Math.ceil(data.length / 2)) : data
}

function frameOf({ event }: StreamEvent, payload: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${payload}\n\n`
}

function stall(ms: number | undefined, signal: AbortSignal): Promise<void> {
  if (ms !== undefined) return wait(ms, undefined, { signal })
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

// Resolves when the bytes are handed to the socket, so that a reset does not swallow what was sent before it.
function write(response: ServerResponse, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}
