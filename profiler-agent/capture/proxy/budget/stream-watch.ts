// Watches a streamed reply on its way for its budget: counts what has come, and says where it ends when the budget is used up.

import type { BudgetRefusal, CallHold } from '../../../model/call-gate'
import type { JsonObject } from '../../../wire/json'
import { headerRecord, type RawHeaders } from '../forwarded-headers'
import { type CallFormat, endpointOf, formatOf } from './call-format'
import { ReplyTokens } from './reply-tokens'
import { mustBreakOff, streamError } from './stream-error'
import { type Framing, StreamFrames } from './stream-frames'

/** A call that a budget holds, and what its format is told by. */
export interface HeldCall {
  readonly id: string
  readonly provider: string
  readonly path: string
  readonly hold: CallHold
  /** Hears of a fault of ours; the reply goes on, and is watched no more. */
  readonly failed: (error: unknown) => void
}

export class StreamWatch {
  readonly #frames: StreamFrames
  readonly #tokens = new ReplyTokens()
  #asked = 0
  #sequence = 0
  #refusal: BudgetRefusal | undefined
  #isBlind = false

  private constructor(
    readonly call: HeldCall,
    readonly framing: Framing,
    readonly format: CallFormat,
  ) {
    this.#frames = new StreamFrames(framing)
  }

  /** `undefined` for a reply that is not streamed: it has happened by the time that anybody could end it. */
  static of(call: HeldCall, responseHeaders: RawHeaders): StreamWatch | undefined {
    const format = formatOf(call.provider, call.path)
    const framing = framingOf(headerRecord(responseHeaders)['content-type'] ?? '', call.path)
    return framing && new StreamWatch(call, framing, format)
  }

  get refusal(): BudgetRefusal | undefined {
    return this.#refusal
  }

  /** What of these bytes may pass: all, or those up to the frame with which the budget is used up. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#isBlind) return bytes
    try {
      return this.#upToRefusal(bytes)
    } catch (error) {
      this.#isBlind = true
      this.call.failed(error)
      return bytes
    }
  }

  #upToRefusal(bytes: Uint8Array): Uint8Array {
    for (const { end, events } of this.#frames.push(bytes)) {
      for (const event of events) this.#see(event)
      this.#refusal = this.#ask()
      if (this.#refusal) return bytes.subarray(0, end)
    }
    return bytes
  }

  /** What the client is told in place of the rest. */
  get lastWords(): Uint8Array {
    if (!this.#refusal) return new Uint8Array()
    const place = { requestId: `req_costflame_${this.call.id}`, sequence: this.#sequence }
    return streamError(this.framing, this.format, this.#refusal, place)
  }

  /** True where the client's connection has to break off behind the last words. */
  get mustBreakOff(): boolean {
    return mustBreakOff(this.format)
  }

  #see(event: JsonObject): void {
    this.#tokens.add(event)
    if (typeof event.sequence_number === 'number') this.#sequence = event.sequence_number + 1
  }

  #ask(): BudgetRefusal | undefined {
    const { count, isFinished } = this.#tokens
    if (isFinished || count <= this.#asked) return undefined
    this.#asked = count
    return this.call.hold.output(count)
  }
}

function framingOf(contentType: string, path: string): Framing | undefined {
  if (/^text\/event-stream/i.test(contentType)) return 'sse'
  if (/^application\/vnd\.amazon\.eventstream/i.test(contentType)) return 'aws'
  if (/^application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines|stream\+json)/i.test(contentType)) return 'lines'
  const isArray =
    /^application\/json/i.test(contentType) && endpointOf(path).endsWith(':streamGenerateContent')
  return isArray ? 'array' : undefined
}
