// What one exchange says and costs, by the public seams: readExchange and priceInference.

import assert from 'node:assert/strict'
import type { InferenceReading } from '../../../profiler-agent/model/call'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import type { Usage } from '../../../profiler-agent/model/usage'
import { openPriceBook, type PriceBook, priceInference } from '../../../profiler-agent/pricing/price'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf } from '../providers/exchange'

/** The day whose prices the tests are reckoned by. */
export const TODAY = Date.parse('2026-11-21T12:00:00Z')

export type Said = Partial<HttpExchange> & { readonly request?: unknown; readonly response?: unknown }

export const ANTHROPIC: Said = {
  provider: 'anthropic',
  url: 'https://api.anthropic.com/v1/messages',
  request: { model: 'claude-sonnet-4-5' },
}
export const CHAT: Said = { request: { model: 'gpt-5.4' } }
export const GEMINI: Said = {
  provider: 'google',
  url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent',
  request: {},
}

/** An exchange of today. */
export function exchange(...said: readonly Said[]): HttpExchange {
  return exchangeOf(Object.assign({ startTime: TODAY }, ...said))
}

/** The only inference of an exchange. */
export function inferenceOf(...said: readonly Said[]): InferenceReading {
  const { inferences } = readExchange(exchange(...said))
  assert.equal(inferences.length, 1)
  return inferences[0] as InferenceReading
}

/** Uncached input, cache reads, writes for five minutes and for an hour, output. */
export function bucketsOf(usage: Usage): (number | null)[] {
  const { uncachedInputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage
  return [uncachedInputTokens, cacheReadTokens, cacheWriteTokens['5m'], cacheWriteTokens['1h'], outputTokens]
}

/** Pico-dollars of all inferences of an exchange, or why one has none. */
export function costOf(said: readonly Said[], book: PriceBook = openPriceBook()): number | string {
  const one = exchange(...said)
  let sum = 0
  for (const inference of readExchange(one).inferences) {
    if (!inference.billed) continue
    const priced = priceInference(book, one, inference)
    if ('unpricedReason' in priced) return priced.unpricedReason
    sum += priced.cost.picoUsd
  }
  return sum
}

export const message = (usage: object, more: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: 'Yes.' }],
  stop_reason: 'end_turn',
  usage,
  ...more,
})

export const completion = (usage: object | undefined, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-5.4',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  ...(usage === undefined ? {} : { usage }),
  ...more,
})
