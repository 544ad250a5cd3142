// Takes the usage event that we asked for out of a reply on its way. A reply that came compressed, though we asked for plain bytes, goes on in plain bytes.

import type { Transform, Writable } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
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

/** Writes to `out` and never ends it. Every chunk goes on as soon as it is decoded. */
export class UsageRemoval {
  readonly #filter = new UsageEventFilter()
  #decoder: Transform | undefined

  private constructor(
    readonly out: Writable,
    readonly onError: (error: Error) => void,
    readonly decoderFor: ((first: number) => Transform) | undefined,
  ) {}

  /** `undefined` where there is nothing to take out: no event stream, or one in an encoding that nobody knows, which passes as it is. */
  static of(raw: RawHeaders, out: Writable, onError: (error: Error) => void): UsageRemoval | undefined {
    const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headerRecord(raw)
    if (!/^text\/event-stream/i.test(type)) return undefined
    const name = encoding.trim().toLowerCase()
    if (name === 'identity') return new UsageRemoval(out, onError, undefined)
    return Object.hasOwn(DECODERS, name) ? new UsageRemoval(out, onError, DECODERS[name]) : undefined
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
    if (!this.decoderFor) return this.#pass(this.#filter.push(chunk))
    this.#decoder ??= this.#opened(this.decoderFor(chunk[0] ?? 0))
    return this.#decoder.write(chunk)
  }

  /** Calls `then` when everything has been written; not at all after `stop` or an error. */
  end(then: () => void): void {
    const finish = () => {
      this.#pass(this.#filter.end())
      then()
    }
    if (this.#decoder) this.#decoder.once('end', finish).end()
    else finish()
  }

  stop(): void {
    this.#decoder?.destroy()
  }

  #opened(decoder: Transform): Transform {
    decoder.on('data', (bytes: Buffer) => {
      if (this.#pass(this.#filter.push(bytes))) return
      decoder.pause()
      this.out.once('drain', () => decoder.resume())
    })
    return decoder.on('error', this.onError)
  }

  #pass(parts: readonly Uint8Array[]): boolean {
    let canTakeMore = true
    for (const part of parts) canTakeMore = this.out.write(part)
    return canTakeMore
  }
}
