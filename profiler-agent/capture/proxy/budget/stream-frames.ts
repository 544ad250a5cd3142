// Where the frames of a streamed reply end, as its bytes come: SSE, JSON lines, a JSON array, AWS event stream. Knows no provider.

import { decodeEventStream } from '../../../wire/event-stream'
import { decodeJson, isObject, type JsonObject } from '../../../wire/json'
import { decodeSse } from '../../../wire/sse'
import { joinBytes } from '../../../wire/utf8'

export type Framing = 'sse' | 'lines' | 'array' | 'aws'

/** A frame that is complete: the offset behind it in the bytes just given, and what it holds. */
export interface EndedFrame {
  readonly end: number
  readonly events: readonly JsonObject[]
}

/** Past it a frame is not read any more, only its end is looked for. */
const MOST_BYTES = 1024 * 1024

/** Frames of one stream, split at any byte. */
export class StreamFrames {
  readonly #scan: FrameScan
  readonly #read: (frame: Uint8Array) => JsonObject[]
  #held: Uint8Array[] = []
  #heldBytes = 0

  constructor(framing: Framing) {
    this.#scan = SCANS[framing]()
    this.#read = READERS[framing]
  }

  /** The frames that end in these bytes, one at a time: who has seen enough asks for no more. */
  *push(chunk: Uint8Array): Generator<EndedFrame> {
    let start = 0
    for (let end = this.#scan.next(chunk, 0); end !== undefined; end = this.#scan.next(chunk, end)) {
      this.#hold(chunk.subarray(start, end))
      yield { end, events: this.#take() }
      start = end
    }
    this.#hold(chunk.subarray(start))
  }

  #hold(part: Uint8Array): void {
    this.#heldBytes += part.length
    if (this.#heldBytes <= MOST_BYTES) this.#held.push(part)
    else this.#held = []
  }

  #take(): JsonObject[] {
    const frame = joinBytes(this.#held)
    this.#held = []
    this.#heldBytes = 0
    return this.#read(frame)
  }
}

/** Looks for the end of the frame that is under way: the offset behind it, or undefined where it is not in these bytes. */
interface FrameScan {
  next(chunk: Uint8Array, from: number): number | undefined
}

const [LF, CR, QUOTE, BACKSLASH] = [0x0a, 0x0d, 0x22, 0x5c]

/** An event ends with a blank line; lines end in LF, CRLF or CR, of which the last shows only by what follows. */
class SseScan implements FrameScan {
  #isBlank = true
  #isAfterCr = false
  #endsAfterCr = false

  next(chunk: Uint8Array, from: number): number | undefined {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]
      if (this.#isAfterCr) {
        this.#isAfterCr = false
        const ends = this.#endsAfterCr
        this.#endsAfterCr = false
        if (byte === LF) {
          if (ends) return at + 1
          continue
        }
        if (ends) return at
      }
      if (byte !== LF && byte !== CR) this.#isBlank = false
      else {
        const ends = this.#isBlank
        this.#isBlank = true
        if (byte === LF && ends) return at + 1
        this.#isAfterCr = byte === CR
        this.#endsAfterCr = byte === CR && ends
      }
    }
    return undefined
  }
}

class LineScan implements FrameScan {
  next(chunk: Uint8Array, from: number): number | undefined {
    const end = chunk.indexOf(LF, from)
    return end < 0 ? undefined : end + 1
  }
}

/** Elements of the array, each with what stands before it. */
class ArrayScan implements FrameScan {
  #depth = 0
  #isInText = false
  #isEscaped = false

  next(chunk: Uint8Array, from: number): number | undefined {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]
      if (this.#isInText) this.#takeText(byte)
      else if (byte === QUOTE) this.#isInText = true
      else if (byte === 0x5b || byte === 0x7b) this.#depth++
      else if ((byte === 0x5d || byte === 0x7d) && --this.#depth === 1) return at + 1
    }
    return undefined
  }

  #takeText(byte: number | undefined): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === QUOTE) this.#isInText = false
  }
}

const LENGTH_BYTES = 4

/** A frame begins with its length. */
class AwsScan implements FrameScan {
  #length = 0
  #read = 0

  next(chunk: Uint8Array, from: number): number | undefined {
    let at = from
    while (at < chunk.length && this.#read < LENGTH_BYTES) {
      this.#length = this.#length * 256 + (chunk[at++] ?? 0)
      this.#read++
    }
    if (this.#read < LENGTH_BYTES) return undefined
    const end = at + Math.max(0, this.#length - this.#read)
    if (end > chunk.length) {
      this.#read += chunk.length - at
      return undefined
    }
    this.#length = this.#read = 0
    return end
  }
}

const SCANS: Readonly<Record<Framing, () => FrameScan>> = {
  sse: () => new SseScan(),
  lines: () => new LineScan(),
  array: () => new ArrayScan(),
  aws: () => new AwsScan(),
}

const READERS: Readonly<Record<Framing, (frame: Uint8Array) => JsonObject[]>> = {
  sse: (frame) =>
    decodeSse(frame).flatMap(({ event, data }) =>
      objectsIn(data).map((each) =>
        event === undefined || 'type' in each ? each : { type: event, ...each },
      ),
    ),
  lines: (frame) => objectsIn(frame),
  array: (frame) => {
    const start = frame.indexOf(0x7b)
    return start < 0 ? [] : objectsIn(frame.subarray(start))
  },
  aws: (frame) =>
    decodeEventStream(frame).messages.flatMap(({ headers, payload }) =>
      objectsIn(payload).map((each) => ({ type: headers[':event-type'], ...unwrapped(each) })),
    ),
}

/** Bedrock packs what the makers' models stream. */
function unwrapped(event: JsonObject): JsonObject {
  const { bytes } = event
  const [inner] = typeof bytes === 'string' ? objectsIn(Buffer.from(bytes, 'base64')) : []
  return inner ?? event
}

function objectsIn(json: string | Uint8Array): JsonObject[] {
  const reading = decodeJson(json)
  return reading.ok && isObject(reading.value) ? [reading.value] : []
}
