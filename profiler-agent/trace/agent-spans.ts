// Agents and their steps as spans: makes them, moves them, takes away what nothing hangs under any more. Decides nothing.

import type { Attribution } from '../model/exchange'
import { ownId } from '../model/own-id'
import type { RunRecord, SpanRecord } from '../model/record'
import type { ParentBasis } from '../model/span'
import type { AgentNames } from './agent-names'
import { type Agent, type Agents, NO_SERVANTS, NOTHING_SAID } from './agents'
import { attributesOfGroup, type CallFacts } from './call-facts'
import { endOf, modelOf, type TraceInput } from './exchange-facts'
import type { Identity } from './identity'
import { labelsOf } from './labels'
import type { Tree } from './tree'

/** What a new agent is told by. */
export interface NewAgent {
  readonly id: string
  /** As the program says; without it the traffic gives the name. */
  readonly name?: string
  readonly parentId: string
  readonly basis: ParentBasis
  readonly certainty: Agent['certainty']
  readonly from?: Agent
  readonly identity: Identity
  readonly facts: CallFacts
}

export class AgentSpans {
  constructor(
    readonly tree: Tree,
    readonly agents: Agents,
    readonly names: AgentNames,
    readonly isDeclared: (id: string) => boolean,
  ) {}

  /** A new invocation with its span. One that hangs under the run is called what the run was started as. */
  begin(made: NewAgent, input: TraceInput, run: RunRecord): Agent {
    const { exchange, callSite, inferences } = input
    const [first] = inferences
    // What nobody reads yet may name no model.
    const model = (first && modelOf(first)) || 'agent'
    const isRoot = made.parentId === run.id
    const own = () => this.names.nameOf(made.identity, callSite, model, made.facts.hasTools)
    const name = made.name ?? (isRoot ? run.defaults.agent : undefined) ?? own()
    this.tree.put({
      ...labelsOf(run, exchange.attribution),
      id: made.id,
      runId: run.id,
      parentId: made.parentId,
      parentBasis: made.basis,
      kind: 'agent',
      name,
      agent: name,
      startedAt: exchange.startTime,
      endedAt: endOf(exchange),
      status: 'ok',
      attributes: {
        ...attributesOfGroup(made.facts.group),
        ...(made.from ? { [FROM]: made.from.id } : {}),
      },
    })
    return this.#remember({ ...made, name })
  }

  /** An agent whose span is there already: the program declared it, or the store has it. */
  known(made: Omit<NewAgent, 'parentId' | 'basis'> & { readonly name: string }): Agent {
    return this.#remember(made)
  }

  #remember({
    id,
    name,
    certainty,
    from,
    identity,
    facts,
  }: Omit<NewAgent, 'parentId' | 'basis'> & { readonly name: string }): Agent {
    const { group, stack, questions, startedAt, endedAt } = facts
    const agent: Agent = {
      ...{ id, name, identity, group, stack, questions, startedAt, endedAt, certainty, from },
      ...{
        conversation: from?.conversation ?? [],
        steps: 0,
        lastStep: undefined,
        calls: 0,
        servants: NO_SERVANTS,
      },
      ...{
        hasTools: false,
        latestText: '',
        latestReply: NOTHING_SAID,
        heldBy: undefined,
        isGone: false,
        callSite: undefined,
      },
    }
    // A list of one takes room for one; pushed into an empty one it would take room for seventeen.
    if (from) agent.conversation.push(agent)
    else agent.conversation = [agent]
    this.agents.add(agent)
    return agent
  }

  /** The step that the call names, the one that goes on by its name, or a new one; `basis` where nobody named it. */
  stepFor(agent: Agent, input: TraceInput, basis: ParentBasis, run: RunRecord): string {
    const { attribution } = input.exchange
    const { step, stepId } = attribution
    const given = stepId === undefined ? undefined : this.#stepIdOf(agent, stepId, attribution)
    if (given !== undefined && this.tree.get(given)?.kind === 'step') return given
    const last = agent.lastStep
    if (step !== undefined && last?.name === step && last.stepId === (stepId ?? '')) return last.id
    const isFree = given !== undefined && !this.tree.has(given)
    const id = isFree ? given : `${input.exchange.id}.step`
    const made = { id, basis: step === undefined ? basis : ('header' as const), name: step, givenId: stepId }
    return this.#beginStep(agent, made, input, run)
  }

  /** The id of the span that the name and id of a step mean: the one that the program gave, unless something else has it. */
  #stepIdOf(agent: Agent, given: string, said: Attribution): string {
    if (said.step === undefined || !this.tree.has(given) || this.#isStepOf(agent, given, said)) return given
    return ownId(agent.id, ownId(said.step, given))
  }

  /** Several steps, and those of several agents, may be given the id of one request. */
  #isStepOf(agent: Agent, id: string, { agentId, step }: Attribution): boolean {
    const span = this.tree.get(id)
    if (span?.kind !== 'step') return false
    if (this.isDeclared(id)) return true
    const around = this.tree.nearest(id, 'agent')
    const isIts = !around || around.id === agent.id || (agentId === undefined && around.name === agent.name)
    return isIts && span.name === step
  }

  /** The next step of an agent, with an id that the program gave it or one of the exchange's. */
  #beginStep(agent: Agent, step: NewStep, { exchange }: TraceInput, run: RunRecord): string {
    agent.steps++
    const name = step.name ?? `step ${agent.steps}`
    this.tree.put({
      ...labelsOf(run, exchange.attribution),
      id: step.id,
      runId: run.id,
      parentId: agent.id,
      parentBasis: step.basis,
      kind: 'step',
      name,
      step: name,
      agent: agent.name,
      startedAt: exchange.startTime,
      endedAt: endOf(exchange),
      status: 'ok',
      attributes: step.name === undefined ? {} : { [STEP_ID]: step.givenId ?? '' },
    })
    agent.lastStep = { id: step.id, name, stepId: step.name === undefined ? undefined : (step.givenId ?? '') }
    return step.id
  }

  /** Takes an agent or step away that nothing hangs under any more, and what was only around it. */
  removeEmpty(id: string | undefined): void {
    const span: Omit<SpanRecord, 'call'> | undefined = this.tree.get(id)
    const isOurs = (span?.kind === 'agent' || span?.kind === 'step') && !this.isDeclared(span.id)
    if (!span || !isOurs || this.tree.childrenOf(span.id).length > 0) return
    this.tree.remove(span.id)
    const agent = this.agents.get(span.id)
    if (agent) this.agents.forget(agent)
    const owner = this.agents.get(span.parentId ?? '')
    if (owner?.lastStep?.id === span.id) owner.lastStep = undefined
    this.removeEmpty(span.parentId)
  }
}

/** Names the agent whose conversation an agent took over. */
export const FROM = 'costflame.agent.from'

/** Bears the id that the program gave a step, empty where it gave only a name. */
export const STEP_ID = 'costflame.step.id'

interface NewStep {
  readonly id: string
  readonly basis: ParentBasis
  readonly name?: string | undefined
  readonly givenId?: string | undefined
}
