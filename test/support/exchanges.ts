// A finished exchange like any other, for tests of what becomes of exchanges.

import type { HttpExchange } from '../../profiler-agent/model/exchange'

export function exchangeCalled(id: string): HttpExchange {
  return {
    id,
    runId: 'r',
    provider: 'openai',
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    requestHeaders: {},
    requestBody: new TextEncoder().encode(
      '{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}]}',
    ),
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: new TextEncoder().encode('{"id":"x","model":"gpt-5-mini","choices":[]}'),
    startTime: Date.now(),
    durationMs: 5,
    end: 'complete',
    copyTruncated: false,
    attribution: {},
  }
}

/** The same with bodies as hex: comparable, whoever owns their memory. */
export function plainExchange(exchange: HttpExchange) {
  const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  return {
    ...exchange,
    requestBody: hexOf(exchange.requestBody),
    responseBody: hexOf(exchange.responseBody),
  }
}
