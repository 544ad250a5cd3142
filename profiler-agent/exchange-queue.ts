// Exchanges that wait for the worker, in order, in memory or in a spool file, until it has stored them: a worker that dies
// loses none. Knows neither threads nor files.

import type { HttpExchange } from './model/exchange'
import { isSpooled, type SpooledExchange, type WaitingExchange } from './spooled-exchange'

/** Bytes of copies that may wait in memory; past it the request's copy is dropped, never the usage in the reply. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024
/** What is written to a spool at once: each time takes a turn of the event loop, which is long in a rush. */
const MAX_BATCH = 256
/** What is handed over, or written to a spool, at once. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024
/** An exchange that the worker died on this often, all but the first time alone, is not given to another one: once may be chance. */
const MAX_DEATHS = 3

const NEVER = Number.POSITIVE_INFINITY

interface Waiting {
  exchange: WaitingExchange
  readonly bytes: number
  /** Grows with every exchange. */
  readonly number: number
  /** On the clock of `performance.now()`. */
  readonly since: number
  deaths: number
}

export class ExchangeQueue {
  readonly #waiting = new Map<string, Waiting>()
  readonly #handedOver = new Set<string>()
  readonly #inMemory = new Map<string, Waiting>()
  /** Those in memory that may be written to a spool, oldest first. */
  readonly #writable = new Map<string, Waiting>()
  #bytes = 0
  #number = 0

  /** `released` is called for each spooled exchange that waits no longer. */
  constructor(readonly released: (place: SpooledExchange) => void) {}

  /** Keeps an exchange; past the bound without the copy of its request. */
  add(exchange: HttpExchange): void {
    const kept = this.#bytes + sizeOf(exchange) > MAX_WAITING_BYTES ? withoutRequest(exchange) : exchange
    if (this.#waiting.has(exchange.id)) this.remove([exchange.id])
    const bytes = sizeOf(kept)
    this.#bytes += bytes
    const waiting = this.#put(kept, bytes)
    this.#inMemory.set(kept.id, waiting)
    // With secrets, a credential may stand in it in pieces: such a one is never written.
    if (kept.secrets === undefined) this.#writable.set(kept.id, waiting)
  }

  /** Keeps an exchange that lies in a spool file already. */
  addSpooled(place: SpooledExchange): void {
    this.remove([place.id])
    this.#put(place, place.length)
  }

  #put(exchange: WaitingExchange, bytes: number): Waiting {
    const number = ++this.#number
    const waiting = { exchange, bytes, number, since: performance.now(), deaths: 0 }
    this.#waiting.set(exchange.id, waiting)
    return waiting
  }

  /** Whether anything in memory may be written to a spool. */
  get isWritable(): boolean {
    return this.#writable.size > 0
  }

  /** What has been in memory since then or longer and may be written to a spool: the oldest, as many as one batch takes. */
  overdue(since: number): HttpExchange[] {
    const batch: HttpExchange[] = []
    let size = 0
    for (const waiting of this.#writable.values()) {
      if (waiting.since > since || batch.length === MAX_BATCH || size > MAX_BATCH_BYTES) break
      if (!isSpooled(waiting.exchange)) batch.push(waiting.exchange)
      size += waiting.bytes
    }
    return batch
  }

  /** It lies in a spool file now, and takes no memory any more. */
  spooled(place: SpooledExchange): void {
    const waiting = this.#waiting.get(place.id)
    if (waiting === undefined || !this.#writable.delete(place.id)) {
      this.released(place)
      return
    }
    waiting.exchange = place
    this.#inMemory.delete(place.id)
    this.#bytes -= waiting.bytes
  }

  /** Whether it still waits to be stored. */
  has(id: string): boolean {
    return this.#waiting.has(id)
  }

  get count(): number {
    return this.#waiting.size
  }

  /** How many of them are in no spool file. */
  get inMemory(): number {
    return this.#inMemory.size
  }

  /** Number of the latest exchange. */
  get latest(): number {
    return this.#number
  }

  /** Whether everything up to that number is stored, or given up. */
  isDone(upTo: number): boolean {
    for (const { number } of this.#waiting.values()) return number > upTo
    return true
  }

  get isHandedOver(): boolean {
    return this.#handedOver.size > 0
  }

  /** Whether everything up to that number was handed over at least. */
  isTaken(upTo: number): boolean {
    for (const [id, { number }] of this.#waiting) if (!this.#handedOver.has(id)) return number > upTo
    return true
  }

  /** Since when the oldest of all has waited, and the oldest in memory; on the clock of `performance.now()`, `Infinity` for none. */
  get oldest() {
    const [first] = this.#waiting.values()
    const [inMemory] = this.#inMemory.values()
    return { since: first?.since ?? NEVER, inMemorySince: inMemory?.since ?? NEVER }
  }

  /**
   * What to hand over next, up to that number and at most `most`, one batch at a time; one that a worker died on comes alone.
   * Nothing while a batch is under way.
   */
  take(upTo: number, most: number): WaitingExchange[] {
    if (this.isHandedOver || most === 0) return []
    const batch: WaitingExchange[] = []
    let size = 0
    for (const { exchange, bytes, number, deaths } of this.#waiting.values()) {
      if (number > upTo) break
      const isFull = batch.length === most || size + bytes > MAX_BATCH_BYTES || deaths > 0
      if (batch.length > 0 && isFull) break
      batch.push(exchange)
      size += bytes
      if (deaths > 0) break
    }
    for (const { id } of batch) this.#handedOver.add(id)
    return batch
  }

  /** These are stored, or not wanted any more. */
  remove(ids: readonly string[]): void {
    for (const id of ids) {
      const waiting = this.#waiting.get(id)
      if (waiting === undefined) continue
      if (isSpooled(waiting.exchange)) this.released(waiting.exchange)
      else this.#bytes -= waiting.bytes
      this.#waiting.delete(id)
      this.#inMemory.delete(id)
      this.#writable.delete(id)
      this.#handedOver.delete(id)
    }
  }

  /** The worker died: what it had is to be handed over again. Gives the ids of those that it died on once too often, and drops them. */
  takeBack(): string[] {
    const ids = [...this.#handedOver]
    this.#handedOver.clear()
    const waiting = ids.flatMap((id) => this.#waiting.get(id) ?? [])
    for (const each of waiting) each.deaths++
    const poison = waiting.length === 1 ? waiting.filter(({ deaths }) => deaths >= MAX_DEATHS) : []
    const dropped = poison.map(({ exchange }) => exchange.id)
    this.remove(dropped)
    return dropped
  }

  /** Gives up everything. */
  clear(): void {
    this.remove([...this.#waiting.keys()])
  }
}

function sizeOf({ requestBody, responseBody }: HttpExchange): number {
  return requestBody.byteLength + responseBody.byteLength
}

function withoutRequest(exchange: HttpExchange): HttpExchange {
  return { ...exchange, requestBody: new Uint8Array(), copyTruncated: true }
}
