// Memory for exchanges that wait, outside of V8's heap: many short ones share a chunk, which is used again once all of them are
// gone. Knows neither threads nor files.

import type { HttpExchange } from './model/exchange'
import {
  type Bodies,
  type CopiedExchange,
  headOf,
  LENGTHS_BYTES,
  mostBytesOf,
  writeBeginning,
} from './waiting-exchange'

/** So many fit in that one which stays holds back little. */
const CHUNK_BYTES = 256 * 1024
/** Longer ones have memory of their own, and their bodies are not copied. */
const LONG_BYTES = CHUNK_BYTES / 4
/** What waits in a rush comes and goes; more than this is given back. */
const SPARE_CHUNKS = 16

interface Chunk {
  readonly bytes: Buffer
  used: number
  /** Exchanges in it that somebody still needs. */
  held: number
}

/** An exchange in memory, until it is let go of as often as it was packed and held. */
export interface PackedExchange {
  readonly id: string
  readonly runId: string
  readonly chunk: Chunk
  readonly at: number
  /** In the chunk; without long bodies. */
  readonly packedLength: number
  readonly longBodies?: Bodies
  /** In bytes, of all of it. */
  readonly length: number
}

export class ExchangeMemory {
  #current = newChunk()
  readonly #spare: Chunk[] = []

  /** The bodies must not be changed afterwards. */
  pack(exchange: HttpExchange): PackedExchange {
    const { id, runId, requestBody, responseBody } = exchange
    const head = headOf(exchange)
    const bodies: Bodies = [requestBody, responseBody]
    const bodyBytes = requestBody.length + responseBody.length
    const most = mostBytesOf(head) + bodyBytes
    if (most > LONG_BYTES) return packedLong(exchange, head, bodies, bodyBytes)
    const chunk = this.#chunkWith(most)
    const at = chunk.used
    const bodiesAt = writeBeginning(chunk.bytes, at, head, bodies)
    chunk.bytes.set(requestBody, bodiesAt)
    chunk.bytes.set(responseBody, bodiesAt + requestBody.length)
    chunk.used = bodiesAt + bodyBytes
    chunk.held++
    const length = chunk.used - at
    return { id, runId, chunk, at, packedLength: length, length }
  }

  /** For somebody else, who lets go of it, too. */
  hold({ chunk }: PackedExchange): void {
    chunk.held++
  }

  letGo({ chunk }: PackedExchange): void {
    chunk.held--
    if (chunk.held > 0) return
    chunk.used = 0
    const isShared = chunk.bytes.length === CHUNK_BYTES
    if (isShared && chunk !== this.#current && this.#spare.length < SPARE_CHUNKS) this.#spare.push(chunk)
  }

  #chunkWith(bytes: number): Chunk {
    if (this.#current.used + bytes > CHUNK_BYTES) this.#current = this.#spare.pop() ?? newChunk()
    return this.#current
  }
}

function newChunk(): Chunk {
  return { bytes: Buffer.allocUnsafeSlow(CHUNK_BYTES), used: 0, held: 0 }
}

function packedLong({ id, runId }: HttpExchange, head: string, bodies: Bodies, bodyBytes: number) {
  const bytes = Buffer.allocUnsafeSlow(LENGTHS_BYTES + Buffer.byteLength(head))
  const used = writeBeginning(bytes, 0, head, bodies)
  const chunk: Chunk = { bytes, used, held: 1 }
  return { id, runId, chunk, at: 0, packedLength: used, longBodies: bodies, length: used + bodyBytes }
}

/** As it is handed to another thread, in memory of its own. */
export function copyOf(packed: PackedExchange): CopiedExchange {
  const { id, runId, chunk, at, packedLength, longBodies } = packed
  const frame = new Uint8Array(chunk.bytes.subarray(at, at + packedLength))
  return longBodies === undefined ? { id, runId, frame } : { id, runId, frame, longBodies }
}

/** The bytes of these exchanges, one after the other, in as few parts as they lie in; nothing is copied. */
export function partsOf(exchanges: readonly PackedExchange[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  let last: { readonly chunk: Chunk; readonly from: number; end: number } | undefined
  for (const { chunk, at, packedLength, longBodies = [] } of exchanges) {
    if (last?.chunk === chunk && last.end === at) parts.pop()
    else last = { chunk, from: at, end: at }
    last.end = at + packedLength
    // Whoever has long bodies has a chunk of its own.
    parts.push(chunk.bytes.subarray(last.from, last.end), ...longBodies)
  }
  return parts
}
