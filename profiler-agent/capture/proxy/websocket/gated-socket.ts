// A WebSocket whose calls pass a budget: each `response.create` waits for the gate, and replies are ended that use too much. Carries
// everything else frame by frame, as it came.

import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Admission, BudgetRefusal, CallHold } from '../../../model/call-gate'
import type { JsonObject } from '../../../wire/json'
import { joinBytes } from '../../../wire/utf8'
import { encodeWebSocketFrame } from '../../../wire/websocket-frames'
import { BUDGET_STATUS, budgetError } from '../budget/budget-error'
import type { GateKeeper } from '../budget/gate-keeper'
import { GatedRequest } from '../budget/gated-request'
import { withOutputCap } from '../budget/output-cap'
import { ReplyTokens } from '../budget/reply-tokens'
import { CallIdentity } from '../call-identity'
import type { CapturedSocket } from './captured-socket'
import { eventOf } from './responses-traffic'
import { type WholeFrame, WholeFrames } from './whole-frames'

const [TEXT, CLOSE, FIRST_CONTROL] = [1, 8, 8]
/** "Policy violation" (RFC 6455, section 7.4.1). */
const POLICY_VIOLATION = 1008

/** A call that is under way. */
interface HeldReply {
  readonly hold: CallHold
  readonly tokens: ReplyTokens
  asked: number
}

/** What it joins. Nothing is piped between them. */
export interface GatedEnds {
  readonly client: Duplex
  readonly upstream: Duplex
  readonly capture: CapturedSocket
  readonly keeper: GateKeeper
  /** Called when the client has been told all that it will ever be. */
  readonly close: () => void
}

export class GatedSocket {
  readonly #up = new WholeFrames()
  readonly #down = new WholeFrames()
  readonly #waiting: WholeFrame[] = []
  #sent: WholeFrame[] = []
  #received: WholeFrame[] = []
  #replies: HeldReply[] = []
  #isAsking = false
  /** Nothing goes up any more, and the socket closes when nothing is under way. */
  #isRefused = false
  /** The error of a refusal that has not been told yet. */
  #unsaid: Uint8Array | undefined
  #isClosed = false

  constructor(readonly ends: GatedEnds) {
    ends.client.on('data', (bytes: Buffer) => this.#fromClient(bytes))
    ends.upstream.on('data', (bytes: Buffer) => this.#fromUpstream(bytes))
    ends.client.once('end', () => ends.upstream.end())
    ends.upstream.once('end', () => this.#isClosed || ends.client.end())
  }

  /** True once a budget has closed the socket. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The socket is over. */
  ended(): void {
    this.#isClosed = true
    for (const { hold } of this.#replies) hold.ended()
    this.#replies = []
  }

  #fromClient(bytes: Buffer): void {
    if (this.#isRefused || this.#isClosed) return
    this.#waiting.push(...this.#up.push(bytes))
    this.#work()
    if (this.#up.isUnreadable && !this.#isAsking)
      carry(this.ends.client, this.ends.upstream, this.#up.takeRest())
  }

  #work(): void {
    while (!this.#isAsking && !this.#isRefused) {
      const frame = this.#waiting.shift()
      if (!frame) return
      if (frame.opcode >= FIRST_CONTROL) this.#sendUp([frame])
      else this.#sent.push(frame)
      if (frame.opcode < FIRST_CONTROL && frame.isFinal) this.#decide(this.#takeSent())
    }
  }

  #takeSent(): readonly WholeFrame[] {
    const frames = this.#sent
    this.#sent = []
    return frames
  }

  #decide(frames: readonly WholeFrame[]): void {
    const { capture, keeper, client } = this.ends
    const message = messageOf(frames)
    if (eventOf(message).type !== 'response.create') {
      capture.passedMessage('client', message)
      this.#sendUp(frames)
      return
    }
    const { req, route } = capture.parts
    const identity = new CallIdentity(req, route, keeper.tools)
    this.#isAsking = true
    client.pause()
    keeper.admit(new GatedRequest(identity, Buffer.from(message), Date.now()), (admission) => {
      this.#isAsking = false
      this.#decided(identity, frames, message, admission)
      client.resume()
      this.#work()
    })
  }

  #decided(
    identity: CallIdentity,
    frames: readonly WholeFrame[],
    message: Uint8Array,
    admission: Admission,
  ): void {
    const { capture } = this.ends
    if (!admission.passes) {
      this.#refuse(identity, message, admission.refusal)
      return
    }
    const { hold, outputCap } = admission
    const { provider, path } = capture.parts.route
    const capped =
      outputCap === undefined
        ? undefined
        : this.ends.keeper.guard.run('capping the output', () =>
            withOutputCap(provider, path, Buffer.from(message), outputCap),
          )
    const budget = capped && outputCap !== undefined ? { budget: { outputCap } } : {}
    capture.passedMessage('client', message, { identity, ...budget })
    if (hold && this.#isClosed) hold.ended()
    else if (hold) this.#replies.push({ hold, tokens: new ReplyTokens(), asked: 0 })
    if (capped) this.ends.upstream.write(encodeWebSocketFrame(TEXT, capped, randomBytes(4)))
    else this.#sendUp(frames)
  }

  #sendUp(frames: readonly WholeFrame[]): void {
    for (const { raw } of frames) carry(this.ends.client, this.ends.upstream, raw)
  }

  #fromUpstream(bytes: Buffer): void {
    const { client, upstream, capture } = this.ends
    for (const frame of this.#down.push(bytes)) {
      if (this.#isClosed) return
      carry(upstream, client, frame.raw)
      if (frame.opcode >= FIRST_CONTROL) continue
      this.#received.push(frame)
      if (!frame.isFinal) continue
      const message = messageOf(this.#received)
      this.#received = []
      capture.passedMessage('server', message)
      this.ends.keeper.guard.run('watching a reply', () => this.#watch(eventOf(message)))
    }
    if (this.#down.isUnreadable && !this.#isClosed) carry(upstream, client, this.#down.takeRest())
  }

  /** Replies come in their order; where several are under way at once, the oldest is charged first. */
  #watch(event: JsonObject): void {
    const [reply] = this.#replies
    if (reply) {
      const refusal = outputRefusal(reply, event)
      if (reply.tokens.isFinished) this.#replies.shift()?.hold.ended()
      if (refusal) this.#end(refusal, event)
    }
    this.#finishRefusal()
  }

  #end(refusal: BudgetRefusal, event: JsonObject): void {
    const { rule, message } = refusal
    this.ends.capture.stopped({ stop: 'ended', rule, message })
    this.ends.client.write(encodeWebSocketFrame(TEXT, errorMessage(refusal, event)))
    this.#close()
  }

  #refuse(identity: CallIdentity, message: Uint8Array, refusal: BudgetRefusal): void {
    const { capture } = this.ends
    const answer = errorMessage(refusal, eventOf(message))
    const budget = { stop: 'refused', ...refusal } as const
    this.#isRefused = true
    capture.refused({ identity, budget }, message, answer, BUDGET_STATUS)
    this.#unsaid = encodeWebSocketFrame(TEXT, answer)
    this.#finishRefusal()
  }

  /** A message of the server that is under way may not be cut in two, and the calls that are under way come to their end. */
  #finishRefusal(): void {
    if (!this.#isRefused || this.#isClosed || this.#received.length > 0) return
    if (this.#unsaid) this.ends.client.write(this.#unsaid)
    this.#unsaid = undefined
    if (this.ends.capture.isIdle) this.#close()
  }

  #close(): void {
    const code = Buffer.from([POLICY_VIOLATION >> 8, POLICY_VIOLATION & 0xff])
    this.ends.client.write(encodeWebSocketFrame(CLOSE, joinBytes([code, Buffer.from('budget exceeded')])))
    this.ended()
    this.ends.close()
  }
}

/** Asks the hold about what the event adds to a reply. */
function outputRefusal(reply: HeldReply, event: JsonObject): BudgetRefusal | undefined {
  reply.tokens.add(event)
  const { count, isFinished } = reply.tokens
  if (isFinished || count <= reply.asked) return undefined
  reply.asked = count
  return reply.hold.output(count)
}

/** Writes, and lets the source wait where the target cannot take more. */
function carry(source: Duplex, target: Duplex, bytes: Uint8Array): void {
  if (bytes.length === 0 || target.write(bytes) || source.isPaused()) return
  source.pause()
  target.once('drain', () => source.resume())
}

function messageOf(frames: readonly WholeFrame[]): Uint8Array {
  return joinBytes(frames.map(({ payload }) => payload))
}

/** As the Responses API tells errors over WebSocket; `about` is the event that may name a lane. */
function errorMessage(refusal: BudgetRefusal, { stream_id, sequence_number }: JsonObject): Uint8Array {
  const place = {
    ...(stream_id === undefined ? {} : { stream_id }),
    ...(typeof sequence_number === 'number' ? { sequence_number: sequence_number + 1 } : {}),
  }
  const error = budgetError('openai-responses', refusal, '')
  return Buffer.from(JSON.stringify({ type: 'error', status: BUDGET_STATUS, ...error, ...place }))
}
