// Frames of one direction of a WebSocket with their very bytes, for whoever decides which of them go on.

import { frameLength, type WebSocketFrame, WebSocketFrameDecoder } from '../../../wire/websocket-frames'

export interface WholeFrame extends WebSocketFrame {
  /** As it came. */
  readonly raw: Uint8Array
}

/** Nobody's message is so long; what follows is passed on unread. */
const MOST_BYTES = 64 * 1024 * 1024

export class WholeFrames {
  #parts: Uint8Array[] = []
  #length = 0
  #needed = 2
  #isUnreadable = false

  /** True after a frame that makes no sense, or is too long. */
  get isUnreadable(): boolean {
    return this.#isUnreadable
  }

  /** The frames that these bytes complete. */
  push(bytes: Uint8Array): WholeFrame[] {
    this.#parts.push(bytes)
    this.#length += bytes.length
    const frames: WholeFrame[] = []
    while (this.#length >= this.#needed && !this.#isUnreadable) {
      const frame = this.#next()
      if (frame) frames.push(frame)
    }
    return frames
  }

  /** What has not been given as a frame. */
  takeRest(): Uint8Array {
    const rest = Buffer.concat(this.#parts)
    this.#parts = []
    this.#length = 0
    return rest
  }

  #next(): WholeFrame | undefined {
    const bytes = this.takeRest()
    this.#parts = [bytes]
    this.#length = bytes.length
    const length = frameLength(bytes)
    if (length === undefined || length > bytes.length) {
      this.#needed = length ?? bytes.length + 1
      this.#isUnreadable = this.#needed > MOST_BYTES
      return undefined
    }
    const raw = bytes.subarray(0, length)
    const [frame] = new WebSocketFrameDecoder(MOST_BYTES).push(raw)
    if (!frame) {
      this.#isUnreadable = true
      return undefined
    }
    this.#parts = [bytes.subarray(length)]
    this.#length = bytes.length - length
    this.#needed = 2
    return { ...frame, raw }
  }
}
