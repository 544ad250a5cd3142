// Model calls as they come in: each finds what it goes on from, whose it is and where it hangs, and is remembered for those to come.

import { RecentMap } from '../model/recent-map'
import type { HashedBlock, RunRecord } from '../model/record'
import type { AgentSpans } from './agent-spans'
import { type Agent, type Agents, lineOf, mayBelong, serve, take } from './agents'
import { Attempts, askedOf, attemptFactsOf, type StoredAttempt } from './attempts'
import { type CallFacts, callFactsOf } from './call-facts'
import { type CallPlace, callSpans } from './call-spans'
import { documentAttributes } from './documents'
import { rootBasisOf, type TraceInput } from './exchange-facts'
import { Identities, type Identity, speakAlike } from './identity'
import { labelsOf } from './labels'
import { type Extension, Lineage } from './lineage'
import type { Newcomers } from './newcomers'
import type { Queries } from './queries'
import { Recollection } from './recollection'
import type { SaidPlaces } from './said-places'
import type { Settling } from './settling'
import type { ToolRuns } from './tool-runs'
import { type AskedTool, type Tools, toolsAsked } from './tools'
import { isOneSession, type Place, type TracedCall } from './traced-call'
import type { Traffic, UnnamedCall } from './traffic'
import type { Tree } from './tree'

/** The parts of a run's trace that calls go through. */
export interface CallParts {
  readonly tree: Tree
  readonly agents: Agents
  readonly agentSpans: AgentSpans
  readonly tools: Tools
  readonly toolRuns: ToolRuns
  readonly newcomers: Newcomers
  readonly traffic: Traffic
  readonly said: SaidPlaces
  readonly settling: Settling
  readonly queries: Queries
}

/** Beyond so many, the calls that nobody came back to for longest are forgotten. */
const REMEMBERED_CALLS = 5_000

interface IncomingCall extends UnnamedCall {
  readonly input: TraceInput
}

/** A call out of the store, with what is known of it. */
export interface RecalledCall {
  readonly call: TracedCall
  readonly facts: CallFacts
  readonly stored: StoredAttempt
  readonly responseIds: readonly string[]
}

export class Calls {
  readonly identities = new Identities()
  readonly #lineage = new Lineage<TracedCall>()
  readonly #recollection = new Recollection<TracedCall>()
  readonly #attempts = new Attempts()
  readonly #places = new RecentMap<string, Place>(REMEMBERED_CALLS)
  /** Calls that others went on from. */
  readonly #gone = new WeakSet<TracedCall>()
  #latest: TracedCall | undefined

  constructor(
    readonly parts: CallParts,
    /** Brings in what another process recorded of the run since; says whether it did. */
    readonly catchUp: () => boolean,
  ) {}

  get isEmpty(): boolean {
    return this.#latest === undefined
  }

  /** Puts the spans of a call into the tree, and whatever comes to be known by it. */
  add(input: TraceInput, run: RunRecord): void {
    const { exchange, reading } = input
    const facts = callFactsOf(input)
    const identity = this.identities.of(facts.identity)
    const base = facts.isChat ? this.#baseOrElsewhere(input, facts, identity) : undefined
    const answered = base
      ? this.parts.toolRuns.answered(base.call, reading.prompt)
      : new Map<AskedTool, never[]>()
    if (base) this.parts.toolRuns.end(answered, facts, tokensAdded(base.call, input))
    const asked = () => askedOf({ group: facts.group, ...requestOf(input) })
    const attempt = this.#attempts.add(exchange.id, attemptFactsOf(exchange, input.bodyHash), asked)
    const same = this.#lineage.sameAs(input.prompt)
    const call = { input, facts, identity, base, same, answered: [...answered.keys()] }
    const place = this.#earlierPlace(attempt.logicalId) ?? this.#placeOf(call, run)
    this.#places.set(attempt.logicalId, place)
    const documents = documentAttributes(input, base?.call.prompt ?? [])
    const callPlace = { ...this.#callPlace(input, place, run), said: documents }
    const spans = callSpans(input, callPlace, attempt, base?.call ?? this.#latest)
    for (const span of spans) this.parts.tree.put(span)
    const traced = this.#remember(call, place, spans.find((span) => span.call)?.id ?? exchange.id)
    this.parts.settling.after({ call: traced, facts, answered, asked: traced.tools })
  }

  /** Remembers a call that the store has; its spans are written. */
  recall({ call, facts, stored, responseIds }: RecalledCall): void {
    const { agent, parentId } = call
    this.#attempts.recall(stored)
    this.#places.set(stored.attempt.logicalId, { agent, parentId })
    this.#latest = call
    if (!facts.isChat) return
    const isOwn = (other: TracedCall) => (other.agent === agent ? 1 : 0)
    const base = this.#lineage.extendedBy(call.prompt, undefined, isOwn)
    if (base && !call.isFailed) this.#gone.add(base.call)
    this.#lineage.add(call, responseIds)
    this.#recollection.add(call)
    if (agent) take(agent, facts)
  }

  /** The call that a stored prompt goes on from, among those that were recalled before. */
  baseOf(prompt: readonly HashedBlock[]): TracedCall | undefined {
    return this.#lineage.extendedBy(prompt)?.call
  }

  /** An attempt stays where the first one was. */
  #earlierPlace(logicalId: string): Place | undefined {
    const place = this.#places.get(logicalId)
    return place && this.parts.tree.has(place.parentId) ? place : undefined
  }

  /** A conversation whose last words nobody here has said may have gone on in another process. */
  #baseOrElsewhere(
    input: TraceInput,
    facts: CallFacts,
    identity: Identity,
  ): Extension<TracedCall> | undefined {
    const base = this.#baseOf(input, facts, identity)
    const isMiddle = !facts.isOpening || heldBefore(input) !== undefined
    if (!isMiddle || base?.how === 'named') return base
    const isKnown =
      base?.how === 'quoted' && this.#recollection.latest(input.prompt, () => true) !== undefined
    return !isKnown && this.catchUp() ? this.#baseOf(input, facts, identity) : base
  }

  /** The call that this one goes on from: by name, by all its messages, else by what is left of them. */
  #baseOf(input: TraceInput, facts: CallFacts, identity: Identity): Extension<TracedCall> | undefined {
    const { prompt, exchange } = input
    const mayGoOn = ({ agent }: TracedCall) => agent === undefined || mayBelong(agent.group, facts.group)
    const said = this.parts.said.agentOf(exchange.attribution)
    const likelihood = (call: TracedCall) =>
      (said !== undefined && call.agent === said ? 8 : 0) +
      (mayGoOn(call) ? 4 : 0) +
      (isOneSession(call, exchange.attribution) ? 2 : 0) +
      (this.#gone.has(call) ? 0 : 1)
    const extended = this.#lineage.extendedBy(input.prompt, heldBefore(input), likelihood)
    if (facts.isOpening || extended?.how === 'named') return extended
    if (extended?.how === 'quoted') return { call: this.#lastOf(extended.call, prompt), how: 'quoted' }
    const isAlike = (call: TracedCall) => speakAlike(call.agent?.identity, identity) && mayGoOn(call)
    const recalled = this.#recollection.find(prompt, isAlike)
    return recalled ? { call: recalled, how: 'quoted' } : extended
  }

  /** Where the middle of the history was edited, its end still tells which call of the conversation was the last. */
  #lastOf(call: TracedCall, prompt: readonly HashedBlock[]): TracedCall {
    const isLater = ({ agent, startedAt }: TracedCall) =>
      agent !== undefined && agent === call.agent && startedAt >= call.startedAt
    return this.#recollection.latest(prompt, isLater) ?? call
  }

  #placeOf(call: IncomingCall, run: RunRecord): Place {
    const { traffic, said, agentSpans, queries } = this.parts
    const { input, facts, identity } = call
    const decide = () => traffic.decide(call)
    const place = said.placeOf({ input, facts, identity, decide }, run)
    if (place) return place
    if (!facts.isChat) return queries.placeOf(input, facts, run)
    const waiting = call.base
      ? undefined
      : this.#lineage.waitingFor({ spanId: '', prompt: input.prompt, reply: input.reply })?.agent
    const isWaiting =
      waiting && speakAlike(waiting.identity, identity) && mayBelong(waiting.group, facts.group)
    const decision = isWaiting ? { agent: waiting } : decide()
    if ('agent' in decision) {
      const { agent, again } = decision
      this.parts.settling.goOn(agent, call, call.base?.call.agent, run)
      return { agent, parentId: again?.parentId ?? agentSpans.stepFor(agent, input, 'traffic', run) }
    }
    const agent = this.#begin(call, decision, run)
    const basis = call.base ? 'traffic' : (this.parts.tree.get(agent.id)?.parentBasis ?? 'none')
    return { agent, parentId: agentSpans.stepFor(agent, input, basis, run) }
  }

  #begin(
    { input, facts, identity }: IncomingCall,
    decision: Exclude<ReturnType<Traffic['decide']>, { agent: Agent }>,
    run: RunRecord,
  ): Agent {
    const { agents, agentSpans, newcomers, toolRuns, tools } = this.parts
    if (decision.tool) toolRuns.begin(decision.tool)
    if (decision.serves) serve(decision.serves, identity)
    const basis = decision.basis === 'none' ? rootBasisOf(input.exchange, run.id) : decision.basis
    const agent = agentSpans.begin(
      { ...decision, id: `${input.exchange.id}.agent`, basis, identity, facts },
      input,
      run,
    )
    agent.heldBy = decision.tool
    newcomers.addAgent(agent)
    if (!agents.rootOf(facts.group)) agents.makeRoot(agent)
    if (decision.certainty === 'none' && tools.openAt(facts.startedAt).length === 0) identity.isEntry = true
    return agent
  }

  /** What every span of a call carries, whatever the exchange says of the call itself. */
  #callPlace({ exchange }: TraceInput, { agent, parentId, basis }: Place, run: RunRecord): CallPlace {
    const parent = this.parts.tree.get(parentId)
    const said = { ...run.defaults, ...exchange.attribution }
    const name = agent?.name ?? parent?.agent ?? said.agent
    const step = parent?.step ?? said.step
    // Who started a long loop inside an SDK is forgotten in the end. The hook, if it saw the call, named what it hangs under.
    const line = exchange.attribution.parent === undefined ? undefined : lineOf(agent)
    return {
      ...labelsOf(run, exchange.attribution),
      ...(name === undefined ? {} : { agent: name }),
      ...(step === undefined ? {} : { step }),
      ...(line ? { callSite: line } : {}),
      runId: run.id,
      parentId,
      parentBasis: basis ?? parent?.parentBasis ?? 'none',
    }
  }

  #remember({ input, facts, base }: IncomingCall, place: Place, spanId: string): TracedCall {
    const { toolRuns, tools } = this.parts
    const { agent, parentId } = place
    const asked = toolsAsked(input.exchange.id, input.reading.reply, {
      openedAt: facts.endedAt,
      agent,
      parentId,
    })
    const left = base && base.call.agent === agent ? toolRuns.leftOver(base.call.tools) : []
    tools.add(asked)
    const { prompt, reply, inferences } = input
    const { startedAt, endedAt, isFailed } = facts
    const { session, tenant } = input.exchange.attribution
    const traced = {
      ...{ spanId, prompt, reply, agent, parentId, startedAt, endedAt, isFailed, session, tenant },
      tools: [...left, ...asked],
      tokens: tokensOf(input),
    }
    this.#latest = traced
    // Whoever retries what failed goes on from the same one.
    if (base && !isFailed) this.#gone.add(base.call)
    if (!facts.isChat) return traced
    const { conversationId } = input.reading
    const responseIds = inferences.flatMap(({ responseId }) => responseId ?? [])
    this.#lineage.add(traced, conversationId === undefined ? responseIds : [...responseIds, conversationId])
    this.#recollection.add(traced)
    if (!base && !facts.isOpening) this.#lineage.wait(traced)
    if (agent) take(agent, facts)
    return traced
  }
}

/** What the store keeps of a request, too. */
function requestOf({ exchange, inferences, prompt }: TraceInput) {
  return { endpoint: new URL(exchange.url).pathname, requestModel: inferences[0]?.requestModel ?? '', prompt }
}

/** What the provider calls the history that it holds for a call. */
function heldBefore({ reading }: TraceInput): string | undefined {
  return reading.previousResponseId ?? reading.conversationId
}

/** Tokens of prompt and reply together, without what was thought and is not sent again. */
function tokensOf({ inferences }: TraceInput): number | undefined {
  const [first, ...others] = inferences
  if (!first || others.length > 0) return undefined
  const { inputTokens, outputTokens, reasoningTokens } = first.usage
  return inputTokens === null || outputTokens === null
    ? undefined
    : inputTokens + outputTokens - (reasoningTokens ?? 0)
}

/** Tokens that a prompt has beyond what the call before it sent and got. */
function tokensAdded({ tokens }: TracedCall, { inferences }: TraceInput): number | undefined {
  const input = inferences.length === 1 ? inferences[0]?.usage.inputTokens : undefined
  const added = tokens === undefined || input === undefined || input === null ? 0 : input - tokens
  return added > 0 ? added : undefined
}
