// Says byte by byte whether an SSE event can still be the usage chunk of a chat completion. Holds no bytes; see UsageEventFilter.

const LF = 0x0a
const CR = 0x0d
const COLON = 0x3a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const DATA_FIELD = Buffer.from('data:')

/** `other`: the event is certainly not the usage chunk (said once). `end`: the event, or a comment between events, is over. */
export type ScanStep = 'more' | 'other' | 'end'

/** Reads an SSE stream without the LF of its CRLFs. */
export class UsageChunkScan {
  readonly #json = new ChunkJsonScan()
  #lineLength = 0
  #isDataLine = true
  #isComment = false
  #hasLines = false
  #isOther = false

  /** True between events. */
  get isAtStart(): boolean {
    return this.#lineLength === 0 && !this.#hasLines
  }

  take(byte: number): ScanStep {
    if (byte === LF || byte === CR) return this.#endLine()
    this.#lineLength++
    if (this.#isOther || !this.#isRuledOutBy(byte)) return 'more'
    this.#isOther = true
    return 'other'
  }

  #endLine(): ScanStep {
    if (this.#lineLength === 0 || this.#isComment) {
      this.#reset()
      return 'end'
    }
    this.#hasLines = true
    this.#lineLength = 0
    this.#isDataLine = true
    return 'more'
  }

  #isRuledOutBy(byte: number): boolean {
    if (this.#lineLength === 1 && byte === COLON && !this.#hasLines) {
      // A comment belongs to no event; servers send it to keep the connection alive, so it must not wait.
      this.#isComment = true
      return true
    }
    if (this.#lineLength <= DATA_FIELD.length) {
      if (byte !== DATA_FIELD[this.#lineLength - 1]) this.#isDataLine = false
      return false
    }
    return this.#isDataLine && !this.#json.canFollow(byte)
  }

  #reset(): void {
    this.#json.reset()
    this.#lineLength = 0
    this.#isDataLine = true
    this.#isComment = false
    this.#hasLines = false
    this.#isOther = false
  }
}

/** The part of a chunk's JSON that decides: top-level `choices` must be `[]` and `usage` an object. */
class ChunkJsonScan {
  #depth = 0
  #isInString = false
  #isEscaped = false
  #isKeyNext = false
  /** The top-level key being read or last read. */
  #key = ''
  #isReadingKey = false
  /** Set between a top-level colon and the first byte of the value. */
  #isValueNext = false
  #isChoicesOpen = false

  reset(): void {
    this.#depth = 0
    this.#isInString = false
    this.#isEscaped = false
    this.#isKeyNext = false
    this.#isReadingKey = false
    this.#isValueNext = false
    this.#isChoicesOpen = false
  }

  /** False as soon as the chunk cannot be the one with the usage. */
  canFollow(byte: number): boolean {
    if (this.#isInString) {
      this.#takeInString(byte)
      return true
    }
    if (byte === 0x20 || byte === 0x09) return true
    if (this.#depth === 0) {
      this.#depth = 1
      this.#isKeyNext = true
      return byte === OPEN_BRACE
    }
    if (!this.#fitsValue(byte)) return false
    this.#takeStructure(byte)
    return true
  }

  #fitsValue(byte: number): boolean {
    if (this.#isChoicesOpen) {
      this.#isChoicesOpen = false
      return byte === CLOSE_BRACKET
    }
    if (!this.#isValueNext) return true
    this.#isValueNext = false
    if (this.#key === 'usage') return byte === OPEN_BRACE
    if (this.#key !== 'choices') return true
    this.#isChoicesOpen = true
    return byte === OPEN_BRACKET
  }

  #takeStructure(byte: number): void {
    if (byte === QUOTE) {
      this.#isInString = true
      this.#isReadingKey = this.#isKeyNext && this.#depth === 1
      if (this.#isReadingKey) this.#key = ''
      this.#isKeyNext = false
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth = Math.max(1, this.#depth - 1)
    else if (this.#depth === 1 && byte === COMMA) this.#isKeyNext = true
    else if (this.#depth === 1 && byte === COLON) this.#isValueNext = true
  }

  #takeInString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === QUOTE) {
      this.#isInString = false
      this.#isReadingKey = false
      return
    }
    // Longer than both keys of interest is enough to know that it is neither.
    if (this.#isReadingKey && this.#key.length < 8) this.#key += String.fromCharCode(byte)
  }
}
