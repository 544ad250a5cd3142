// One call that is looked at in the process: collects copies of what passes by. Never touches what the program sends or gets.

import type { ExchangeEnd } from '../../../model/exchange'
import { type ModelRequestFacts, secretsIn, withoutSecrets } from './observed-request'

/** A finished call, for one line of `POST /ingest`. Bodies are as on the wire; credentials stay here. */
export interface ObservedExchange {
  readonly id: string
  readonly facts: ModelRequestFacts
  readonly requestBody: Buffer
  readonly status: number
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: Buffer
  readonly startTime: number
  readonly firstByteMs: number | undefined
  readonly durationMs: number
  readonly end: ExchangeEnd
  readonly error: string | undefined
  readonly copyTruncated: boolean
  /** The headers that a call through the proxy would have carried. */
  readonly tags: readonly (readonly [string, string])[]
}

/** Copies may take so much memory of the program's process, in all calls and everything that waits to be sent. */
const MAX_BYTES = 32 * 1024 * 1024
const MAX_BODY_BYTES = 12 * 1024 * 1024

/** Bytes that copies hold now. */
export class CopyMemory {
  held = 0

  /** True when `bytes` more may be copied; they count until they are given back. */
  take(bytes: number): boolean {
    if (this.held + bytes > MAX_BYTES) return false
    this.held += bytes
    return true
  }

  giveBack(bytes: number): void {
    this.held -= bytes
  }
}

class Copy {
  readonly chunks: Buffer[] = []
  length = 0
  isTruncated = false

  constructor(private readonly memory: CopyMemory) {}

  /** Past a cap the rest is left out, and said so. The bytes are copied: the program may use its buffer again. */
  add(chunk: unknown, encoding?: unknown): void {
    const bytes = bytesOf(chunk, encoding)
    if (bytes.length === 0 || this.isTruncated) return
    this.isTruncated = this.length + bytes.length > MAX_BODY_BYTES || !this.memory.take(bytes.length)
    if (this.isTruncated) return
    this.chunks.push(bytes)
    this.length += bytes.length
  }

  joined(): Buffer {
    return Buffer.concat(this.chunks, this.length)
  }
}

export class ObservedCall {
  private readonly request: Copy
  private readonly response: Copy
  private readonly startTime = Date.now()
  private readonly startedAt = performance.now()
  private firstByteMs: number | undefined
  private status = 0
  private responseHeaders: Readonly<Record<string, string>> = {}
  private isOver = false
  private isAbortedByProgram = false

  constructor(
    private readonly facts: ModelRequestFacts,
    private readonly tags: ObservedExchange['tags'],
    private readonly memory: CopyMemory,
    private readonly onEnd: (exchange: ObservedExchange, call: ObservedCall) => void,
  ) {
    this.request = new Copy(memory)
    this.response = new Copy(memory)
  }

  /** It is captured elsewhere: nothing of it is kept or told. */
  forget(): void {
    if (this.isOver) return
    this.isOver = true
    this.memory.giveBack(this.request.length + this.response.length)
  }

  get hasResponse(): boolean {
    return this.status !== 0
  }

  sent(chunk: unknown, encoding?: unknown): void {
    if (!this.isOver) this.request.add(chunk, encoding)
  }

  answered(status: number, headers: Readonly<Record<string, string>>): void {
    this.status = status
    this.responseHeaders = headers
    this.firstByteMs ??= this.elapsed()
  }

  received(chunk: unknown, encoding?: unknown): void {
    if (!this.isOver) this.response.add(chunk, encoding)
  }

  /** The program gave the call up; how it ends is then its own doing. */
  givenUp(): void {
    if (!this.isOver) this.isAbortedByProgram = true
  }

  /** Called when it is over, whole or not; only the first time counts. */
  ended(isWhole: boolean, error?: unknown): void {
    if (this.isOver) return
    this.isOver = true
    const requestBody = this.request.joined()
    const responseBody = this.responseBody()
    const exchange: ObservedExchange = {
      id: newId(),
      facts: { ...this.facts, headers: withoutSecrets(this.facts.headers) },
      requestBody: this.masked(requestBody),
      status: this.status,
      responseHeaders: withoutSecrets(this.responseHeaders),
      responseBody: this.masked(responseBody),
      startTime: this.startTime,
      firstByteMs: this.firstByteMs,
      durationMs: this.elapsed(),
      end: this.howItEnded(isWhole),
      error: error === undefined ? undefined : String((error as { message?: unknown }).message ?? error),
      copyTruncated: this.request.isTruncated || this.response.isTruncated,
      tags: this.tags,
    }
    this.onEnd(exchange, this)
  }

  private howItEnded(isWhole: boolean): ExchangeEnd {
    // First, because HTTP/2 lets a program give up without an error, and then the body ends as any other.
    if (this.isAbortedByProgram) return 'aborted'
    if (isWhole) return 'complete'
    return this.hasResponse ? 'truncated' : 'unreachable'
  }

  /** What a compressed error repeats cannot be masked, and there is nothing in it to bill. */
  private responseBody(): Buffer {
    const encoding = this.responseHeaders['content-encoding'] ?? 'identity'
    if (this.status < 400 || encoding === 'identity') return this.response.joined()
    this.memory.giveBack(this.response.length)
    return Buffer.alloc(0)
  }

  /** AWS answers a wrong signature with the whole request that it should have been for, session token and all. */
  private masked(body: Buffer): Buffer {
    for (const secret of secretsIn(this.facts.headers))
      for (let at = body.indexOf(secret); at >= 0; at = body.indexOf(secret, at + secret.length))
        // Of the same length, so that lengths inside binary frames stay true.
        body.fill('*', at, at + secret.length)
    return body
  }

  private elapsed(): number {
    return performance.now() - this.startedAt
  }
}

/** Chunks as streams take them: bytes, or text in an encoding. */
function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (typeof chunk === 'string')
    return Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8')
  return chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.alloc(0)
}

// Unique is enough, and node:crypto would cost each process its loading.
function newId(): string {
  const random = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0')
  return `x-${Date.now().toString(36)}-${random()}${random()}`
}
