// An upstream's reply that is larger than any buffer on the way, to see whether somebody takes it in for a client that reads nothing.

import type { IncomingMessage, ServerResponse } from 'node:http'

export interface LargeReply {
  readonly answer: (req: IncomingMessage, res: ServerResponse) => void
  /** Bytes that were written so far. */
  readonly written: () => number
  /** Resolves when the buffers on the way are full: no more is written for a while. */
  readonly stalled: Promise<void>
}

/** `total` is a multiple of 64 KB. */
export function largeReply(total: number): LargeReply {
  const block = Buffer.alloc(64 * 1024, 'x')
  const stall = Promise.withResolvers<void>()
  let written = 0
  const fill = (res: ServerResponse): void => {
    while (written < total) {
      written += block.length
      if (!res.write(block)) {
        res.once('drain', () => fill(res))
        return
      }
    }
    res.end()
  }
  const answer = (_req: IncomingMessage, res: ServerResponse): void => {
    fill(res)
    // No event says that nothing happens any more: the buffers are full when the count stands still.
    let last = -1
    const watch = setInterval(() => {
      if (written === last) {
        clearInterval(watch)
        stall.resolve()
      }
      last = written
    }, 100)
  }
  return { answer, written: () => written, stalled: stall.promise }
}
