// One exchange that waits for the worker, as bytes (lengths, a head of JSON, the two bodies) in memory or in a spool file, and the
// way back. Bytes, because objects that wait are copied and marked by V8's collector again and again while calls come fast.

import { readSync } from 'node:fs'
import type { HttpExchange } from './model/exchange'

/** Where an exchange lies in a spool file, which stays open until it is released. */
export interface SpooledExchange {
  readonly id: string
  readonly runId: string
  /** Of this process: its threads share open files. */
  readonly fd: number
  readonly at: number
  readonly length: number
}

/** An exchange as it is handed to the worker: a frame without its bodies where they are long. */
export interface CopiedExchange {
  readonly id: string
  readonly runId: string
  readonly frame: Uint8Array
  readonly longBodies?: Bodies
}

export type HandedOver = CopiedExchange | SpooledExchange

export type Bodies = readonly [request: Uint8Array, response: Uint8Array]

export function isSpooled<T extends object>(exchange: T | SpooledExchange): exchange is SpooledExchange {
  return 'fd' in exchange
}

/** Lengths of the head, the request's and the response's body, each 4 bytes. */
export const LENGTHS_BYTES = 12
/** UTF-8 takes no more for each unit of a string. */
const MOST_BYTES_PER_UNIT = 3

/** What stands in the head of an exchange. */
export function headOf(exchange: HttpExchange): string {
  // What is undefined is left out of JSON.
  return JSON.stringify({ ...exchange, requestBody: undefined, responseBody: undefined })
}

/** Room in which lengths and head find place, whatever letters they have. */
export function mostBytesOf(head: string): number {
  return LENGTHS_BYTES + MOST_BYTES_PER_UNIT * head.length
}

/** Writes lengths and head, for which there must be room, and gives where they end: the bodies come there. */
export function writeBeginning(
  target: Buffer,
  at: number,
  head: string,
  [request, response]: Bodies,
): number {
  const headAt = at + LENGTHS_BYTES
  const headLength = target.write(head, headAt)
  target.writeUInt32LE(headLength, at)
  target.writeUInt32LE(request.length, at + 4)
  target.writeUInt32LE(response.length, at + 8)
  return headAt + headLength
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
  const facts = factsIn(bytes.toString('utf8', start, requestAt))
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

/** Its bodies own their memory, or are parts of the frame. */
export function readCopied({ id, frame, longBodies }: CopiedExchange): HttpExchange {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  if (longBodies === undefined) {
    const read = readFrame(bytes, 0)
    if (read) return read.exchange
  } else {
    const facts = factsIn(bytes.toString('utf8', LENGTHS_BYTES))
    if (facts) return { ...facts, requestBody: own(longBodies[0]), responseBody: own(longBodies[1]) }
  }
  throw new Error(`exchange ${id} was not handed over whole`)
}

/** Long bodies come in memory that both threads see: that is not for everybody who reads them. */
function own(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes
}

/** The file is our own, and a process that dies leaves whole heads or none; a machine that loses its power leaves anything. */
function factsIn(json: string): Omit<HttpExchange, 'requestBody' | 'responseBody'> | undefined {
  try {
    const head: unknown = JSON.parse(json)
    const isHead = typeof head === 'object' && head !== null && 'id' in head && 'runId' in head
    return isHead ? (head as HttpExchange) : undefined
  } catch {
    return undefined
  }
}
