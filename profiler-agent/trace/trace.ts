// Turns finished exchanges of one run into spans in a tree: run → agent → step → call, with the tools between the calls. Computes no cost and writes nothing.

import type { ExchangeReading, InferenceReading } from '../model/call'
import type { HttpExchange } from '../model/exchange'
import type { HashedBlock, RunRecord, SpanRecord } from '../model/record'
import type { CallSite, Cost, ModelCall, ParentBasis, SpanStatus } from '../model/span'
import { Attempts, isRetryableStatus } from './attempts'
import { Lineage, type LineageCall, promptParts } from './lineage'

export interface PricedInference extends InferenceReading {
  readonly cost: Cost | null
  readonly unpricedReason?: string
}

/** One finished exchange with everything that earlier stages found out about it. */
export interface TraceInput {
  readonly exchange: HttpExchange
  readonly reading: ExchangeReading
  readonly inferences: readonly PricedInference[]
  readonly prompt: readonly HashedBlock[]
  readonly reply: readonly HashedBlock[]
  readonly bodyHash: string
  readonly callSite?: CallSite
}

interface Agent {
  span: SpanRecord
  steps: number
  lastStep?: SpanRecord
}

interface TracedCall extends LineageCall {
  readonly agent: Agent
  readonly step: SpanRecord
  readonly endedAt: number
}

/** The tree of one run while it grows. Lineage is computed here once; what it says is stored with the spans. */
export class RunTrace {
  readonly #lineage = new Lineage<TracedCall>()
  readonly #attempts = new Attempts()
  readonly #agents = new Map<string, Agent>()
  readonly #stepsByAttempt = new Map<string, { agent: Agent; step: SpanRecord }>()
  readonly #spanIds = new Set<string>()
  #latest: TracedCall | undefined

  constructor(readonly run: RunRecord) {
    this.#spanIds.add(run.id)
  }

  /** Spans to write for an exchange: new ones, and the ancestors whose end moved. */
  add(input: TraceInput): SpanRecord[] {
    const spans = input.inferences.length === 0 ? this.#addOther(input) : this.#addCall(input)
    for (const span of spans) this.#spanIds.add(span.id)
    return [this.#runSpan(endOf(input.exchange)), ...spans]
  }

  #runSpan(endedAt: number): SpanRecord {
    return {
      id: this.run.id,
      runId: this.run.id,
      parentBasis: 'none',
      kind: 'run',
      name: this.run.name,
      startedAt: this.run.startedAt,
      endedAt: Math.max(endedAt, this.run.startedAt),
      status: 'ok',
      attributes: {},
    }
  }

  #addOther({ exchange, reading, callSite }: TraceInput): SpanRecord[] {
    const url = new URL(exchange.url)
    return [
      {
        ...this.#labels(exchange),
        id: exchange.id,
        runId: this.run.id,
        parentId: this.run.id,
        parentBasis: basisOf(exchange, this.run.id),
        kind: 'other',
        name: `${exchange.method} ${url.pathname}`,
        startedAt: exchange.startTime,
        endedAt: endOf(exchange),
        status: statusOf(exchange, reading),
        ...(callSite ? { callSite } : {}),
        attributes: attributesOf(exchange, reading),
      },
    ]
  }

  #addCall(input: TraceInput): SpanRecord[] {
    const { exchange, reading, prompt, reply } = input
    const extended = this.#lineage.extendedBy(prompt, reading.previousResponseId)
    const attempt = this.#attempts.add(exchange.id, {
      bodyHash: input.bodyHash,
      startedAt: exchange.startTime,
      endedAt: endOf(exchange),
      retryable: exchange.end !== 'complete' || isRetryableStatus(exchange.status),
      retryCount: Number(exchange.requestHeaders['x-stainless-retry-count'] ?? 0) || 0,
    })
    const parent = this.#knownParent(exchange)
    const place = this.#place(input, extended, attempt.logicalId)
    if (parent) place.step = { ...place.step, id: parent }
    const calls = this.#callSpans(input, place, attempt, extended ?? this.#latest)
    const tools = extended ? toolSpans(extended, prompt, exchange.startTime) : []
    const traced: TracedCall = { spanId: exchange.id, prompt, reply, ...place, endedAt: endOf(exchange) }
    this.#lineage.add(
      traced,
      input.inferences.flatMap((inference) => inference.responseId ?? []),
    )
    this.#latest = traced
    return parent ? [...tools, ...calls] : [place.agent.span, place.step, ...tools, ...calls]
  }

  /** A span of this run that the caller named as parent, other than the run itself. */
  #knownParent({ attribution }: HttpExchange): string | undefined {
    const { parent } = attribution
    return parent !== undefined && parent !== this.run.id && this.#spanIds.has(parent) ? parent : undefined
  }

  /** The agent and the step that a call belongs to, ends moved to include it. */
  #place(input: TraceInput, extended: TracedCall | undefined, logicalId: string) {
    const endedAt = endOf(input.exchange)
    const earlier = this.#stepsByAttempt.get(logicalId)
    const agent = earlier?.agent ?? this.#agentOf(input, extended)
    agent.span = { ...agent.span, endedAt: Math.max(agent.span.endedAt, endedAt) }
    const known = earlier?.step ?? this.#openStep(input.exchange, agent)
    const step = { ...(known ?? this.#newStep(input, agent, extended)), endedAt }
    agent.lastStep = step
    this.#stepsByAttempt.set(logicalId, { agent, step })
    return { agent, step }
  }

  #agentOf(input: TraceInput, extended: TracedCall | undefined): Agent {
    const { attribution } = input.exchange
    // A name without an id means one agent of that name; the traffic decides only where nobody said anything.
    const key =
      attribution.agent === undefined ? undefined : `${attribution.agent};${attribution.agentId ?? ''}`
    const named = key === undefined ? extended?.agent : this.#agents.get(key)
    if (named) return named
    const agent: Agent = { span: this.#agentSpan(input), steps: 0 }
    this.#agents.set(key ?? input.exchange.id, agent)
    return agent
  }

  #agentSpan({ exchange, callSite }: TraceInput): SpanRecord {
    const labels = this.#labels(exchange)
    const name = labels.agent ?? nameFromCallSite(callSite) ?? 'agent'
    return {
      ...labels,
      agent: name,
      id: `${exchange.id}.agent`,
      runId: this.run.id,
      parentId: this.run.id,
      parentBasis: basisOf(exchange, this.run.id),
      kind: 'agent',
      name,
      startedAt: exchange.startTime,
      endedAt: endOf(exchange),
      status: 'ok',
      attributes: {},
    }
  }

  /** The agent's step that a caller's step header continues. */
  #openStep({ attribution }: HttpExchange, agent: Agent): SpanRecord | undefined {
    const last = agent.lastStep
    if (attribution.step === undefined || last?.name !== attribution.step) return undefined
    return last.attributes['costflame.step.id'] === (attribution.stepId ?? '') ? last : undefined
  }

  #newStep({ exchange }: TraceInput, agent: Agent, extended: TracedCall | undefined): SpanRecord {
    const { step, stepId } = exchange.attribution
    agent.steps++
    const name = step ?? `step ${agent.steps}`
    return {
      ...this.#labels(exchange),
      agent: agent.span.name,
      id: `${exchange.id}.step`,
      runId: this.run.id,
      parentId: agent.span.id,
      parentBasis: step !== undefined ? 'header' : extended ? 'traffic' : agent.span.parentBasis,
      kind: 'step',
      name,
      step: name,
      startedAt: exchange.startTime,
      endedAt: endOf(exchange),
      status: 'ok',
      attributes: step === undefined ? {} : { 'costflame.step.id': stepId ?? '' },
    }
  }

  #callSpans(
    input: TraceInput,
    place: { agent: Agent; step: SpanRecord },
    attempt: { logicalId: string; number: number },
    base: TracedCall | undefined,
  ): SpanRecord[] {
    const { exchange, reading, inferences, callSite } = input
    const span = {
      ...this.#labels(exchange),
      agent: place.agent.span.name,
      step: place.step.name,
      id: exchange.id,
      runId: this.run.id,
      parentId: place.step.id,
      parentBasis: place.step.parentBasis,
      startedAt: exchange.startTime,
      endedAt: endOf(exchange),
      status: statusOf(exchange, reading),
      ...(callSite ? { callSite } : {}),
      attributes: attributesOf(exchange, reading),
    } satisfies Partial<SpanRecord>
    const record = (inference: PricedInference) => ({
      modelCall: modelCallOf(exchange, reading, inference, attempt),
      ...(base ? { baseSpanId: base.spanId } : {}),
      prompt: promptParts(input.prompt, base?.prompt ?? []),
      reply: input.reply,
    })
    const [first, ...others] = inferences
    if (!first) return []
    if (others.length === 0)
      return [{ ...span, kind: first.kind, name: `${first.kind} ${modelOf(first)}`, call: record(first) }]
    // Several billed inferences in one exchange: a child each, so that only the children carry cost.
    return [
      { ...span, kind: 'chat', name: `chat ${modelOf(first)}` },
      ...inferences.map((inference, index) => ({
        ...span,
        id: `${span.id}.${index + 1}`,
        parentId: span.id,
        kind: inference.kind,
        name: `${inference.kind} ${modelOf(inference)}`,
        call: record(inference),
      })),
    ]
  }

  /** What the caller said of itself, else what the run was started with. */
  #labels({ attribution }: HttpExchange) {
    const said = { ...this.run.defaults, ...attribution }
    const tags = { ...this.run.tags, ...this.run.defaults.tags, ...attribution.tags }
    return {
      ...(said.agent === undefined ? {} : { agent: said.agent }),
      ...(said.agentVersion === undefined ? {} : { agentVersion: said.agentVersion }),
      ...(said.intent === undefined ? {} : { intent: said.intent }),
      ...(said.tenant === undefined ? {} : { tenant: said.tenant }),
      ...(said.session === undefined ? {} : { session: said.session }),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    }
  }
}

function endOf(exchange: HttpExchange): number {
  return exchange.startTime + exchange.durationMs
}

/** The hook names the run as parent of a call that has no nearer one; any other parent or run is a header of the caller's own. */
function basisOf({ attribution }: HttpExchange, runId: string): ParentBasis {
  if (attribution.parent === runId) return 'hook'
  return attribution.parent === undefined && attribution.agent === undefined ? 'none' : 'header'
}

function statusOf(exchange: HttpExchange, reading: ExchangeReading): SpanStatus {
  if (exchange.end === 'aborted') return 'aborted'
  if (exchange.end === 'unreachable' || exchange.status >= 400 || reading.error) return 'error'
  return exchange.end === 'truncated' || reading.unfinished ? 'truncated' : 'ok'
}

function attributesOf(exchange: HttpExchange, reading: ExchangeReading): SpanRecord['attributes'] {
  return {
    'url.full': exchange.url,
    'http.request.method': exchange.method,
    'http.response.status_code': exchange.status,
    ...(exchange.error === undefined ? {} : { 'error.message': exchange.error }),
    ...(reading.malformed === 0 ? {} : { 'costflame.malformed': reading.malformed }),
    ...(exchange.copyTruncated ? { 'costflame.copy.truncated': true } : {}),
  }
}

function nameFromCallSite(callSite: CallSite | undefined): string | undefined {
  return callSite?.file
    .split('/')
    .at(-1)
    ?.replace(/\.[^.]+$/, '')
}

function modelOf(inference: InferenceReading): string {
  return inference.responseModel ?? inference.requestModel
}

function modelCallOf(
  exchange: HttpExchange,
  reading: ExchangeReading,
  inference: PricedInference,
  attempt: { logicalId: string; number: number },
): Omit<ModelCall, 'segments'> {
  const { kind: _, providerPicoUsd: __, speed: ___, geo: ____, ...facts } = inference
  return {
    ...facts,
    provider: exchange.provider,
    wireFormat: reading.wireFormat,
    endpoint: new URL(exchange.url).pathname,
    stream: reading.stream,
    ...(reading.stream && exchange.firstByteMs !== undefined
      ? { timeToFirstTokenMs: exchange.firstByteMs }
      : {}),
    attempt,
    httpStatus: exchange.status,
    ...(reading.error ? { error: reading.error } : {}),
  }
}

/** The tools that ran between a call and the one that brings their results: from the end of the first to the start of the second. */
function toolSpans(asking: TracedCall, prompt: readonly HashedBlock[], answeredAt: number): SpanRecord[] {
  const asked = new Map(
    asking.reply.flatMap((block) =>
      block.kind === 'tool_call' && block.toolCallId !== undefined ? [[block.toolCallId, block]] : [],
    ),
  )
  const answered = prompt.flatMap((block) =>
    block.kind === 'tool_result' && block.toolCallId !== undefined ? (asked.get(block.toolCallId) ?? []) : [],
  )
  if (answered.length === 0) return []
  const endedAt = Math.max(asking.endedAt, answeredAt)
  const tools = answered.map((block) => ({
    ...asking.step,
    id: `${asking.spanId}.${block.toolCallId}`,
    parentId: asking.step.id,
    parentBasis: 'traffic' as const,
    kind: 'tool' as const,
    name: block.name ?? 'tool',
    startedAt: asking.endedAt,
    endedAt,
    attributes: {},
  }))
  // The step lasts until its tools are done.
  return [{ ...asking.step, endedAt }, ...tools]
}
