// The latest requests of each run, so that the next one is known by what it begins with: which call it extends, and how much is new in it.

import { RecentMap } from '../../model/recent-map'
import type { Account } from './accounts'
import type { ReadCall } from './spent'

/** How bytes are compared and counted: what Node does at the speed of memory. */
export interface ByteTools {
  /** Bytes that both begin with. */
  commonStart(left: Uint8Array, right: Uint8Array): number
  /** Bytes that both end with, `most` at most. */
  commonEnd(left: Uint8Array, right: Uint8Array, most: number): number
  /** Whether the first `length` bytes are the same. */
  beginAlike(left: Uint8Array, right: Uint8Array, length: number): boolean
  /** Tokens of a part of a body, estimated on the high side. */
  tokensIn(body: Uint8Array, start: number, end: number): number
  /** Whether the bytes in between are no more than a mark of the prompt cache. */
  isCacheMark(body: Uint8Array, start: number, end: number): boolean
  /** Whether a message begins in between: longer text within one message does not. */
  hasMessage(body: Uint8Array, start: number, end: number): boolean
  /** The text that is the value of a key, given with its quotes. */
  textOf(body: Uint8Array, key: string): string | undefined
}

/** A request that went up. */
export interface RecentCall {
  readonly id: string
  readonly model: string
  /** Empty where nobody is likely to go on with it any more. */
  body: Uint8Array
  /** As reported; until then as reserved. */
  input: number
  output: number
  /** Pico-dollars that a token of its input cost, cached ones included; undefined where nobody knows. */
  inputPrice: number | undefined
  /** ms since the epoch. */
  readonly startedAt: number
  isRead: boolean
  isFailed: boolean
  agent: Account | undefined
}

/** What a request has in common with an earlier one. */
export interface Extension {
  readonly call: RecentCall
  /** The same request, with at least one more message. */
  readonly isWhole: boolean
  /** The very same bytes. */
  readonly isSame: boolean
  /** Tokens of what is new in it, estimated on the high side. */
  readonly added: number
}

/** Of one run and provider; conversations that nobody went on with for longest are forgotten. */
const MOST_CALLS = 128
/** So many of the latest are compared with a request that goes on from none. */
const MOST_COMPARED = 32
/** Of all runs. */
const MOST_BYTES = 64 * 1024 * 1024
const REMEMBERED = 10_000

export class RecentCalls {
  readonly #byKey = new Map<string, Set<RecentCall>>()
  /** Those with a body, oldest first, with the key that they stand under. */
  readonly #keys = new Map<RecentCall, string>()
  readonly #byId = new RecentMap<string, RecentCall>(REMEMBERED)
  readonly #byResponse = new RecentMap<string, RecentCall>(REMEMBERED)
  #bytes = 0

  constructor(readonly bytes: ByteTools) {}

  /** The request that this one goes on from, else the one of late that has most in common with it; asked of the same model. */
  extended(key: string, model: string, body: Uint8Array): Extension | undefined {
    const calls = this.#latest(key, model)
    // A conversation is gone on with where it ended last.
    const whole = calls.find((call) => this.#goesOn(call.body, body))
    if (whole) return this.#extension(whole, body)
    let best: { readonly call: RecentCall; readonly start: number } | undefined
    for (const call of calls.slice(0, MOST_COMPARED)) {
      if (best && !mayBeat(call.body, body, best.start)) continue
      const start = this.bytes.commonStart(call.body, body)
      if (!best || start > best.start) best = { call, start }
    }
    return best && this.#extension(best.call, body, best.start)
  }

  /** Latest first. */
  #latest(key: string, model: string): RecentCall[] {
    const calls: RecentCall[] = []
    for (const call of this.#byKey.get(key) ?? []) if (call.model === model) calls.push(call)
    return calls.reverse()
  }

  /** The call whose reply has that id. */
  answeredWith(runId: string, responseId: string): RecentCall | undefined {
    return this.#byResponse.get(`${runId} ${responseId}`)
  }

  /** Remembers a request; `extended` is the one that it goes on from, which nobody else is likely to. */
  add(key: string, call: RecentCall, extended: Extension | undefined): void {
    if (extended?.isWhole) this.#drop(extended.call)
    const before = this.#byId.get(call.id)
    if (before) this.#drop(before)
    const calls = this.#byKey.get(key) ?? new Set()
    this.#byKey.set(key, calls.add(call))
    this.#keys.set(call, key)
    this.#byId.set(call.id, call)
    this.#bytes += call.body.length
    const [oldest] = calls
    if (calls.size > MOST_CALLS && oldest) this.#drop(oldest)
    while (this.#bytes > MOST_BYTES && this.#keys.size > 1) this.#dropOldest()
  }

  /** What became of a call; `agent` is the account that it belongs to. */
  read(read: ReadCall, agent: Account | undefined): void {
    const { id, runId, input, output, inputPicoUsd, isFailed, responseIds } = read
    const call = this.#byId.get(id)
    if (!call) return
    call.inputPrice =
      input !== null && input > 0 && inputPicoUsd !== undefined ? inputPicoUsd / input : undefined
    call.isRead = input !== null
    call.input = input ?? call.input
    call.output = output ?? call.output
    call.isFailed = isFailed
    call.agent = agent ?? call.agent
    for (const responseId of responseIds) this.#byResponse.set(`${runId} ${responseId}`, call)
  }

  /** Whether all of the earlier request stands in the later one, with messages in between. */
  #goesOn(base: Uint8Array, body: Uint8Array): boolean {
    if (body.length <= base.length) return false
    const end = this.bytes.commonEnd(base, body, base.length)
    const start = base.length - end
    return this.bytes.beginAlike(base, body, start) && this.bytes.hasMessage(body, start, body.length - end)
  }

  #extension(call: RecentCall, body: Uint8Array, start = this.bytes.commonStart(call.body, body)): Extension {
    const base = call.body
    const end = this.bytes.commonEnd(base, body, Math.min(base.length, body.length) - start)
    const added = [start, body.length - end] as const
    const isKept = start + end >= base.length || this.bytes.isCacheMark(base, start, base.length - end)
    return {
      call,
      isWhole: isKept && this.bytes.hasMessage(body, ...added),
      isSame: start === body.length && start === base.length,
      added: this.bytes.tokensIn(body, ...added),
    }
  }

  /** It is compared with no more; what it used may still be asked for. */
  #drop(call: RecentCall): void {
    const key = this.#keys.get(call)
    if (key === undefined) return
    this.#keys.delete(call)
    this.#bytes -= call.body.length
    call.body = NO_BYTES
    const calls = this.#byKey.get(key)
    calls?.delete(call)
    if (calls?.size === 0) this.#byKey.delete(key)
  }

  #dropOldest(): void {
    const [oldest] = this.#keys.keys()
    if (oldest) this.#drop(oldest)
  }
}

const NO_BYTES = new Uint8Array()

/** Whether it agrees with the body where the best so far does not. */
function mayBeat(candidate: Uint8Array, body: Uint8Array, start: number): boolean {
  return start < candidate.length && candidate[start] === body[start]
}
