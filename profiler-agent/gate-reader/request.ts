// A request that waits for a decision, read as it will be when it is recorded.

import type { ExchangeReading } from '../model/call'
import type { HttpExchange } from '../model/exchange'
import { readExchange } from '../providers'
import type { JsonMemory } from '../wire/json-memory'
import type { GateRequest } from './asking'

const NOTHING = new Uint8Array()

/** As it will be recorded, but for the answer, which nobody knows yet. */
export function exchangeOf({
  provider,
  method,
  path,
  headers,
  body,
  attribution,
}: GateRequest): HttpExchange {
  return {
    ...{ id: '', runId: '', provider, method, url: `https://upstream.invalid${path}` },
    // What a WebSocket sends has the method of its handshake.
    ...(method === 'GET' ? { transport: 'websocket' as const } : {}),
    ...{ requestHeaders: headers, requestBody: body, responseHeaders: {}, responseBody: NOTHING },
    ...{ status: 200, startTime: 0, durationMs: 0, end: 'complete', copyTruncated: false, attribution },
  }
}

/** `bodies` are those of late: what the request shares with one is the very same. Throws nothing. */
export function readRequest(request: GateRequest, bodies?: JsonMemory): ExchangeReading {
  return readExchange(exchangeOf(request), bodies)
}
