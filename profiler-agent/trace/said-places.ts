// Places of calls whose program says where they belong, in headers or by its API. What it leaves open the traffic decides.

import type { Attribution, HttpExchange } from '../model/exchange'
import { ownId } from '../model/own-id'
import type { RunRecord } from '../model/record'
import type { ParentBasis } from '../model/span'
import type { AgentSpans } from './agent-spans'
import type { Agent, Agents } from './agents'
import type { CallFacts } from './call-facts'
import type { Claims } from './claims'
import type { DeclaredSpans } from './declared-spans'
import { rootBasisOf, type TraceInput } from './exchange-facts'
import type { Identity } from './identity'
import type { Place } from './traced-call'
import type { Decision } from './traffic'
import type { Tree } from './tree'

/** A call that says something, with what the traffic says of it. */
export interface NamedCall {
  readonly input: TraceInput
  readonly facts: CallFacts
  readonly identity: Identity
  readonly decide: () => Decision
}

export class SaidPlaces {
  constructor(
    readonly tree: Tree,
    readonly agents: Agents,
    readonly spans: AgentSpans,
    readonly declared: DeclaredSpans,
    readonly claims: Claims,
  ) {}

  /** The place that the program gives a call; undefined where it says nothing that leads to one. */
  placeOf(call: NamedCall, run: RunRecord): Place | undefined {
    const { exchange } = call.input
    const { agent: name, agentId, step } = exchange.attribution
    const parent = this.#parentOf(exchange, run)
    if (name === undefined && step === undefined) return this.#directly(parent, exchange.id)
    if (name === undefined) return this.#inDeclaredStep(exchange, parent)
    const agent = this.#agentOf(call, name, parent, run)
    const inner = this.#innerOf(exchange, parent, agent.id)
    if (inner !== undefined) return { agent, parentId: inner, basis: 'header' }
    const above = this.tree.get(agent.id)?.parentBasis ?? 'header'
    // Where the agent belongs may be unknown: that the call is its own is said.
    const isItsOwn = above === 'none' && !exchange.attribution.agentByRule
    const isSaid = agentId !== undefined || step !== undefined || isItsOwn
    const basis = isSaid ? 'header' : above
    return { agent, parentId: this.spans.stepFor(agent, call.input, basis, run), basis }
  }

  /** The agent that a call names with an id, where it is known. */
  agentOf({ agent: name, agentId }: Attribution): Agent | undefined {
    if (agentId === undefined) return undefined
    return this.agents.get(name === undefined ? agentId : this.#idOf(name, agentId))
  }

  /** Hangs calls under the parents that they named, those that are known by now and whose own ancestors are. */
  settle(): void {
    this.claims.settle(({ parent, spanId, within }) => {
      const side = within.length === 0 && this.tree.has(parent) ? 'inside' : this.#sideOf(parent, within)
      if (side === 'unknown') return false
      if (side === 'outside') this.#hangAgent(within[0], parent)
      else {
        const before = this.tree.get(spanId)?.parentId
        this.tree.move(spanId, parent, 'header')
        this.spans.removeEmpty(before)
      }
      return true
    })
  }

  /** Whether a span lies in one of the others; unknown as long as something above it is. */
  #sideOf(spanId: string, within: readonly string[]): 'inside' | 'outside' | 'unknown' {
    if (!this.tree.has(spanId)) return 'unknown'
    if (within.some((id) => this.tree.isWithin(spanId, id))) return 'inside'
    return this.declared.isAboveMissing(spanId) ? 'unknown' : 'outside'
  }

  /** A parent outside of the agent is that of the agent, unless the program declared where the agent belongs. */
  #hangAgent(agentId: string | undefined, parentId: string): void {
    if (agentId === undefined || this.declared.has(agentId)) return
    const agent = this.agents.get(agentId)
    if (agent?.certainty === 'said') return
    if (this.tree.move(agentId, parentId, 'header') && agent) agent.certainty = 'said'
  }

  #parentOf({ attribution: { parent, agentId, stepId } }: HttpExchange, run: RunRecord): string | undefined {
    return parent === run.id || parent === agentId || parent === stepId ? undefined : parent
  }

  #directly(parent: string | undefined, spanId: string): Place | undefined {
    if (parent === undefined) return undefined
    if (this.tree.has(parent)) return { agent: this.#agentAround(parent), parentId: parent, basis: 'header' }
    this.claims.add({ parent, spanId, within: [] })
    return undefined
  }

  /** A declared step may stand outside of all agents. */
  #inDeclaredStep(exchange: HttpExchange, parent: string | undefined): Place | undefined {
    const { step, stepId } = exchange.attribution
    if (stepId === undefined) return undefined
    const span = this.tree.get(stepId)
    if (span?.kind === 'step' && span.name !== step && !this.declared.has(stepId)) return undefined
    if (span?.kind !== 'step') {
      if (parent !== undefined) this.claims.add({ parent, spanId: exchange.id, within: [stepId] })
      return undefined
    }
    const parentId = this.#innerOf(exchange, parent, stepId) ?? stepId
    return { agent: this.#agentAround(stepId), parentId, basis: 'header' }
  }

  /** The span that the call named, where it lies inside of the agent or step that it named too. */
  #innerOf(exchange: HttpExchange, parent: string | undefined, within: string): string | undefined {
    if (parent === undefined) return undefined
    const side = this.#sideOf(parent, [within])
    if (side === 'inside') return parent
    if (side === 'outside') this.#hangAgent(within, parent)
    else {
      const { stepId } = exchange.attribution
      const all = stepId === undefined ? [within] : [within, stepId]
      this.claims.add({ parent, spanId: exchange.id, within: all })
    }
    return undefined
  }

  #agentOf(call: NamedCall, name: string, parent: string | undefined, run: RunRecord): Agent {
    const { exchange } = call.input
    const { agentId, step } = exchange.attribution
    if (agentId !== undefined) return this.#agentWithId(call, name, agentId, parent, run)
    const decision = call.decide()
    if ('agent' in decision && decision.agent.name === name) return decision.agent
    const known = this.agents.named(name, call.facts.group)
    // Without an id, a group or a step is one piece of work of the agent; else the traffic tells where the next one begins.
    if (known && (call.facts.group !== undefined || step !== undefined)) return known
    const agent = this.#begin(call, name, undefined, decision, parent, run)
    this.agents.addNamed(agent)
    return agent
  }

  #agentWithId(
    call: NamedCall,
    name: string,
    given: string,
    parent: string | undefined,
    run: RunRecord,
  ): Agent {
    const id = this.#idOf(name, given)
    const known = this.agents.get(id)
    if (known) return known
    const { facts, identity } = call
    const span = this.tree.get(id)
    return span
      ? this.spans.known({ id, name: span.name, certainty: 'said', identity, facts })
      : this.#begin(call, name, id, call.decide(), parent, run)
  }

  /** The id of the span that a name with an id means: the one that the program gave, unless something else has it. */
  #idOf(name: string, given: string): string {
    let id = given
    while (this.tree.has(id) && !this.#isNamed(id, name)) id = ownId(name, id)
    return id
  }

  /** Several agents may be given the id of one request. What the program declares has an id of its own. */
  #isNamed(id: string, name: string): boolean {
    const span = this.tree.get(id)
    if (span && span.kind !== 'agent') return false
    return this.declared.get(id)?.kind === 'agent' || (span ?? this.agents.get(id))?.name === name
  }

  #begin(
    { input, facts, identity }: NamedCall,
    name: string,
    id: string | undefined,
    decision: Decision,
    parent: string | undefined,
    run: RunRecord,
  ): Agent {
    const isParentKnown =
      parent !== undefined && this.tree.has(parent) && !this.declared.isAboveMissing(parent)
    const told = isParentKnown
      ? { parentId: parent, basis: 'header' as const, certainty: 'said' as const }
      : undefined
    const guessed =
      'agent' in decision || decision.parentId === run.id
        ? { parentId: run.id, basis: basisAtRun(input, parent, run), certainty: 'none' as const }
        : decision
    const made = { id: id ?? `${input.exchange.id}.agent`, name, identity, facts, ...(told ?? guessed) }
    return this.spans.begin(made, input, run)
  }

  #agentAround(spanId: string): Agent | undefined {
    const span = this.tree.nearest(spanId, 'agent')
    return span && this.agents.get(span.id)
  }
}

/** Of an agent that nothing leads to another place: a parent that nobody knows is no evidence, and a rule says only who speaks. */
function basisAtRun({ exchange }: TraceInput, parent: string | undefined, run: RunRecord): ParentBasis {
  if (parent !== undefined) return 'none'
  return exchange.attribution.agentByRule ? rootBasisOf(exchange, run.id) : 'header'
}
