// Changes a streamed reply on its way: takes out the usage event that we asked for, and ends it where its budget is used up. A reply
// that came compressed, though we asked for plain bytes, goes on in plain bytes.

import type { Transform, Writable } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import type { BudgetRefusal } from '../../model/call-gate'
import { type HeldCall, StreamWatch } from './budget/stream-watch'
import { headerRecord, type RawHeaders } from './forwarded-headers'
import { UsageEventFilter } from './usage-splice'

/** A reply that breaks off is decoded as far as it goes. */
const SYNC_FLUSH = { finishFlush: constants.Z_SYNC_FLUSH }

/** By content encoding: what decodes it, given its first byte. */
const DECODERS: Readonly<Record<string, (first: number) => Transform>> = {
  gzip: () => createGunzip(SYNC_FLUSH),
  'x-gzip': () => createGunzip(SYNC_FLUSH),
  // Some servers send deflate without the header of its zlib format, and clients put up with it.
  deflate: (first) => ((first & 0x0f) === 8 ? createInflate(SYNC_FLUSH) : createInflateRaw(SYNC_FLUSH)),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress({ finishFlush: constants.ZSTD_e_flush }),
}

/** What is to be done to a reply. */
export interface WantedEdits {
  readonly removesUsage: boolean
  readonly held: HeldCall | undefined
}

/** Each is called at most once, and then nothing else. */
export interface EditEvents {
  undecodable(error: Error): void
  /** The budget is used up, and the client has been told; its reply has to break off, or may end. */
  stopped(refusal: BudgetRefusal, mustBreakOff: boolean): void
}

/** Writes to `out` and never ends it. Every chunk goes on as soon as it is decoded. */
export class ReplyEdit {
  #decoder: Transform | undefined
  #isStopped = false

  private constructor(
    readonly out: Writable,
    readonly events: EditEvents,
    readonly decoderFor: ((first: number) => Transform) | undefined,
    readonly watch: StreamWatch | undefined,
    readonly filter: UsageEventFilter | undefined,
  ) {}

  /** `undefined` where there is nothing to do: no stream, or one in an encoding that nobody knows, which passes as it is. */
  static of(raw: RawHeaders, wanted: WantedEdits, out: Writable, events: EditEvents): ReplyEdit | undefined {
    const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headerRecord(raw)
    const watch = wanted.held && StreamWatch.of(wanted.held, raw)
    const isFiltered = wanted.removesUsage && /^text\/event-stream/i.test(type)
    const filter = isFiltered ? new UsageEventFilter() : undefined
    if (!watch && !filter) return undefined
    const name = encoding.trim().toLowerCase()
    if (name !== 'identity' && !Object.hasOwn(DECODERS, name)) return undefined
    return new ReplyEdit(out, events, name === 'identity' ? undefined : DECODERS[name], watch, filter)
  }

  /** Headers that hold no longer. */
  get outdatedHeaders(): readonly string[] {
    return this.decoderFor ? ['content-length', 'content-encoding'] : ['content-length']
  }

  /** What tells by `drain` that it can take more, after `push` gave false. */
  get inlet(): Writable {
    return this.#decoder ?? this.out
  }

  push(chunk: Buffer): boolean {
    if (!this.decoderFor) return this.#take(chunk)
    this.#decoder ??= this.#opened(this.decoderFor(chunk[0] ?? 0))
    return this.#decoder.write(chunk)
  }

  /** Calls `then` when everything has been written; not at all after `stop` or an event. */
  end(then: () => void): void {
    const finish = () => {
      if (this.#isStopped) return
      this.#write(this.filter?.end() ?? [])
      then()
    }
    if (this.#decoder) this.#decoder.once('end', finish).end()
    else finish()
  }

  stop(): void {
    this.#isStopped = true
    this.#decoder?.destroy()
  }

  #opened(decoder: Transform): Transform {
    decoder.on('data', (bytes: Buffer) => {
      if (this.#take(bytes)) return
      decoder.pause()
      this.out.once('drain', () => decoder.resume())
    })
    return decoder.on('error', (error) => this.#isStopped || this.events.undecodable(error))
  }

  #take(bytes: Buffer): boolean {
    if (this.#isStopped) return true
    const passing = this.watch?.push(bytes) ?? bytes
    const refusal = this.watch?.refusal
    const canTakeMore = this.#write(this.filter?.push(passing) ?? [passing])
    if (!refusal) return canTakeMore
    this.#write([...(this.filter?.end() ?? []), this.watch.lastWords])
    this.stop()
    this.events.stopped(refusal, this.watch.mustBreakOff)
    return true
  }

  #write(parts: readonly Uint8Array[]): boolean {
    let canTakeMore = true
    for (const part of parts) canTakeMore = this.out.write(part)
    return canTakeMore
  }
}
