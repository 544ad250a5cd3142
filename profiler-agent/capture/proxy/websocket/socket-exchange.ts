// One exchange over a WebSocket while it grows: messages of both sides as JSON lines, up to the cap of a copy.

import type { ExchangeEnd } from '../../../model/exchange'
import { BodyCopy, REQUESTS_PART } from '../body-copy'
import type { CopyLimits, Moment, SocketExchange } from './traffic'

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const LINE_END = Uint8Array.of(LF)

export class GrowingExchange {
  readonly #request: BodyCopy
  readonly #response: BodyCopy
  #firstByteMs: number | undefined

  constructor(
    readonly method: string,
    readonly since: Moment,
    { maxCopyBytes, copyRoom }: CopyLimits,
  ) {
    this.#request = new BodyCopy(maxCopyBytes, copyRoom, REQUESTS_PART)
    this.#response = new BodyCopy(maxCopyBytes, copyRoom)
  }

  get hasReply(): boolean {
    return this.#firstByteMs !== undefined
  }

  addRequest(message: Uint8Array): void {
    addLine(this.#request, message)
  }

  addReply(message: Uint8Array, at: Moment): void {
    this.#firstByteMs ??= at.startedAt - this.since.startedAt
    addLine(this.#response, message)
  }

  over(status: number, end: ExchangeEnd, at: Moment): SocketExchange {
    return {
      method: this.method,
      status,
      startTime: this.since.startTime,
      requestBody: this.#request.takeBytes(),
      responseBody: this.#response.takeBytes(),
      ...(this.#firstByteMs === undefined ? {} : { firstByteMs: this.#firstByteMs }),
      durationMs: at.startedAt - this.since.startedAt,
      end,
      copyTruncated: this.#request.isTruncated || this.#response.isTruncated,
    }
  }
}

/** Inside JSON a line break can only be white space, so a blank says the same. */
function addLine(body: BodyCopy, message: Uint8Array): void {
  const isOneLine = !message.includes(LF) && !message.includes(CR)
  body.add(isOneLine ? message : message.map((byte) => (byte === LF || byte === CR ? SPACE : byte)))
  body.add(LINE_END)
}
