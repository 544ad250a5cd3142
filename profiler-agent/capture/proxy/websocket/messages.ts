// Messages of one direction of a WebSocket from the bytes that pass: fragments joined, permessage-deflate undone. Changes no byte.

import { constants, inflateRawSync } from 'node:zlib'
import { joinBytes } from '../../../wire/utf8'
import { type WebSocketFrame, WebSocketFrameDecoder } from '../../../wire/websocket-frames'
import type { CopyLimits } from './traffic'

const CONTINUATION = 0
const FIRST_CONTROL_OPCODE = 8
/** What permessage-deflate leaves off at the end of every message (RFC 7692, section 7.2.1). */
const DEFLATE_TAIL = Uint8Array.of(0, 0, 0xff, 0xff)
const WINDOW_BYTES = 32 * 1024

/** Raised where the traffic cannot be read any further; the socket itself is fine. */
export class UnreadableSocketError extends Error {}

/** Reads text and binary messages alike; control frames are passed over. */
export class MessageReader {
  #frames: WebSocketFrameDecoder
  #fragments: Uint8Array[] = []
  #length = 0
  #isCompressed = false
  /** The last output of the inflater, to which a sender that keeps its context refers. It harms no other. */
  #window: Uint8Array = new Uint8Array()
  /** Bytes that it takes of the room. */
  #taken = 0

  constructor(readonly limits: CopyLimits) {
    this.#frames = new WebSocketFrameDecoder(limits.maxCopyBytes)
  }

  /**
   * Whole messages that these bytes complete. Throws `UnreadableSocketError`, or zlib's error, once the traffic makes no sense, or
   * there is no room for a message that is under way.
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const messages = this.#frames.push(bytes).flatMap((frame) => this.#take(frame))
    if (this.#frames.isBroken)
      throw new UnreadableSocketError('a frame is too large or belongs to an unknown extension')
    this.#hold(this.#frames.heldBytes + this.#length)
    return messages
  }

  /** Lets go of what is not complete; nothing is read any more. */
  drop(): void {
    this.#frames = new WebSocketFrameDecoder(0)
    this.#fragments = []
    this.#length = 0
    this.#hold(0)
  }

  #hold(bytes: number): void {
    const { copyRoom } = this.limits
    const missing = bytes - this.#taken
    const taken = missing > 0 ? copyRoom.take(missing, 1) : missing
    if (missing < 0) copyRoom.giveBack(-missing)
    this.#taken += taken
    if (taken < missing) throw new UnreadableSocketError('too much is under way')
  }

  #take(frame: WebSocketFrame): Uint8Array[] {
    if (frame.opcode >= FIRST_CONTROL_OPCODE) return []
    if (frame.opcode !== CONTINUATION) this.#isCompressed = frame.isCompressed
    this.#fragments.push(frame.payload)
    this.#length += frame.payload.length
    if (this.#length > this.limits.maxCopyBytes) throw new UnreadableSocketError('a message is too large')
    if (!frame.isFinal) return []
    const message = joinBytes(this.#fragments)
    this.#fragments = []
    this.#length = 0
    return [this.#isCompressed ? this.#inflated(message) : message]
  }

  #inflated(message: Uint8Array): Uint8Array {
    const output = inflateRawSync(joinBytes([message, DEFLATE_TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: this.limits.maxCopyBytes,
      ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
    })
    this.#window = joinBytes([this.#window, output]).slice(-WINDOW_BYTES)
    return output
  }
}
