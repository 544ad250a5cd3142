// Whose call is it, with nobody telling? Decided from what calls quote of each other, when they were made, and from where in the code.

import type { SpanRecord } from '../model/record'
import type { ParentBasis } from '../model/span'
import { type Agent, type Agents, mayBelong, NO_SERVANTS } from './agents'
import type { CallFacts } from './call-facts'
import type { Newcomer } from './evidence'
import { type Identity, speakAlike } from './identity'
import type { Extension } from './lineage'
import type { Newcomers } from './newcomers'
import { AskedWords } from './quotes'
import { QUOTE_CHARACTERS } from './texts'
import { CLOCK_TOLERANCE_MS, mayFollow } from './times'
import type { AskedTool } from './tools'
import type { TracedCall } from './traced-call'
import type { Tree } from './tree'
import { isConversation, serves } from './utility'

/** A call that nobody named an agent for. */
export interface UnnamedCall {
  readonly facts: CallFacts
  readonly identity: Identity
  /** The call that it goes on from. */
  readonly base: Extension<TracedCall> | undefined
  /** Calls that sent the very same messages. */
  readonly same: readonly TracedCall[]
  /** Tools of the base whose results it brings. */
  readonly answered: readonly AskedTool[]
}

/** What the traffic says: an agent that goes on, in the step of a failed call or in one of its own, or a new one at its place. */
export type Decision =
  | { readonly agent: Agent; readonly again?: TracedCall }
  | {
      readonly parentId: string
      readonly basis: ParentBasis
      readonly certainty: Agent['certainty']
      readonly from?: Agent
      /** The conversation that it is made for. */
      readonly serves?: Agent
      readonly tool?: AskedTool
    }

/** Another model is asked the same soon after the first one failed. */
const FALLBACK_MS = 60_000
/** A text that grows from call to call is compared by its beginning. */
const GROWN_CHARACTERS = 60
const COMPARED_CHARACTERS = 8_000

const TRANSFERS = /transfer|hand_?off|hand_?over|delegate|route_?to|switch_?to|escalate|^to_/i

export class Traffic {
  constructor(
    readonly tree: Tree,
    readonly agents: Agents,
    readonly newcomers: Newcomers,
  ) {}

  decide(call: UnnamedCall): Decision {
    const going = this.#goingOn(call) ?? this.#takenOver(call) ?? this.#again(call) ?? this.#quoting(call)
    if (going) return going
    const { facts, identity } = call
    const tool = this.newcomers.startedBy(newcomerOf(facts, identity))
    const root = this.agents.rootOf(facts.group)
    if (tool?.isEqual) return { parentId: tool.tool.spanId, ...tool, certainty: 'strong' }
    if (root?.identity === identity) return { agent: root }
    const served = this.#servedBy(call)
    if (served)
      return {
        parentId: served.id,
        basis: basisBetween(served, facts),
        certainty: 'strong',
        serves: served,
      }
    if (tool) return { parentId: tool.tool.spanId, ...tool, certainty: 'strong' }
    return root
      ? { parentId: root.id, basis: facts.group?.basis ?? 'none', certainty: 'none' }
      : { parentId: this.tree.rootId, basis: facts.group?.basis ?? 'none', certainty: 'none' }
  }

  /** The next step of the agent whose call it goes on from, or of one that spoke in the same conversation before. */
  #goingOn({ base, facts, identity, answered }: UnnamedCall): Decision | undefined {
    const agent = base?.call.agent
    if (!agent || !goesOn(agent, facts, answered)) return undefined
    if (isSameSpeaker(agent, facts, identity, base.how)) return { agent }
    for (let before = agent.from; before; before = before.from)
      if (speakAlike(before.identity, identity)) return { agent: before }
    if (transferOf(answered, identity)) return undefined
    const peer = agent.conversation.findLast((other) => speakAlike(other.identity, identity))
    return peer && { agent: peer }
  }

  /** Another agent goes on with the conversation: handed over by a tool, or its next speaker. */
  #takenOver({ base, facts, identity, answered }: UnnamedCall): Decision | undefined {
    const from = base?.call.agent
    if (!from || !goesOn(from, facts, answered)) return undefined
    const tool = transferOf(answered, identity)
    const basis = basisBetween(from, facts)
    if (tool) return { parentId: tool.spanId, basis, certainty: 'strong', from, tool }
    const beside: Pick<SpanRecord, 'parentId' | 'parentBasis'> | undefined = this.tree.get(from.id)
    const parentId = beside?.parentId ?? this.tree.rootId
    return { parentId, basis: beside?.parentBasis ?? 'none', certainty: from.certainty, from }
  }

  /** What failed is asked again, of another model or with other settings: the same step. */
  #again({ facts, identity, same }: UnnamedCall): Decision | undefined {
    const isAnswered = ({ parentId }: TracedCall) =>
      same.some((other) => other.parentId === parentId && !other.isFailed)
    const failed = same.find(
      (call) =>
        call.isFailed &&
        call.agent !== undefined &&
        speakAlike(call.agent.identity, identity) &&
        mayBelong(call.agent.group, facts.group) &&
        mayFollow(facts, call) &&
        facts.startedAt - call.endedAt <= FALLBACK_MS &&
        !isAnswered(call),
    )
    return failed?.agent && { agent: failed.agent, again: failed }
  }

  /** A new prompt with what was said before in its text: a history that was summed up, a scratchpad that grows. */
  #quoting({ facts, identity, base }: UnnamedCall): Decision | undefined {
    if (base || !facts.isChat || !facts.isOpening) return undefined
    const asked = new AskedWords(facts)
    for (const agent of this.agents.latest) {
      const isOver = agent.endedAt <= facts.startedAt + CLOCK_TOLERANCE_MS
      if (!isOver || !mayBelong(agent.group, facts.group)) continue
      const own =
        agent.identity === identity
          ? agent
          : agent.conversation.findLast((other) => other.identity === identity)
      if (!own || own.hasTools !== facts.hasTools) continue
      if ((own === agent && hasGrown(agent.latestText, facts.latestText)) || asked.quote(agent.latestReply))
        return { agent: own }
    }
    return undefined
  }

  /** The conversation around which this call was made, if it does no more than serve it. */
  #servedBy({ facts, identity, base }: UnnamedCall): Agent | undefined {
    if (base || !facts.isChat || !facts.isOpening || facts.hasTools) return undefined
    const asAgent = visitor(facts, identity)
    const served = this.agents.latest.filter((agent) => isConversation(agent) && serves(asAgent, agent))
    // Where several were asked the same, the first is served first, each by one of a kind.
    return served.findLast(({ servants }) => !servants.includes(identity)) ?? served[0]
  }
}

/** An agent that this one call would be. */
function visitor(facts: CallFacts, identity: Identity): Agent {
  const { group, stack, questions, startedAt, endedAt, hasTools, latestText, reply } = facts
  return {
    ...{
      id: '',
      name: '',
      identity,
      group,
      stack,
      questions,
      startedAt,
      endedAt,
      certainty: 'none',
      from: undefined,
    },
    ...{
      conversation: [],
      steps: 0,
      lastStep: undefined,
      calls: 1,
      servants: NO_SERVANTS,
      hasTools,
      latestText,
      latestReply: reply,
      callSite: facts.callSite,
      heldBy: undefined,
      isGone: false,
    },
  }
}

export function newcomerOf(facts: CallFacts, identity: Identity | undefined): Newcomer {
  const { questions, stack, group, startedAt, endedAt } = facts
  return { questions, stack, group, reply: undefined, identity, startedAt, endedAt }
}

/** A request of the program is one piece of work and so is a trace, unless the call brings the results of tools from another one. */
function goesOn(agent: Agent, facts: CallFacts, answered: readonly AskedTool[]): boolean {
  if (agent.isGone) return false
  if (mayBelong(agent.group, facts.group)) return true
  return facts.group?.basis === 'otel' && agent.group?.basis === 'otel' && answered.length > 0
}

/** A prompt without a system text says nothing of who speaks; then the tools on offer do. */
function isSameSpeaker(
  agent: Agent,
  facts: CallFacts,
  identity: Identity,
  how: Extension<TracedCall>['how'],
): boolean {
  const [before, now] = [agent.identity?.voice, identity.voice]
  if (before === now) return true
  return (before === undefined || now === undefined) && (how === 'named' || agent.hasTools === facts.hasTools)
}

function transferOf(answered: readonly AskedTool[], identity: Identity): AskedTool | undefined {
  return answered.find(
    ({ name }) =>
      TRANSFERS.test(name) ||
      identity.ownNames.some((own) =>
        name
          .toLowerCase()
          .replace(/[^\p{L}\p{N}]+/gu, '-')
          .includes(own),
      ),
  )
}

function basisBetween(agent: Agent, facts: CallFacts): ParentBasis {
  return agent.group !== undefined && agent.group.key === facts.group?.key ? agent.group.basis : 'traffic'
}

/** Whether one text is the other with more behind it. */
function hasGrown(before: string, now: string): boolean {
  if (before.length < GROWN_CHARACTERS || now.length <= before.length) return false
  const end = before.slice(-QUOTE_CHARACTERS)
  return (
    now.startsWith(before.slice(0, COMPARED_CHARACTERS)) && now.startsWith(end, before.length - end.length)
  )
}
