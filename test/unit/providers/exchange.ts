// Builds and reads exchanges for the tests of the adapters.
import assert from 'node:assert/strict'
import type { ExchangeReading, InferenceReading } from '../../../profiler-agent/model/call'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import type { Usage } from '../../../profiler-agent/model/usage'
import { readExchange } from '../../../profiler-agent/providers'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What a test says of an exchange: `request` and `response` in their JSON or text form. */
export type Parts = Partial<HttpExchange> & { readonly request?: unknown; readonly response?: unknown }

/** An exchange of these parts; the rest as of a call that went well. */
export function exchangeOf(parts: Parts): HttpExchange {
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

/** A reading with its first inference and that one's usage. */
export interface FirstReading extends ExchangeReading {
  readonly inference: InferenceReading
  readonly usage: Usage
}

/** Reads an exchange of these parts. */
export function readFirst(parts: Parts): FirstReading {
  const reading = readExchange(exchangeOf(parts))
  const [inference] = reading.inferences
  assert.ok(inference)
  return { ...reading, inference, usage: inference.usage }
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
