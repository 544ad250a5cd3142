// Server-sent events, read incrementally from bytes. Knows the framing only, not what the data means.
// Source: HTML standard, "Interpreting an event stream"; differs in that an unfinished last event is given, marked, and not dropped.

import { joinBytes, textOfUtf8 } from './utf8'

export interface SseEvent {
  /** Value of the last `event:` line; absent where there was none. */
  readonly event?: string
  /** All `data:` lines, joined with a line feed. */
  readonly data: string
  /** False for a last event that the stream broke off before its blank line. */
  readonly complete: boolean
}

export interface SseDecoder {
  /** The events that these bytes complete. Bytes may be split anywhere, inside a character too. */
  push(bytes: Uint8Array): SseEvent[]
  /** Whatever was left without its closing blank line: at most one event. */
  end(): SseEvent[]
}

const LF = 0x0a
const CR = 0x0d
const BYTE_ORDER_MARK = '\uFEFF'

/** A decoder for one stream. Events without any data line are dropped, as the standard says. Throws nothing. */
export function createSseDecoder(): SseDecoder {
  const lines = createLineSplitter()
  const fields = createFieldReader()
  const read = (line: string): SseEvent[] => fields.line(line)
  return {
    push: (bytes) => lines.push(bytes).flatMap(read),
    end: () => [...lines.end().flatMap(read), ...fields.end()],
  }
}

/** All events of a whole body. */
export function decodeSse(bytes: Uint8Array): SseEvent[] {
  const decoder = createSseDecoder()
  return [...decoder.push(bytes), ...decoder.end()]
}

/** Lines of a byte stream, ended by LF, CRLF or CR. A line is decoded whole, so no character is ever cut. */
function createLineSplitter() {
  let pending: Uint8Array[] = []
  let isFirst = true
  let skipLineFeed = false

  const finish = (last: Uint8Array): string => {
    const text = textOfUtf8(joinBytes([...pending, last]))
    pending = []
    const line = isFirst && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
    isFirst = false
    return line
  }

  return {
    push(bytes: Uint8Array): string[] {
      const lines: string[] = []
      let start = 0
      for (let index = 0; index < bytes.length; index++) {
        const byte = bytes[index]
        // The LF of a CRLF whose CR has ended the line already, perhaps in an earlier chunk.
        if (skipLineFeed && byte === LF) start = index + 1
        else if (byte === LF || byte === CR) {
          lines.push(finish(bytes.subarray(start, index)))
          start = index + 1
        }
        skipLineFeed = byte === CR
      }
      // Copied, because the caller may reuse its buffer.
      if (start < bytes.length) pending.push(bytes.slice(start))
      return lines
    },
    end: (): string[] => (pending.length === 0 ? [] : [finish(new Uint8Array(0))]),
  }
}

function createFieldReader() {
  let event: string | undefined
  let data: string[] = []

  const dispatch = (complete: boolean): SseEvent[] => {
    const events = data.length === 0 ? [] : [{ ...(event && { event }), data: data.join('\n'), complete }]
    event = undefined
    data = []
    return events
  }

  return {
    line(line: string): SseEvent[] {
      if (line === '') return dispatch(true)
      const colon = line.indexOf(':')
      const name = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
      if (name === 'data') data.push(value)
      else if (name === 'event') event = value
      return []
    },
    end: () => dispatch(false),
  }
}
