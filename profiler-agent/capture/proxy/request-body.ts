// The body of a client's request: whole where it came at once or has to be looked at first, else a stream that passes as it comes.

import { Transform, type TransformCallback } from 'node:stream'
import type { BodyCopy } from './body-copy'
import type { ClientRequest } from './client'

/** Passes every byte on and keeps a copy. */
class CopiedStream extends Transform {
  constructor(readonly copy: BodyCopy) {
    super()
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.copy.add(chunk)
    done(null, chunk)
  }
}

/** Ready to be sent; no chunk is lost until somebody reads it. */
export type RequestBody = Buffer | CopiedStream

/** One of the two is called, once. */
export interface BodyReader {
  ready(body: RequestBody): void
  /** The client left before there was anything to send: nothing was called upstream, and there is nobody to answer. */
  abandoned(): void
}

/** Copies what passes. With `needsWhole` the body is a buffer, however long it takes to come. */
export function readBody(req: ClientRequest, copy: BodyCopy, needsWhole: boolean, reader: BodyReader): void {
  const chunks: Buffer[] = []
  const onEnd = () => {
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    copy.add(body)
    reader.ready(body)
  }
  const onClose = () => {
    if (!req.readableEnded) reader.abandoned()
  }
  const onData = (chunk: Buffer) => {
    chunks.push(chunk)
    if (chunks.length > 1 || needsWhole || !isFramed(req)) return
    // What came in one packet is complete as soon as the parser is through with it.
    process.nextTick(() => {
      if (req.complete) return
      req.off('data', onData).off('end', onEnd).off('close', onClose)
      reader.ready(streamOf(req, copy, chunks))
    })
  }
  req.on('data', onData).once('end', onEnd).once('close', onClose).on('error', ignoreUploadError)
}

/** HTTP/2 needs no length and no chunks; of a body with neither we tell the length, which no upstream refuses. */
function isFramed({ headers }: ClientRequest): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

function streamOf(req: ClientRequest, copy: BodyCopy, begun: readonly Buffer[]): CopiedStream {
  const stream = new CopiedStream(copy)
  for (const chunk of begun) stream.write(chunk)
  req.pipe(stream)
  // An upload that breaks off must not look like one that ends.
  req.once('close', () => req.readableEnded || stream.destroy(new Error('the client has gone')))
  // An upstream may answer before it has heard everything; the client is let finish.
  stream.once('close', () => req.unpipe(stream).resume()).on('error', ignoreUploadError)
  return stream
}

function ignoreUploadError(): void {
  // Who reads hears of it as a close.
}
