// Carries one upstream response to the client as it comes, with back-pressure and aborts both ways. Keeps no copy: its observer may.

import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { BudgetRefusal } from '../../model/call-gate'
import type { BudgetEffect, ExchangeEnd } from '../../model/exchange'
import { type ProxyAnswer, sendAnswer } from './answers'
import type { HeldCall } from './budget/stream-watch'
import { breakOff, type ClientResponse, sendHead } from './client'
import { headerRecord, type RawHeaders, responseHeadersFor } from './forwarded-headers'
import { sendInterim, sentStatus } from './interim-answers'
import { ReplyEdit } from './reply-edit'
import { networkErrorText } from './unreachable'
import type { ResetWatch } from './upstream-connections'

/** How the relay ended; `status` is 0 where the client left before there was one. Times are ms since `startedAt`. */
export interface RelayOutcome {
  readonly status: number
  readonly responseHeaders: RawHeaders
  readonly firstByteMs?: number
  readonly durationMs: number
  readonly end: ExchangeEnd
  readonly error?: string
  /** Where a budget refused the call or ended its reply. */
  readonly budget?: BudgetEffect
}

/** Looks on; must not throw. Chunks are the upstream's, before anything is taken out. `ended` is called exactly once. */
export interface RelayObserver {
  chunk(bytes: Uint8Array): void
  ended(outcome: RelayOutcome): void
}

export interface RelayOptions {
  /** On the clock of `performance.now()`. */
  readonly startedAt: number
  /** True when the usage event that we asked for has to be taken out again. */
  readonly removesUsage: boolean
  /** Set where a budget holds the call. */
  readonly held: HeldCall | undefined
  /** The answer for a client whose call got none. */
  readonly unreachable: (error: Error) => ProxyAnswer
  /** Tells a reset that looks like the end of a body, while it happens. */
  readonly resets: ResetWatch
}

export class Relay implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined
  #edit: ReplyEdit | undefined
  #status = 0
  #responseHeaders: RawHeaders = []
  #firstByteMs: number | undefined
  #isOver = false

  constructor(
    readonly res: ClientResponse,
    readonly observer: RelayObserver,
    readonly options: RelayOptions,
  ) {
    res.sendDate = false
    res.on('error', ignoreWriteError)
    res.on('close', () => this.#onClientClose())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new Error('the client has gone'))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: object,
    text = '',
  ): void {
    if (this.#isOver) return
    const raw = rawHeadersOf(controller)
    if (status < 200) {
      sendInterim(this.res, sentStatus(status), sendableText(text), responseHeadersFor(raw))
      return
    }
    if (this.options.removesUsage || this.options.held) this.#edit = this.#editOf(raw)
    sendHead(this.res, status, sendableText(text), responseHeadersFor(raw, this.#edit?.outdatedHeaders))
    this.#status = status
    this.#responseHeaders = raw
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return
    this.#firstByteMs ??= performance.now() - this.options.startedAt
    this.observer.chunk(chunk)
    if (this.#edit ? this.#edit.push(chunk) : this.res.write(chunk)) return
    controller.pause()
    const inlet = this.#edit?.inlet ?? this.res
    inlet.once('drain', () => controller.resume())
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    if (this.#isOver) return
    if (this.options.resets.current) {
      this.onResponseError(this.#controller, this.options.resets.current)
      return
    }
    this.#whenWritten(() => {
      if (Object.keys(trailers).length > 0) this.res.addTrailers(trailers)
      this.res.end()
      this.#finish('complete')
    })
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#isOver) return
    if (this.#status === 0) {
      const answer = this.options.unreachable(error)
      this.#status = answer.status
      sendAnswer(this.res, answer)
      this.#finish('unreachable', answer.message)
      return
    }
    this.#whenWritten(() => this.#breakOff(error))
  }

  #onClientClose(): void {
    if (this.#isOver) return
    this.#finish('aborted', 'the client closed the connection')
    this.#edit?.stop()
    this.#controller?.abort(new Error('the client has gone'))
  }

  /** What is held or still being decoded goes out first. */
  #whenWritten(then: () => void): void {
    if (this.#edit) this.#edit.end(then)
    else then()
  }

  #editOf(raw: RawHeaders): ReplyEdit | undefined {
    return ReplyEdit.of(raw, this.options, this.res, {
      undecodable: (error) => this.#onUndecodable(error),
      stopped: (refusal, mustBreakOff) => this.#onStopped(refusal, mustBreakOff),
    })
  }

  /** The client has been told; whatever else the model would say costs money. */
  #onStopped({ rule, message }: BudgetRefusal, mustBreakOff: boolean): void {
    if (this.#isOver) return
    if (mustBreakOff) breakOff(this.res, this.#hasLength())
    else this.res.end()
    this.#finish('truncated', message, { stop: 'ended', rule, message })
    this.#controller?.abort(new Error('the budget is used up'))
  }

  #onUndecodable(error: Error): void {
    if (this.#isOver) return
    this.#breakOff(error)
    this.#controller?.abort(error)
  }

  #breakOff(error: Error): void {
    breakOff(this.res, this.#hasLength())
    this.#finish('truncated', networkErrorText(error))
  }

  #hasLength(): boolean {
    return !this.#edit && headerRecord(this.#responseHeaders)['content-length'] !== undefined
  }

  #finish(end: ExchangeEnd, error?: string, budget?: BudgetEffect): void {
    this.#isOver = true
    this.options.held?.hold.ended()
    this.observer.ended({
      status: this.#status,
      responseHeaders: this.#responseHeaders,
      ...(this.#firstByteMs === undefined ? {} : { firstByteMs: this.#firstByteMs }),
      durationMs: performance.now() - this.options.startedAt,
      end,
      ...(error === undefined ? {} : { error }),
      ...(budget === undefined ? {} : { budget }),
    })
  }
}

function ignoreWriteError(): void {
  // A write to a client that has just gone: its `close` event tells us all we need.
}

/** Of the response that is being read: name, value, name, value, … */
export function rawHeadersOf(controller: Dispatcher.DispatchController): string[] {
  const raw = controller.rawHeaders
  if (!Array.isArray(raw)) return []
  return raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')))
}

/** The reason phrase decides nothing, and Node refuses to send some that it has read. */
export function sendableText(text: string): string {
  return /^[\t\x20-\x7e]*$/.test(text) ? text : ''
}
