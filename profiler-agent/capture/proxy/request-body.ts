// The body of a client's request: whole where it came at once or has to be looked at first, else a stream that passes as it comes.

import { Readable, Transform, type TransformCallback } from 'node:stream'
import type { BodyCopy } from './body-copy'
import type { ClientRequest } from './client'
import { mayNameStream, STREAM_WORD_BYTES } from './usage-splice'

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
export type RequestBody = Buffer | Readable

/** What is shorter is put together: one write is cheaper than three. */
const WORTH_PARTS = 256 * 1024

/** These parts as one body; long ones are not copied, which would hold up other calls. */
export function bodyOfParts(parts: readonly Buffer[]): RequestBody {
  if (lengthOf(parts) < WORTH_PARTS) return Buffer.concat(parts)
  return Readable.from(parts.filter(({ length }) => length > 0)).on('error', ignoreUploadError)
}

/** In bytes. */
export function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0)
}

/** One of the two is called, once. */
export interface BodyReader {
  /** `mayNameStream` is true where the whole body was looked at and may ask for a stream. */
  ready(body: RequestBody, mayNameStream: boolean): void
  /** The client left before there was anything to send: nothing was called upstream, and there is nobody to answer. */
  abandoned(): void
}

/** Copies what passes. With `needsWhole` the body is a buffer, however long it takes to come. */
export function readBody(req: ClientRequest, copy: BodyCopy, needsWhole: boolean, reader: BodyReader): void {
  const begun = needsWhole ? wholeBodyOf(req) : new ChunkedBody()
  const onEnd = () => {
    const body = begun.whole()
    copy.add(body)
    reader.ready(body, needsWhole && begun.mayNameStream())
  }
  const onClose = () => {
    if (!req.readableEnded) reader.abandoned()
  }
  const onData = (chunk: Buffer) => {
    begun.add(chunk)
    if (!(begun instanceof ChunkedBody) || begun.chunks.length > 1 || needsWhole || !isFramed(req)) return
    // What came in one packet is complete as soon as the parser is through with it.
    process.nextTick(() => {
      if (req.complete) return
      req.off('data', onData).off('end', onEnd).off('close', onClose)
      reader.ready(streamOf(req, copy, begun.chunks), false)
    })
  }
  req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignoreUploadError)
}

class ChunkedBody {
  readonly chunks: Buffer[] = []
  #whole: Buffer | undefined

  add(chunk: Buffer): void {
    this.chunks.push(chunk)
  }

  whole(): Buffer {
    const [only] = this.chunks
    this.#whole ??= this.chunks.length === 1 && only ? only : Buffer.concat(this.chunks)
    return this.#whole
  }

  mayNameStream(): boolean {
    return mayNameStream(this.whole())
  }
}

/** Of known length, and so long that its chunks are put together and looked at as they come: at the end that would hold up other calls. */
class LongBody {
  readonly #bytes: Buffer
  #length = 0
  #mayNameStream = false

  constructor(length: number) {
    this.#bytes = Buffer.allocUnsafeSlow(length)
  }

  add(chunk: Buffer): void {
    const from = Math.max(0, this.#length - STREAM_WORD_BYTES)
    chunk.copy(this.#bytes, this.#length)
    this.#length += chunk.length
    this.#mayNameStream ||= mayNameStream(this.#bytes.subarray(from, this.#length))
  }

  whole(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  mayNameStream(): boolean {
    return this.#mayNameStream
  }
}

const LONG_BYTES = 1024 * 1024
/** Nobody takes more of our memory by a header alone. */
const LONGEST_BYTES = 64 * 1024 * 1024

/** In HTTP/1.1 no more comes than was said. */
function wholeBodyOf({ headers, httpVersionMajor }: ClientRequest): ChunkedBody | LongBody {
  const length = httpVersionMajor === 1 ? Number(headers['content-length']) : 0
  return length > LONG_BYTES && length <= LONGEST_BYTES ? new LongBody(length) : new ChunkedBody()
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
