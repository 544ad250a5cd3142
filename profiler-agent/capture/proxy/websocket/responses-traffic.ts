// The Responses and Realtime protocols over a WebSocket: many responses on one socket, in turns or side by side, one exchange for each.

import type { ExchangeEnd } from '../../../model/exchange'
import { decodeJson, type JsonObject, objectOf, textOf } from '../../../wire/json'
import { GrowingExchange } from './socket-exchange'
import type { CopyLimits, Moment, SocketExchanges, SocketTraffic } from './traffic'

/** Events that end a response. An error before the first event of a response always does. */
export const RESPONSES_ENDINGS: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  'error',
])
/** Most errors of a realtime session concern no response. */
export const REALTIME_ENDINGS: ReadonlySet<string> = new Set(['response.done'])

interface OpenResponse {
  /** `stream_id` of the request; responses of one lane come one after the other. */
  readonly lane: string
  readonly exchange: GrowingExchange
  responseId?: string
}

/**
 * Each `response.create` begins an exchange and its terminal event ends it. A server event belongs to the response with its id,
 * else to the oldest of its lane. An event of no response that is under way belongs to none.
 */
export class ResponsesTraffic implements SocketTraffic {
  readonly #open: OpenResponse[] = []
  /** What asked for a response that begins without a `response.create`. */
  #steering: Uint8Array | undefined

  constructor(
    readonly exchanges: SocketExchanges,
    readonly limits: CopyLimits,
    readonly endings: ReadonlySet<string>,
  ) {}

  get isIdle(): boolean {
    return this.#open.length === 0
  }

  fromClient(message: Uint8Array, at: Moment): void {
    const event = eventOf(message)
    if (event.type === 'response.steer') this.#steering = message
    if (event.type === 'response.create') this.#begin(laneOf(event), message, at)
  }

  fromServer(message: Uint8Array, at: Moment): void {
    const event = eventOf(message)
    const type = textOf(event.type) ?? ''
    const response = this.#responseOf(event) ?? this.#unasked(type, event, at)
    if (!response) return
    response.responseId ??= responseIdOf(event)
    const isRefusal = type === 'error' && !response.exchange.hasReply
    response.exchange.addReply(message, at)
    if (isRefusal) this.#finish(response, errorStatusOf(event) ?? 200, 'complete', at)
    else if (this.endings.has(type)) this.#finish(response, 200, 'complete', at)
  }

  ended(end: ExchangeEnd, at: Moment): void {
    for (const response of [...this.#open]) this.#finish(response, 200, end, at)
  }

  #begin(lane: string, request: Uint8Array | undefined, at: Moment): OpenResponse {
    const response = { lane, exchange: new GrowingExchange('POST', at, this.limits) }
    if (request) response.exchange.addRequest(request)
    this.#open.push(response)
    this.exchanges.begun(response, at.startTime)
    return response
  }

  #finish(response: OpenResponse, status: number, end: ExchangeEnd, at: Moment): void {
    this.#open.splice(this.#open.indexOf(response), 1)
    this.exchanges.finished(response, response.exchange.over(status, end, at))
  }

  #responseOf(event: JsonObject): OpenResponse | undefined {
    const id = responseIdOf(event)
    const known = id === undefined ? undefined : this.#open.find(({ responseId }) => responseId === id)
    if (known) return known
    // Another response's id is a claim: an event with an id goes to a response that has none yet.
    const mayBe = (each: OpenResponse) => id === undefined || each.responseId === undefined
    const lane = laneOf(event)
    const own = this.#open.find((each) => each.lane === lane && mayBe(each))
    const [only, ...others] = this.#open
    return own ?? (lane === '' && only && others.length === 0 && mayBe(only) ? only : undefined)
  }

  /** A continuation that steering asked for begins by itself; an error that nobody can be charged with stands alone. */
  #unasked(type: string, event: JsonObject, at: Moment): OpenResponse | undefined {
    if (type !== 'response.created' && !(type === 'error' && this.isIdle)) return undefined
    const request = this.#steering
    this.#steering = undefined
    return this.#begin(laneOf(event), request, at)
  }
}

/** A message as an object; an empty one where it is none. */
export function eventOf(message: Uint8Array): JsonObject {
  const reading = decodeJson(message)
  return reading.ok ? objectOf(reading.value) : {}
}

function laneOf(event: JsonObject): string {
  return textOf(event.stream_id) ?? ''
}

function responseIdOf(event: JsonObject): string | undefined {
  return textOf(objectOf(event.response).id) ?? textOf(event.response_id)
}

/** The HTTP status that the call would have had. */
function errorStatusOf(event: JsonObject): number | undefined {
  const status = event.status ?? event.status_code
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined
}
