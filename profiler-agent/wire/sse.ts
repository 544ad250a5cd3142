// Server-sent events of a whole body. Knows the framing only, not what the data means.
// Source: HTML standard, "Interpreting an event stream"; differs in that an unfinished last event is given, marked, and not dropped.

import { textOfUtf8, withoutByteOrderMark } from './utf8'

export interface SseEvent {
  /** Value of the last `event:` line; absent where there was none. */
  readonly event?: string
  /** All `data:` lines, joined with a line feed. */
  readonly data: string
  /** False for a last event that the stream broke off before its blank line. */
  readonly complete: boolean
}

/** All events of a body; lines end with LF, CRLF or CR. Events without any data line are dropped, as the standard says. Throws nothing. */
export function decodeSse(bytes: Uint8Array): SseEvent[] {
  const text = textOfUtf8(withoutByteOrderMark(bytes))
  const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n')
  // Behind the last line end stands a line that was cut, or nothing, which is no blank line.
  if (lines.at(-1) === '') lines.pop()
  const fields = createFieldReader()
  const events: SseEvent[] = []
  for (const line of lines) events.push(...fields.line(line))
  return [...events, ...fields.end()]
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
