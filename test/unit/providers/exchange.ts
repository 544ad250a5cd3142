// Builds exchanges for the tests of the adapters.
import type { HttpExchange } from '../../../profiler-agent/model/exchange'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** An exchange with a request and a response in their JSON or text form; the rest as of a call that went well. */
export function exchangeOf(
  parts: Partial<HttpExchange> & { readonly request?: unknown; readonly response?: unknown },
): HttpExchange {
  const { request, response, ...rest } = parts
  return {
    id: 'x1',
    runId: 'r1',
    provider: 'openai',
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    requestHeaders: {},
    requestBody: bodyOf(request),
    status: 200,
    responseHeaders: {},
    responseBody: bodyOf(response),
    startTime: 0,
    durationMs: 1,
    end: 'complete',
    copyTruncated: false,
    attribution: {},
    ...rest,
  }
}

function bodyOf(value: unknown): Uint8Array {
  if (value === undefined) return new Uint8Array(0)
  return bytes(typeof value === 'string' ? value : JSON.stringify(value))
}

/** A stream of JSON events. */
export function sseOf(events: readonly unknown[]): string {
  return events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('')
}

export const RESPONSES = 'https://api.openai.com/v1/responses'
export const MESSAGES = 'https://api.anthropic.com/v1/messages'
