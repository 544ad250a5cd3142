// Asks an OpenAI-style stream for its usage, and takes the answer out again. Touches no other byte of either body; does no I/O.

import type { Steps } from '../steps'
import { joined } from './body-copy'
import {
  type Member,
  membersInSteps,
  membersOf,
  type ObjectMembers,
  OPEN_BRACE,
  skipSpace,
} from './json-members'
import { UsageChunkScan } from './usage-chunk-scan'

const INCLUDE_USAGE = '"include_usage":true'
const STREAM_OPTIONS = `"stream_options":{${INCLUDE_USAGE}}`

/** Providers known to take `stream_options.include_usage`. OpenRouter, Mistral and others send usage unasked. */
const TAKES_INCLUDE_USAGE: ReadonlySet<string> = new Set([
  'openai',
  'azure',
  'groq',
  'deepseek',
  'xai',
  'together',
  'fireworks',
  'ollama',
])

/** True where the splice may be tried: a chat-completions path of a provider that takes the option. `path` may have a query. */
export function mayAskForUsage(provider: string, path: string, onCustomHosts: boolean): boolean {
  const isCustom = provider.startsWith('custom:')
  if (!TAKES_INCLUDE_USAGE.has(provider) && !(isCustom && onCustomHosts)) return false
  const [endpoint = '', query = ''] = path.split('?', 2)
  return endpoint.endsWith('/chat/completions') && !isOldAzure(provider, endpoint, query)
}

/**
 * Earlier versions refuse the option with 400; only the dated paths name a version that matters. Sources: openai-python#1469,
 * azure-sdk-for-java#40998 (2024-09-01-preview adds it), griptape#1640 (2024-10-21 takes it); read 2026-11-22.
 */
const AZURE_TAKES_INCLUDE_USAGE = '2024-09-01'

/** True for a dated path of Azure whose version is from before newer fields of OpenAI's. */
export function isOldAzure(provider: string, endpoint: string, query: string): boolean {
  if (provider !== 'azure') return false
  const version = new URLSearchParams(query).get('api-version') ?? ''
  return endpoint.includes('/deployments/') && version < AZURE_TAKES_INCLUDE_USAGE
}

/** Without the word, which only escapes could hide, a body asks for no stream; most need no closer look. */
export function mayNameStream(bytes: Buffer): boolean {
  return bytes.includes('stream') || bytes.includes('\\u00')
}

/** So many bytes of a body may have to be seen together to tell. */
export const STREAM_WORD_BYTES = 'stream'.length

/** A body with something put into it: what stands before, that, and what stands behind. The outer two are views of the body. */
export type SplicedBody = readonly [Buffer, Buffer, Buffer]

/**
 * The request body with `stream_options.include_usage: true` put into its bytes; every other byte stays.
 * `undefined` where nothing is to be done: no top-level `stream: true`, usage asked for already, not JSON.
 * Of duplicate keys the last counts, as in JSON.parse.
 */
export function* spliceIncludeUsage(body: Uint8Array): Steps<SplicedBody | undefined> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const request = yield* membersInSteps(bytes)
  if (!request || skipSpace(bytes, request.end) !== bytes.length) return undefined
  if (valueText(bytes, last(request, 'stream')) !== 'true') return undefined
  // Azure's "on your data" takes no stream options. Source: Azure/azure-sdk-for-js#30751.
  if (last(request, 'data_sources')) return undefined
  const options = last(request, 'stream_options')
  if (!options) return replaced(bytes, request.open + 1, request.open + 1, `${STREAM_OPTIONS},`)
  if (valueText(bytes, options) === 'null')
    return replaced(bytes, options.start, options.end, `{${INCLUDE_USAGE}}`)
  return bytes[options.start] === OPEN_BRACE ? withOption(bytes, options) : undefined
}

function withOption(bytes: Buffer, options: Member): SplicedBody | undefined {
  const object = membersOf(bytes, options.start)
  if (!object) return undefined
  const asked = last(object, 'include_usage')
  if (!asked) {
    const comma = object.members.length > 0 ? ',' : ''
    return replaced(bytes, object.open + 1, object.open + 1, `${INCLUDE_USAGE}${comma}`)
  }
  return valueText(bytes, asked) === 'true' ? undefined : replaced(bytes, asked.start, asked.end, 'true')
}

function last(object: ObjectMembers, key: string): Member | undefined {
  return object.members.findLast((member) => member.key === key)
}

function valueText(bytes: Buffer, member: Member | undefined): string | undefined {
  return member && bytes.toString('latin1', member.start, Math.min(member.end, member.start + 8))
}

function replaced(bytes: Buffer, start: number, end: number, text: string): SplicedBody {
  return [bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)]
}

const LF = 0x0a
const CR = 0x0d

/**
 * Takes the usage event that the splice asked for (`choices` empty, `usage` given) out of an SSE stream, blank line included.
 * Every other byte passes in the same call that brought it, except the beginning of an event that may still turn out to be that one.
 * Events may be split at any byte; lines may end in LF, CRLF or CR.
 */
export class UsageEventFilter {
  readonly #scan = new UsageChunkScan()
  /** Bytes of the current event that came in earlier chunks and wait for the verdict. */
  #held: Uint8Array[] = []
  #isHolding = true
  #isAfterCr = false
  #wasEventRemoved = false

  /** The parts of the stream that may pass now, in order. They are views of this and earlier chunks. */
  push(chunk: Uint8Array): Uint8Array[] {
    const passing: Uint8Array[] = []
    let from = 0
    let eventStart = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (this.#isSecondHalfOfCrLf(byte)) {
        // A CRLF is one line end: its LF belongs to the event that the CR has ended.
        if (this.#wasEventRemoved && this.#scan.isAtStart) from = eventStart = at + 1
        else if (this.#scan.isAtStart) eventStart = at + 1
        continue
      }
      const step = this.#scan.take(byte)
      if (step === 'more') continue
      if (step === 'other') {
        this.#release(passing)
        continue
      }
      const isUsage = this.#isHolding && this.#isUsageEvent(chunk.subarray(eventStart, at + 1))
      if (isUsage) passing.push(chunk.subarray(from, eventStart))
      else this.#release(passing)
      if (isUsage) from = at + 1
      this.#beginEvent(isUsage)
      eventStart = at + 1
    }
    this.#keep(chunk, from, eventStart, passing)
    return passing.filter((part) => part.length > 0)
  }

  /** What was held when the stream ended; nothing if it was the usage event without its blank line. */
  end(): Uint8Array[] {
    const held = this.#isUsageEvent(new Uint8Array()) ? [] : this.#held
    this.#held = []
    return held
  }

  #isSecondHalfOfCrLf(byte: number): boolean {
    const isSecondHalf = this.#isAfterCr && byte === LF
    this.#isAfterCr = byte === CR
    return isSecondHalf
  }

  #keep(chunk: Uint8Array, from: number, eventStart: number, passing: Uint8Array[]): void {
    if (!this.#isHolding) {
      passing.push(chunk.subarray(from))
      return
    }
    passing.push(chunk.subarray(from, eventStart))
    if (eventStart < chunk.length) this.#held.push(chunk.subarray(eventStart))
  }

  #release(passing: Uint8Array[]): void {
    passing.push(...this.#held)
    this.#held = []
    this.#isHolding = false
  }

  #beginEvent(wasRemoved: boolean): void {
    this.#held = []
    this.#isHolding = true
    this.#wasEventRemoved = wasRemoved
  }

  #isUsageEvent(rest: Uint8Array): boolean {
    const parts = [...this.#held, rest]
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    return isUsageEvent(Buffer.from(joined(parts, length).buffer).toString('utf8'))
  }
}

function isUsageEvent(event: string): boolean {
  const data = event
    .split(/\r\n|\n|\r/)
    .flatMap((line) => /^data:(.*)$/s.exec(line)?.[1] ?? [])
    .join('\n')
  if (data === '') return false
  try {
    const chunk: unknown = JSON.parse(data)
    return (
      isObject(chunk) && Array.isArray(chunk.choices) && chunk.choices.length === 0 && isObject(chunk.usage)
    )
  } catch {
    return false // Not JSON, so not the event that we asked for: it passes.
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
