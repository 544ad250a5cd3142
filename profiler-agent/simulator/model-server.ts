// The simulated model behind the HTTP server: reads a request, asks script and caches, and delivers the answer.

import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createPromptCaches } from './caches/prompt-caches'
import { type CacheOutcome, NOTHING_CACHED } from './caches/question'
import { type Delivery, deliverBody, deliverStream } from './delivery'
import { type ErrorStyle, errorBody } from './errors'
import { anthropicMessages, readCountable } from './formats/anthropic-messages'
import { openAiChat } from './formats/openai-chat'
import { inputItems, openAiResponses } from './formats/openai-responses'
import type { AnswerContext, ModelRequest, WireFormat } from './formats/wire-format'
import { type JsonObject, RequestRefused, textOr } from './json'
import { type CountTokens, rememberCounts } from './prompt'
import { type Reply, replyOf } from './reply'
import { ResponseStore } from './response-store'
import type { Fault, Script } from './script'
import { type Cue, ScriptPlayer } from './script-player'

/** One HTTP request that asks for an answer. */
export interface Call {
  readonly body: JsonObject
  readonly headers: IncomingHttpHeaders
  readonly response: ServerResponse
  readonly requestId: string
  readonly serial: string
  readonly style: ErrorStyle
  readonly signal: AbortSignal
}

export class ModelServer {
  readonly #player: ScriptPlayer
  readonly #count: CountTokens
  readonly #responses = new ResponseStore()
  readonly #caches: ReturnType<typeof createPromptCaches>
  readonly #formats: Readonly<Record<WireFormat['name'], WireFormat>>

  constructor(
    script: Script | undefined,
    countTokens: CountTokens,
    private readonly now: () => number,
  ) {
    this.#player = new ScriptPlayer(script)
    this.#count = rememberCounts(countTokens)
    this.#caches = createPromptCaches(this.#count)
    this.#formats = {
      chat: openAiChat,
      responses: openAiResponses((id) => this.#responses.items(id)),
      messages: anthropicMessages,
    }
  }

  /** Answers one call. Throws `RequestRefused` before anything is sent when the provider would refuse the request. */
  async answer(name: WireFormat['name'], call: Call): Promise<void> {
    const format = this.#formats[name]
    const request = format.read(call.body, this.#count)
    const cue = this.#player.next(name, request.facts)
    if (cue.fault?.kind === 'status') return this.#fail(call, cue, cue.fault)
    const at = this.now()
    const cached = this.#askCache(format, request, call.headers, at)
    const reply = replyOf(
      cue.wanted,
      {
        input: request.prompt.totalTokens,
        cacheRead: cached.readTokens,
        cacheWrite: cached.writeTokens,
      },
      request.maxOutputTokens,
      this.#count,
    )
    const context = {
      serial: call.serial,
      at,
      chunks: cue.pace.chunks,
      withUsage: cue.fault?.kind !== 'no-usage',
    }
    await this.#deliver(format, request, reply, context, cue, cached, call)
  }

  /** Input tokens of a request, for the counting endpoints. */
  countInput(name: 'responses' | 'messages', body: JsonObject): number {
    const request =
      name === 'messages' ? readCountable(body, this.#count) : this.#formats.responses.read(body, this.#count)
    return request.prompt.totalTokens
  }

  storedResponse(id: string): JsonObject {
    const response = this.#responses.read(id, this.now())
    if (response) return response
    throw new RequestRefused(404, `Response with id '${id}' not found.`)
  }

  #askCache(
    format: WireFormat,
    { model, prompt, cache }: ModelRequest,
    headers: IncomingHttpHeaders,
    at: number,
  ): CacheOutcome {
    if (!cache.rule) return NOTHING_CACHED
    return this.#caches.ask({
      prompt,
      rule: cache.rule,
      scope: [cache.rule.provider, format.name, keyHash(headers), model, cache.scope].join('\n'),
      ...(cache.lifetime === undefined ? {} : { lifetime: cache.lifetime }),
      implicitBreakpoint: cache.implicitBreakpoint,
      at,
    })
  }

  async #deliver(
    format: WireFormat,
    request: ModelRequest,
    reply: Reply,
    context: AnswerContext,
    cue: Cue,
    cached: CacheOutcome,
    call: Call,
  ): Promise<void> {
    const delivery: Delivery = {
      pace: cue.pace,
      ...(cue.fault ? { fault: cue.fault } : {}),
      headers: answerHeaders(call, cue.pace.latencyMs),
      onFirstToken: cached.commit,
      signal: call.signal,
    }
    const body = format.answer(request, reply, context)
    const isBackground = format.name === 'responses' && request.body.background === true
    if (format.name === 'responses') this.#keep(request, body, isBackground ? cue.pace.latencyMs : 0)
    if (request.stream)
      return deliverStream(
        call.response,
        format.stream(request, reply, context),
        format.streamError,
        delivery,
      )
    if (cue.fault?.kind === 'error')
      return this.#fail(call, cue, { kind: 'status', status: 500, ...messageOf(cue.fault) })
    return deliverBody(call.response, 200, isBackground ? queuedForm(body) : body, delivery)
  }

  #keep(request: ModelRequest, body: JsonObject, delayMs: number): void {
    if (request.body.store === false) return
    const history = this.#responses.items(textOr(request.body.previous_response_id)) ?? []
    this.#responses.keep(body, [...history, ...inputItems(request.body)], this.now() + delayMs)
  }

  async #fail(call: Call, cue: Cue, fault: Fault & { kind: 'status' }): Promise<void> {
    await deliverBody(call.response, fault.status, errorBody(call.style, fault, call.requestId), {
      pace: cue.pace,
      headers: { ...answerHeaders(call, cue.pace.latencyMs), ...fault.headers },
      onFirstToken: () => undefined,
      signal: call.signal,
    })
  }
}

function messageOf(fault: { readonly message?: string }): { message?: string } {
  return fault.message === undefined ? {} : { message: fault.message }
}

// The answer to a background request is empty; a later GET has the output and the usage.
function queuedForm(body: JsonObject): JsonObject {
  return { ...body, status: 'queued', completed_at: null, output: [], usage: null }
}

/** Response headers that SDKs and profilers look at. */
export function answerHeaders(
  { style, requestId }: Pick<Call, 'style' | 'requestId'>,
  processingMs: number,
): Record<string, string> {
  return style === 'anthropic'
    ? { 'request-id': requestId }
    : {
        'x-request-id': requestId,
        'openai-version': '2020-10-01',
        'openai-processing-ms': String(Math.round(processingMs)),
      }
}

// Keys tell caches apart, as accounts do. Only this hash is kept, and only in memory; calls without a key share one.
function keyHash(headers: IncomingHttpHeaders): string {
  const key = headers.authorization ?? headers['x-api-key'] ?? headers['api-key'] ?? ''
  return createHash('sha256').update(String(key)).digest('base64')
}
