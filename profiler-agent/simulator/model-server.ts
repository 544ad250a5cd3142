// The simulated model behind the HTTP server: reads a request, asks script and caches, and delivers the answer.

import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { Machines } from './caches/machines'
import { createPromptCaches } from './caches/prompt-caches'
import { type CacheOutcome, NOTHING_CACHED } from './caches/question'
import type { Clock } from './clock'
import { type Delivery, deliverBody, deliverStream } from './delivery'
import { Diagnoses } from './diagnosis'
import { type ErrorStyle, errorBody } from './errors'
import { anthropicMessages, readCountable } from './formats/anthropic-messages'
import { bedrockConverse } from './formats/bedrock-converse'
import { gemini } from './formats/gemini'
import { openAiChat } from './formats/openai-chat'
import { inputItems, openAiResponses } from './formats/openai-responses'
import type { AnswerContext, ModelRequest, Reading, WireFormat } from './formats/wire-format'
import { HeldContentsStore } from './held-contents'
import { type JsonObject, RequestRefused, textOr } from './json'
import { type CountTokens, rememberCounts } from './prompt'
import { providerOf } from './providers'
import { type Reply, replyOf } from './reply'
import { ResponseStore } from './response-store'
import type { Fault, Script } from './script'
import { type Cue, ScriptPlayer } from './script-player'

/** One HTTP request that asks for an answer. */
export interface Call {
  readonly pathname: string
  readonly body: JsonObject
  readonly headers: IncomingHttpHeaders
  readonly response: ServerResponse
  readonly requestId: string
  readonly serial: string
  readonly style: ErrorStyle
  readonly signal: AbortSignal
  /** What the path says of the call besides the API (Gemini, Bedrock). */
  readonly path?: Reading['path']
  readonly framing?: Delivery['framing']
}

/** Nothing is said, and no reply of a script is used up. */
const PREWARM: Cue = {
  wanted: { text: '', outputTokens: 0 },
  pace: { latencyMs: 2, firstTokenMs: 1, chunks: 1 },
  afterMs: 0,
}

export class ModelServer {
  readonly #player: ScriptPlayer
  readonly #count: CountTokens
  readonly #responses = new ResponseStore()
  readonly #caches: ReturnType<typeof createPromptCaches>
  readonly #machines: Machines
  readonly #diagnoses = new Diagnoses()
  readonly #formats: Readonly<Record<WireFormat['name'], WireFormat>>
  readonly held: HeldContentsStore

  constructor(
    script: Script | undefined,
    countTokens: CountTokens,
    readonly clock: Clock,
  ) {
    this.#player = new ScriptPlayer(script)
    this.#count = rememberCounts(countTokens)
    this.#caches = createPromptCaches(this.#count)
    this.#machines = new Machines(script?.requestsPerMinute)
    this.held = new HeldContentsStore(this.#count, () => clock.now())
    this.#formats = {
      chat: openAiChat,
      responses: openAiResponses((id) => this.#responses.items(id)),
      messages: anthropicMessages,
      generate: gemini((name) => this.held.contents(name)),
      converse: bedrockConverse,
    }
  }

  /** Answers one call. Throws `RequestRefused` before anything is sent when the provider would refuse the request. */
  async answer(name: WireFormat['name'], call: Call): Promise<void> {
    const format = this.#formats[name]
    const request = format.read(call.body, this.#readingOf(format, call))
    const cue = request.isPrewarm ? PREWARM : this.#player.next(name, request.facts)
    this.clock.advance(cue.afterMs)
    if (cue.fault?.kind === 'status') return this.#fail(call, cue, cue.fault)
    const at = this.clock.now()
    const cached = this.#askCache(format, request, call.headers, at)
    const diagnosis = this.#diagnoses.of(request, cached)
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
      ...(diagnosis ? { diagnosis } : {}),
    }
    await this.#deliver(format, request, reply, context, cue, cached, call)
  }

  /** Input tokens of a request, for the counting endpoints. */
  countInput(
    name: 'responses' | 'messages' | 'generate',
    call: Pick<Call, 'pathname' | 'body' | 'path'>,
  ): number {
    const reading = this.#readingOf(this.#formats[name], call)
    const request =
      name === 'messages' ? readCountable(call.body, reading) : this.#formats[name].read(call.body, reading)
    return request.prompt.totalTokens
  }

  storedResponse(id: string): JsonObject {
    const response = this.#responses.read(id, this.clock.now())
    if (response) return response
    throw new RequestRefused(404, `Response with id '${id}' not found.`)
  }

  #readingOf(
    { usualProvider }: WireFormat,
    { pathname, body, path }: Pick<Call, 'pathname' | 'body' | 'path'>,
  ): Reading {
    const model = path?.model ?? textOr(body.model)
    return {
      count: this.#count,
      provider: providerOf(pathname, model, usualProvider),
      ...(path ? { path } : {}),
    }
  }

  #askCache(
    format: WireFormat,
    { model, prompt, cache }: ModelRequest,
    headers: IncomingHttpHeaders,
    at: number,
  ): CacheOutcome {
    if (cache.heldTokens !== undefined) return { ...NOTHING_CACHED, readTokens: cache.heldTokens }
    if (!cache.rule) return NOTHING_CACHED
    // Some providers tie requests to one cache by a header instead of a field.
    const tie = String(headers[cache.rule.affinity ?? ''] ?? '')
    const scope = [cache.rule.provider, format.name, keyHash(headers), model, cache.scope, tie].join('\n')
    return this.#caches.ask({
      prompt,
      rule: cache.rule,
      scope: `${scope}\n${this.#machines.machineFor(prompt, scope, at)}`,
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
    const body = format.answer(request, reply, context)
    const delivery: Delivery = {
      pace: cue.pace,
      ...(cue.fault ? { fault: cue.fault } : {}),
      headers: answerHeaders(call, cue.pace.latencyMs, context.at),
      ...(call.framing ? { framing: call.framing } : {}),
      onFirstToken: () => cached.commit(format.echo?.(body, this.#count)),
      signal: call.signal,
    }
    const isBackground = format.name === 'responses' && request.body.background === true
    if (request.cache.isComparable) this.#diagnoses.keep(textOr(body.id), request, cached)
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
    this.#responses.keep(body, [...history, ...inputItems(request.body)], this.clock.now() + delayMs)
  }

  async #fail(call: Call, cue: Cue, fault: Fault & { kind: 'status' }): Promise<void> {
    await deliverBody(call.response, fault.status, errorBody(call.style, fault, call.requestId), {
      pace: cue.pace,
      headers: { ...answerHeaders(call, cue.pace.latencyMs, this.clock.now()), ...fault.headers },
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

/** Response headers that SDKs and profilers look at. `at`: the server's clock, which may be ahead of the system's. */
export function answerHeaders(
  { style, requestId }: Pick<Call, 'style' | 'requestId'>,
  processingMs: number,
  at: number,
): Record<string, string> {
  const date = new Date(at).toUTCString()
  if (style === 'google') return { date }
  if (style === 'bedrock') return { date, 'x-amzn-requestid': requestId }
  if (style === 'anthropic') return { date, 'request-id': requestId }
  return {
    date,
    'x-request-id': requestId,
    'openai-version': '2020-10-01',
    'openai-processing-ms': String(Math.round(processingMs)),
  }
}

// Keys tell caches apart, as accounts do. Only this hash is kept, and only in memory; calls without a key share one.
function keyHash(headers: IncomingHttpHeaders): string {
  const key =
    headers.authorization ?? headers['x-api-key'] ?? headers['api-key'] ?? headers['x-goog-api-key'] ?? ''
  return createHash('sha256').update(String(key)).digest('base64')
}
