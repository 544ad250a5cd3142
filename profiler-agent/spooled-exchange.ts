// One exchange in a spool file: the bytes it is written as (lengths, a head of JSON, the two bodies), its place, and the way back.

import { readSync } from 'node:fs'
import type { HttpExchange } from './model/exchange'

/** Where an exchange lies; the file stays open until it is released. */
export interface SpooledExchange {
  readonly id: string
  readonly runId: string
  /** Of this process: its threads share open files. */
  readonly fd: number
  readonly at: number
  readonly length: number
}

/** An exchange, or where it lies. */
export type WaitingExchange = HttpExchange | SpooledExchange

export function isSpooled(exchange: WaitingExchange): exchange is SpooledExchange {
  return 'fd' in exchange
}

/** Lengths of the head, the request's and the response's body, each 4 bytes. */
const LENGTHS_BYTES = 12

/** The parts to write, one after the other. The exchange must hold no credential: that is why it has no `secrets`. */
export function frameOf({ requestBody, responseBody, ...head }: HttpExchange): Uint8Array[] {
  const headBytes = Buffer.from(JSON.stringify(head))
  const lengths = Buffer.alloc(LENGTHS_BYTES)
  for (const [index, { length }] of [headBytes, requestBody, responseBody].entries())
    lengths.writeUInt32LE(length, 4 * index)
  return [lengths, headBytes, requestBody, responseBody]
}

export interface ReadFrame {
  readonly exchange: HttpExchange
  /** Of the whole frame. */
  readonly length: number
}

/** The frame that begins there; `undefined` where it is not whole: its process died while it wrote. Bodies are parts of `bytes`. */
export function readFrame(bytes: Buffer, at: number): ReadFrame | undefined {
  const start = at + LENGTHS_BYTES
  if (start > bytes.length) return undefined
  const [head = 0, request = 0, response = 0] = [0, 4, 8].map((offset) => bytes.readUInt32LE(at + offset))
  const length = LENGTHS_BYTES + head + request + response
  if (head === 0 || at + length > bytes.length) return undefined
  const requestAt = start + head
  const facts = headOf(bytes.toString('utf8', start, requestAt))
  if (facts === undefined) return undefined
  const requestBody = bytes.subarray(requestAt, requestAt + request)
  const responseBody = bytes.subarray(requestAt + request, at + length)
  return { exchange: { ...facts, requestBody, responseBody }, length }
}

/** Throws where the file cannot be read or holds something else. */
export function readSpooled({ id, fd, at, length }: SpooledExchange): HttpExchange {
  const bytes = Buffer.allocUnsafeSlow(length)
  const read = readSync(fd, bytes, 0, length, at)
  const frame = read === length ? readFrame(bytes, 0) : undefined
  if (frame?.exchange.id !== id) throw new Error('the spool file is damaged')
  return frame.exchange
}

/** The file is our own, and a process that dies leaves whole heads or none; a machine that loses its power leaves anything. */
function headOf(json: string): Omit<HttpExchange, 'requestBody' | 'responseBody'> | undefined {
  try {
    const head: unknown = JSON.parse(json)
    const isHead = typeof head === 'object' && head !== null && 'id' in head && 'runId' in head
    return isHead ? (head as HttpExchange) : undefined
  } catch {
    return undefined
  }
}
