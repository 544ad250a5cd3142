// Turns finished exchanges of one run into spans in a tree: run → agent → step → call, with the tools between the calls. Computes no cost and writes nothing.

import type { HttpExchange } from '../model/exchange'
import { present } from '../model/present'
import { RecentMap } from '../model/recent-map'
import type { DeclaredSpan, HashedBlock, RunRecord, SpanRecord } from '../model/record'
import type { CallSite, ParentBasis } from '../model/span'
import { Attempts, attemptFactsOf } from './attempts'
import { type AskingCall, type CallPlace, callSpans, toolSpansBetween } from './call-spans'
import { declaredSpanRecord } from './declared-spans'
import { attributesOf, endOf, nameFromCallSite, statusOf, type TraceInput } from './exchange-facts'
import { Lineage, type LineageCall } from './lineage'

interface Agent {
  span: SpanRecord
  steps: number
  lastStep?: SpanRecord
}

interface Place {
  readonly agent: Agent
  readonly step: SpanRecord
}

interface TracedCall extends AskingCall, Place {}

/** Beyond so many, the agents, steps and spans that nobody came back to for longest are forgotten. */
const REMEMBERED_PLACES = 5_000
const REMEMBERED_SPANS = 50_000

/** What the store knows of a run; without it the run begins. */
export interface EarlierTrace {
  /** Spans by start, those of calls included. */
  readonly spans: readonly SpanRecord[]
  readonly calls: readonly EarlierCall[]
  /** Whether a span of the run is stored, for those that are forgotten here. */
  readonly hasSpan: (id: string) => boolean
}

export interface EarlierCall extends LineageCall {
  readonly logicalId: string
  readonly responseId?: string
}

/** The tree of one run while it grows. Lineage is computed here once; what it says is stored with the spans. */
export class RunTrace {
  readonly #lineage = new Lineage<TracedCall>()
  readonly #attempts = new Attempts()
  readonly #agents = new RecentMap<string, Agent>(REMEMBERED_PLACES)
  readonly #stepsByAttempt = new RecentMap<string, Place>(REMEMBERED_PLACES)
  readonly #spanIds = new RecentMap<string, true>(REMEMBERED_SPANS)
  readonly #isStored: (id: string) => boolean
  #latest: TracedCall | undefined
  #run: RunRecord

  constructor(run: RunRecord, earlier?: EarlierTrace) {
    this.#run = run
    this.#isStored = earlier?.hasSpan ?? (() => false)
    this.#spanIds.set(run.id, true)
    if (earlier) this.#restore(earlier)
  }

  /** Whether it knows no call yet. */
  get isEmpty(): boolean {
    return this.#latest === undefined
  }

  get run(): RunRecord {
    return this.#run
  }

  /** Takes what became known of the run after its first calls; spans made so far stay as they are. */
  describe(run: RunRecord): void {
    this.#run = run
  }

  /** Spans to write for an exchange: new ones, and the ancestors whose end moved. */
  add(input: TraceInput): SpanRecord[] {
    const spans = input.inferences.length === 0 ? this.#addOther(input) : this.#addCall(input)
    for (const span of spans) this.#spanIds.set(span.id, true)
    return [this.#runSpan(input.exchange), ...spans]
  }

  /** Spans to write for one that the program declared: called when it begins and again when it ends. */
  addDeclared(declared: DeclaredSpan, callSite?: CallSite): SpanRecord[] {
    const span = declaredSpanRecord(declared, this.run, callSite)
    this.#spanIds.set(span.id, true)
    const { startedAt: startTime, endedAt } = span
    return [this.#runSpan({ startTime, durationMs: endedAt - startTime }), span]
  }

  #isKnown(spanId: string): boolean {
    return this.#spanIds.has(spanId) || this.#isStored(spanId)
  }

  /** Calls that hang under a span of the caller's own have no step to go on with, and start anew. */
  #restore({ spans, calls }: EarlierTrace): void {
    const places = placesOf(spans, this.#agents)
    const byId = new Map(spans.map((span) => [span.id, span]))
    for (const { logicalId, responseId, ...call } of calls) {
      const span = byId.get(call.spanId)
      // Several inferences are children of the span of their exchange.
      const place =
        places.get(span?.parentId ?? '') ?? places.get(byId.get(span?.parentId ?? '')?.parentId ?? '')
      if (!span || !place) continue
      this.#stepsByAttempt.set(logicalId, place)
      this.#latest = { ...call, ...place, parentId: place.step.id, endedAt: span.endedAt }
      this.#lineage.add(this.#latest, responseId === undefined ? [] : [responseId])
    }
  }

  #runSpan(exchange: Pick<HttpExchange, 'startTime' | 'durationMs'>): SpanRecord {
    return {
      id: this.run.id,
      runId: this.run.id,
      parentBasis: 'none',
      kind: 'run',
      name: this.run.name,
      // Calls come in by their end: one that began before the first that ended is no rarity.
      startedAt: Math.min(this.run.startedAt, exchange.startTime),
      endedAt: Math.max(endOf(exchange), this.run.startedAt),
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
        parentBasis: this.#basisOf(exchange),
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
    const attempt = this.#attempts.add(exchange.id, attemptFactsOf(exchange, input.bodyHash))
    const place = this.#place(input, extended, attempt.logicalId)
    const parentId = this.#directParent(exchange) ?? place.step.id
    const calls = callSpans(input, this.#callPlace(input, place, parentId), attempt, extended ?? this.#latest)
    const tools = extended ? this.#toolSpans(extended, prompt, exchange.startTime) : []
    const spanId = calls.find((span) => span.call)?.id ?? exchange.id
    const traced: TracedCall = { spanId, prompt, reply, ...place, parentId, endedAt: endOf(exchange) }
    this.#lineage.add(
      traced,
      input.inferences.flatMap((inference) => inference.responseId ?? []),
    )
    this.#latest = traced
    return parentId === place.step.id
      ? [place.agent.span, place.step, ...tools, ...calls]
      : [...tools, ...calls]
  }

  /** What every span of a call carries, whatever the exchange says of the call itself. */
  #callPlace({ exchange }: TraceInput, { agent, step }: Place, parentId: string): CallPlace {
    return {
      ...this.#labels(exchange),
      runId: this.run.id,
      agent: agent.span.name,
      step: step.name,
      parentId,
      parentBasis: parentId === step.id ? step.parentBasis : 'header',
    }
  }

  /** The span under which a call hangs without agent and step of its own: it named one and said no more. */
  #directParent(exchange: HttpExchange): string | undefined {
    const { agent, step } = exchange.attribution
    return agent === undefined && step === undefined ? this.#knownParent(exchange) : undefined
  }

  /** A span of this run that the caller named as parent, other than the run itself. */
  #knownParent({ attribution }: HttpExchange): string | undefined {
    const { parent } = attribution
    return parent !== undefined && parent !== this.run.id && this.#isKnown(parent) ? parent : undefined
  }

  /** The hook names the run as parent of a call that has no nearer one; any other known parent, or an agent, is a header of the caller's own. */
  #basisOf(exchange: HttpExchange): ParentBasis {
    if (exchange.attribution.parent === this.run.id) return 'hook'
    const isSaid = exchange.attribution.agent !== undefined || this.#knownParent(exchange) !== undefined
    return isSaid ? 'header' : 'none'
  }

  /** An id that the caller gave to an agent or step is the id of its span, so that others can name it as their parent. */
  #freeId(given: string | undefined): string | undefined {
    if (given === undefined || this.#isKnown(given)) return undefined
    this.#spanIds.set(given, true)
    return given
  }

  /** Tools are told once: the first call that brings their results ends them, a retry of it does not. */
  #toolSpans(asking: TracedCall, prompt: readonly HashedBlock[], answeredAt: number): SpanRecord[] {
    const tools = toolSpansBetween(asking, prompt, answeredAt).filter(({ id }) => !this.#isKnown(id))
    const [first] = tools
    if (!first || asking.parentId !== asking.step.id) return tools
    // The step lasts until its tools are done.
    return [{ ...asking.step, endedAt: Math.max(asking.step.endedAt, first.endedAt) }, ...tools]
  }

  /** The agent and the step that a call belongs to, ends moved to include it. */
  #place(input: TraceInput, extended: TracedCall | undefined, logicalId: string) {
    const { exchange } = input
    const earlier = this.#stepsByAttempt.get(logicalId)
    const agent = earlier?.agent ?? this.#agentOf(input, extended)
    agent.span = around(agent.span, exchange)
    const known = earlier?.step ?? this.#openStep(exchange, agent)
    const step = around(known ?? this.#newStep(input, agent, extended), exchange)
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
    // Before the agent has its own id: nothing is its own parent.
    const parent = {
      parentId: this.#knownParent(exchange) ?? this.run.id,
      parentBasis: this.#basisOf(exchange),
    }
    return {
      ...labels,
      ...parent,
      agent: name,
      id: this.#freeId(exchange.attribution.agentId) ?? `${exchange.id}.agent`,
      runId: this.run.id,
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
      id: this.#freeId(stepId) ?? `${exchange.id}.step`,
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

  /** What the caller said of itself, else what the run was started with. */
  #labels({ attribution }: HttpExchange) {
    const { agent, agentVersion, intent, tenant, session } = { ...this.run.defaults, ...attribution }
    const tags = { ...this.run.tags, ...this.run.defaults.tags, ...attribution.tags }
    const labels = present({ agent, agentVersion, intent, tenant, session })
    return Object.keys(tags).length === 0 ? labels : { ...labels, tags }
  }
}

/** Agents and their steps among stored spans, by the id of the step; agents are put under the name that callers gave them, too. */
function placesOf(spans: readonly SpanRecord[], agents: RecentMap<string, Agent>): Map<string, Place> {
  const byId = new Map<string, Agent>()
  for (const span of spans) {
    if (span.kind !== 'agent') continue
    const agent: Agent = { span, steps: 0 }
    byId.set(span.id, agent)
    const ownId = span.id.endsWith('.agent') ? '' : span.id
    if (span.parentBasis === 'header') agents.set(`${span.name};${ownId}`, agent)
  }
  const places = new Map<string, Place>()
  for (const step of spans) {
    const agent = byId.get(step.parentId ?? '')
    if (step.kind !== 'step' || !agent) continue
    agent.steps++
    agent.lastStep = step
    places.set(step.id, { agent, step })
  }
  return places
}

/** Where a span lies in time, moved so that an exchange lies within it. */
function around(span: SpanRecord, exchange: HttpExchange): SpanRecord {
  const startedAt = Math.min(span.startedAt, exchange.startTime)
  return { ...span, startedAt, endedAt: Math.max(span.endedAt, endOf(exchange)) }
}
