// An exchange that a hook observed in the user's process, as it comes to `/ingest`: checked, masked, in the record that the proxy makes too.

import type { ExchangeEnd, HttpExchange } from '../model/exchange'
import { RUN_ID } from '../model/headers'
import { credentialsIn } from './credentials'
import { attributionOf } from './proxy/attribution'
import { joined } from './proxy/body-copy'
import { exchangeOf, type FinishedCall } from './proxy/exchange-record'
import type { SecretMemory } from './redact'

const ENDS = ['complete', 'truncated', 'aborted', 'unreachable'] as const satisfies readonly ExchangeEnd[]
const ID = /^[\w-]{1,64}$/
const PROVIDER = /^(?:[a-z]{1,32}|custom:[\w.:[\]-]{1,255})$/

/**
 * The record of `{"type":"exchange", …}`; undefined where a field that it needs is missing or of the wrong kind.
 * `tags` are the headers of attribution that a call through the proxy would have carried; bodies are base64.
 * `nameRun` gives the run of a call that names none.
 */
export async function observedExchange(
  message: Readonly<Record<string, unknown>>,
  secrets: SecretMemory,
  nameRun: (runId: string | undefined) => string,
): Promise<HttpExchange | undefined> {
  const { id, provider, method, url, status, startTime, durationMs, firstByteMs, error } = message
  const end = ENDS.find((each) => each === message.end)
  const tags = headersOf(message.tags)
  const requestHeaders = headersOf(message.requestHeaders)
  const responseHeaders = headersOf(message.responseHeaders)
  if (!isText(id, ID) || !isText(provider, PROVIDER) || !isText(method, /^[A-Z]{1,20}$/)) return undefined
  if (typeof url !== 'string' || !URL.canParse(url) || end === undefined) return undefined
  if (!isStatus(status) || !isMoment(startTime) || !isDuration(durationMs)) return undefined
  if (tags === undefined || requestHeaders === undefined || responseHeaders === undefined) return undefined
  secrets.remember(credentialsIn(requestHeaders, url))
  const run = tags['x-costflame-run']
  const call: FinishedCall = {
    id,
    runId: nameRun(run !== undefined && RUN_ID.test(run) ? run : undefined),
    provider,
    method,
    url,
    requestHeaders: Object.entries(requestHeaders).flat(),
    requestBody: bytesOf(message.requestBody),
    status,
    responseHeaders: Object.entries(responseHeaders).flat(),
    responseBody: bytesOf(message.responseBody),
    startTime,
    durationMs,
    ...(isDuration(firstByteMs) ? { firstByteMs } : {}),
    end,
    ...(typeof error === 'string' ? { error } : {}),
    copyTruncated: message.copyTruncated === true,
    attribution: attributionOf(tags),
  }
  return exchangeOf(call, secrets)
}

function isText(value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value)
}

/** 0 where no upstream answered. */
function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 999
}

function isMoment(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function headersOf(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const headers: Record<string, string> = {}
  for (const [name, text] of Object.entries(value))
    if (typeof text === 'string') headers[name.toLowerCase()] = text
  return headers
}

/** In memory of its own, so that it can be handed to another thread. */
function bytesOf(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.alloc(0)
  return joined([bytes], bytes.length)
}
