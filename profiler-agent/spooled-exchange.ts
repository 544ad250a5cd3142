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

/** An exchange as it is written. */
export interface Frame {
  readonly head: string
  readonly headLength: number
  readonly requestBody: Uint8Array
  readonly responseBody: Uint8Array
  /** In bytes, of all of it. */
  readonly length: number
}

/** The exchange must hold no credential: that is why it has no `secrets`. */
export function frameOf(exchange: HttpExchange): Frame {
  const { requestBody, responseBody } = exchange
  // What is undefined is left out of JSON.
  const head = JSON.stringify({ ...exchange, requestBody: undefined, responseBody: undefined })
  const headLength = Buffer.byteLength(head)
  const length = LENGTHS_BYTES + headLength + requestBody.length + responseBody.length
  return { head, headLength, requestBody, responseBody, length }
}

/** All of them, one after the other; for what is short enough to be copied. */
export function framesInOne(frames: readonly Frame[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(frames.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const frame of frames) {
    at = writeBeginning(frame, whole, at)
    whole.set(frame.requestBody, at)
    whole.set(frame.responseBody, at + frame.requestBody.length)
    at += frame.requestBody.length + frame.responseBody.length
  }
  return whole
}

/** The parts to write, one after the other; bodies are not copied. */
export function partsOf(frame: Frame): readonly Uint8Array[] {
  const beginning = Buffer.allocUnsafeSlow(LENGTHS_BYTES + frame.headLength)
  writeBeginning(frame, beginning, 0)
  return [beginning, frame.requestBody, frame.responseBody]
}

/** Lengths and head; gives where they end. */
function writeBeginning(frame: Frame, target: Buffer, from: number): number {
  const { head, headLength, requestBody, responseBody } = frame
  let at = target.writeUInt32LE(headLength, from)
  at = target.writeUInt32LE(requestBody.length, at)
  at = target.writeUInt32LE(responseBody.length, at)
  // Heads are ASCII but for a few names, and then need no look at each character.
  return at + target.write(head, at, headLength === head.length ? 'latin1' : 'utf8')
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
