// Frames of one direction of a WebSocket (RFC 6455, section 5.2) from bytes split anywhere, and one frame as bytes. Joins no fragments and
// inflates nothing.

import { joinBytes } from './utf8'

/** One frame; `payload` is unmasked and in memory of its own. */
export interface WebSocketFrame {
  readonly isFinal: boolean
  /** RSV1: with permessage-deflate the first frame of a compressed message. */
  readonly isCompressed: boolean
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number
  readonly payload: Uint8Array
}

interface OpenFrame extends Omit<WebSocketFrame, 'payload'> {
  readonly length: number
  readonly mask: Uint8Array | undefined
  readonly parts: Uint8Array[]
  received: number
}

/**
 * Reads frames as they pass, masked or not. Throws nothing: after a frame that no endpoint would accept, or a payload past
 * `maxPayloadBytes`, `isBroken` is true and the rest is not read.
 */
export class WebSocketFrameDecoder {
  readonly #header = new Uint8Array(14)
  #headerLength = 0
  #frame: OpenFrame | undefined
  #isBroken = false

  constructor(readonly maxPayloadBytes: number) {}

  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Bytes of a frame that is not complete. */
  get heldBytes(): number {
    return this.#frame?.received ?? 0
  }

  /** The frames that these bytes complete. */
  push(bytes: Uint8Array): WebSocketFrame[] {
    const frames: WebSocketFrame[] = []
    for (let at = 0; at < bytes.length && !this.#isBroken; ) {
      at = this.#frame ? this.#takePayload(this.#frame, bytes, at) : this.#takeHeader(bytes, at)
      const frame = this.#frame
      if (!frame || frame.received < frame.length) continue
      frames.push(whole(frame))
      this.#frame = undefined
    }
    return frames
  }

  /** One byte at a time: a header is at most 14 bytes, and it may be cut anywhere. */
  #takeHeader(bytes: Uint8Array, at: number): number {
    this.#header[this.#headerLength++] = bytes[at] ?? 0
    if (this.#headerLength < 2 || this.#headerLength < headerLengthOf(this.#header)) return at + 1
    const frame = frameOf(this.#header.slice(0, this.#headerLength))
    this.#headerLength = 0
    if (frame && frame.length <= this.maxPayloadBytes) this.#frame = frame
    else this.#isBroken = true
    return at + 1
  }

  #takePayload(frame: OpenFrame, bytes: Uint8Array, at: number): number {
    // A copy, which a Buffer's own `slice` would not be.
    const part = new Uint8Array(bytes.subarray(at, at + frame.length - frame.received))
    if (frame.mask) unmask(part, frame.mask, frame.received)
    frame.parts.push(part)
    frame.received += part.length
    return at + part.length
  }
}

const LENGTH_BITS = 0x7f
const MASK_BIT = 0x80

function headerLengthOf(header: Uint8Array): number {
  const second = header[1] ?? 0
  const length = second & LENGTH_BITS
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & MASK_BIT ? 4 : 0)
}

/** Undefined where reserved bits are set that no known extension uses. */
function frameOf(header: Uint8Array): OpenFrame | undefined {
  const [first = 0, second = 0] = header
  if ((first & 0x30) !== 0) return undefined
  return {
    isFinal: (first & 0x80) !== 0,
    isCompressed: (first & 0x40) !== 0,
    opcode: first & 0x0f,
    length: payloadLengthOf(header),
    mask: second & MASK_BIT ? header.slice(-4) : undefined,
    parts: [],
    received: 0,
  }
}

function payloadLengthOf(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  const length = view.getUint8(1) & LENGTH_BITS
  if (length < 126) return length
  return length === 126 ? view.getUint16(2) : view.getUint32(2) * 2 ** 32 + view.getUint32(6)
}

function unmask(part: Uint8Array, mask: Uint8Array, offset: number): void {
  for (let at = 0; at < part.length; at++) part[at] = (part[at] ?? 0) ^ (mask[(offset + at) & 3] ?? 0)
}

function whole({ isFinal, isCompressed, opcode, parts }: OpenFrame): WebSocketFrame {
  return { isFinal, isCompressed, opcode, payload: joinBytes(parts) }
}

const LONGEST_HEADER = 14

/** Bytes of the frame that begins there, header included; `undefined` where its header is not all there. */
export function frameLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 2 || bytes.length < headerLengthOf(bytes)) return undefined
  return headerLengthOf(bytes) + payloadLengthOf(bytes.subarray(0, LONGEST_HEADER))
}

/** A final frame. Clients give a mask of four bytes, servers none. */
export function encodeWebSocketFrame(opcode: number, payload: Uint8Array, mask?: Uint8Array): Uint8Array {
  const { length } = payload
  const size = length < 126 ? 0 : length < 0x10000 ? 2 : 8
  const header = new DataView(new ArrayBuffer(2 + size))
  header.setUint8(0, 0x80 | opcode)
  header.setUint8(1, (mask ? MASK_BIT : 0) | (size === 0 ? length : size === 2 ? 126 : 127))
  if (size === 2) header.setUint16(2, length)
  if (size === 8) header.setBigUint64(2, BigInt(length))
  const body = payload.slice()
  if (mask) unmask(body, mask, 0)
  return joinBytes([new Uint8Array(header.buffer), mask ?? new Uint8Array(), body])
}
