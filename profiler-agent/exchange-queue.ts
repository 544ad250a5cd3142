// Exchanges that wait for the worker, in order, in memory or in a spool file, until it has stored them: a worker that dies
// loses none. Knows neither threads nor files.

import { copyOf, ExchangeMemory, type PackedExchange } from './exchange-memory'
import type { HttpExchange } from './model/exchange'
import { type HandedOver, isSpooled, type SpooledExchange } from './waiting-exchange'

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
  exchange: PackedExchange | SpooledExchange
  /** Grows with every exchange. */
  readonly number: number
  /** On the clock of `performance.now()`. */
  readonly since: number
  /** With secrets, a credential may stand in it in pieces: such a one is never written. */
  readonly isWritable: boolean
  deaths: number
}

export class ExchangeQueue {
  readonly #memory = new ExchangeMemory()
  readonly #waiting = new Map<string, Waiting>()
  readonly #handedOver = new Set<string>()
  /** In the same order. */
  readonly #inMemory = new Map<string, Waiting>()
  #writable = 0
  #bytes = 0
  #number = 0

  /** `released` is called for each spooled exchange that waits no longer. */
  constructor(readonly released: (place: SpooledExchange) => void) {}

  /** Keeps an exchange, whose bodies must not be changed afterwards; past the bound without the copy of its request. */
  add(exchange: HttpExchange): void {
    const isTooMuch = this.#bytes + sizeOf(exchange) > MAX_WAITING_BYTES
    const kept = isTooMuch ? withoutRequest(exchange) : exchange
    if (this.#waiting.has(exchange.id)) this.remove([exchange.id])
    const packed = this.#memory.pack(kept)
    this.#bytes += packed.length
    const isWritable = kept.secrets === undefined
    if (isWritable) this.#writable++
    this.#inMemory.set(kept.id, this.#put(packed, isWritable))
  }

  /** Keeps an exchange that lies in a spool file already. */
  addSpooled(place: SpooledExchange): void {
    this.remove([place.id])
    this.#put(place, false)
  }

  #put(exchange: PackedExchange | SpooledExchange, isWritable: boolean): Waiting {
    const number = ++this.#number
    const waiting = { exchange, number, since: performance.now(), isWritable, deaths: 0 }
    this.#waiting.set(exchange.id, waiting)
    return waiting
  }

  /** Whether anything in memory may be written to a spool. */
  get isWritable(): boolean {
    return this.#writable > 0
  }

  /**
   * What has been in memory since then or longer and may be written to a spool: the oldest, as many as one batch takes. Its bytes
   * stay where they are until `written` is told of it.
   */
  overdue(since: number): PackedExchange[] {
    const batch: PackedExchange[] = []
    let size = 0
    for (const { exchange, since: itsSince, isWritable } of this.#inMemory.values()) {
      if (itsSince > since || batch.length === MAX_BATCH || size > MAX_BATCH_BYTES) break
      if (!isWritable || isSpooled(exchange)) continue
      size += exchange.length
      this.#memory.hold(exchange)
      batch.push(exchange)
    }
    return batch
  }

  /** What was overdue lies in a spool file now, and takes no memory any more; without places it could not be written. */
  written(batch: readonly PackedExchange[], places: readonly SpooledExchange[] = []): void {
    for (const place of places) this.#spooled(place)
    for (const packed of batch) this.#memory.letGo(packed)
  }

  #spooled(place: SpooledExchange): void {
    const waiting = this.#inMemory.get(place.id)
    if (waiting === undefined) {
      this.released(place)
      return
    }
    this.#forget(waiting)
    waiting.exchange = place
  }

  /** Frees what it takes, in memory or in a file. */
  #forget({ exchange, isWritable }: Waiting): void {
    if (isSpooled(exchange)) {
      this.released(exchange)
      return
    }
    this.#inMemory.delete(exchange.id)
    if (isWritable) this.#writable--
    this.#bytes -= exchange.length
    this.#memory.letGo(exchange)
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
  take(upTo: number, most: number): HandedOver[] {
    if (this.isHandedOver || most === 0) return []
    const batch: HandedOver[] = []
    let size = 0
    for (const { exchange, number, deaths } of this.#waiting.values()) {
      if (number > upTo) break
      const isFull = batch.length === most || size + exchange.length > MAX_BATCH_BYTES || deaths > 0
      if (batch.length > 0 && isFull) break
      batch.push(isSpooled(exchange) ? exchange : copyOf(exchange))
      size += exchange.length
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
      this.#forget(waiting)
      this.#waiting.delete(id)
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
