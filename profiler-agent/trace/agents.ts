// The agents of a run: invocations with who speaks in them, what they were asked and what they said last. Knows no tree.

import { RecentMap } from '../model/recent-map'
import type { CallSite, Frame } from '../model/span'
import type { CallFacts, Group } from './call-facts'
import type { Identity } from './identity'
import { Said } from './texts'
import type { AskedTool } from './tools'

/** How sure the place of an agent is. */
export type Certainty =
  /** The program said so. */
  | 'said'
  /** Texts or call stacks say so. */
  | 'strong'
  /** Only its time says so. */
  | 'timing'
  /** Nothing speaks for a place but the run itself. */
  | 'none'

/** One invocation, the thing behind one agent span. */
export interface Agent {
  readonly id: string
  readonly name: string
  readonly identity: Identity | undefined
  readonly group: Group | undefined
  readonly stack: readonly Frame[]
  questions: Said
  readonly startedAt: number
  certainty: Certainty
  /** The agent whose conversation it took over. */
  readonly from: Agent | undefined
  /** All that speak in one conversation, by turns; itself among them. */
  conversation: Agent[]
  steps: number
  lastStep: { readonly id: string; readonly name: string; readonly stepId: string | undefined } | undefined
  calls: number
  /** Who serves its conversation from outside. */
  servants: readonly (Identity | undefined)[]
  hasTools: boolean
  latestText: string
  latestReply: Said
  endedAt: number
  /** Where its latest call was made of which that is known. */
  callSite: CallSite | undefined
  /** The tool that it hangs under. */
  heldBy: AskedTool | undefined
  /** Its span was taken away: what hung there belongs elsewhere. */
  isGone: boolean
}

const REMEMBERED_AGENTS = 5_000
/** So many of the latest are asked whether a text comes from them. */
const ASKED_AGENTS = 64
/** The texts of so many of the latest are kept, more than are ever asked for them: newcomers wait for a tool to tell where they belong. */
const AGENTS_WITH_TEXTS = 1_000
/** One for all agents that have none: a run has many. */
export const NOTHING_SAID = new Said([])
export const NO_SERVANTS: Agent['servants'] = []

export class Agents {
  readonly #byId = new RecentMap<string, Agent>(REMEMBERED_AGENTS)
  readonly #byName = new RecentMap<string, Agent>(REMEMBERED_AGENTS)
  readonly #byGroup = new RecentMap<string, Agent>(REMEMBERED_AGENTS)
  #latest: Agent[] = []
  #withTexts: Agent[] = []

  get(id: string): Agent | undefined {
    return present(this.#byId.get(id))
  }

  /** The latest agent that a name without an id means, in each group another one. */
  named(name: string, group: Group | undefined): Agent | undefined {
    return present(this.#byName.get(`${name};${group?.key ?? ''}`))
  }

  /** The agent that everything in a group hangs under. */
  rootOf(group: Group | undefined): Agent | undefined {
    return group && present(this.#byGroup.get(group.key))
  }

  makeRoot(agent: Agent): void {
    if (agent.group) this.#byGroup.set(agent.group.key, agent)
  }

  add(agent: Agent): void {
    this.#byId.set(agent.id, agent)
    this.#latest.push(agent)
    if (this.#latest.length > 2 * ASKED_AGENTS) this.#latest = this.#latest.slice(-ASKED_AGENTS)
    this.#withTexts.push(agent)
    if (this.#withTexts.length > 2 * AGENTS_WITH_TEXTS)
      for (const old of this.#withTexts.splice(0, AGENTS_WITH_TEXTS)) forgetTexts(old)
  }

  addNamed(agent: Agent): void {
    this.#byName.set(`${agent.name};${agent.group?.key ?? ''}`, agent)
  }

  forget(agent: Agent): void {
    agent.isGone = true
    this.#byId.delete(agent.id)
    this.#latest = this.#latest.filter((other) => other !== agent)
  }

  /** Latest first. */
  get latest(): readonly Agent[] {
    return this.#latest.toReversed()
  }
}

/** Not one whose span was taken away. */
function present(agent: Agent | undefined): Agent | undefined {
  return agent?.isGone ? undefined : agent
}

/** Its calls are remembered for much longer, and keep it. */
function forgetTexts(agent: Agent): void {
  agent.questions = NOTHING_SAID
  agent.latestReply = NOTHING_SAID
  agent.latestText = ''
}

/** What an agent has said and was asked, with one more call of it. */
export function take(agent: Agent, call: CallFacts): void {
  agent.calls++
  agent.hasTools ||= call.hasTools
  agent.endedAt = Math.max(agent.endedAt, call.endedAt)
  agent.latestText = call.latestText
  agent.callSite = call.callSite ?? agent.callSite
  if (call.reply.texts.length > 0) agent.latestReply = call.reply
  if (agent.identity && isSpeaking(agent, call)) agent.identity.isSpeaker = true
}

/** Remembers who serves its conversation. */
export function serve(agent: Agent, identity: Identity | undefined): void {
  if (!agent.servants.includes(identity)) agent.servants = [...agent.servants, identity]
}

const MOST_STARTERS = 16

/** The line of an agent's own calls, else of whoever it took over from or was started by. */
export function lineOf(agent: Agent | undefined): CallSite | undefined {
  let asked = agent
  for (let count = 0; asked && count < MOST_STARTERS; count++) {
    if (asked.callSite) return asked.callSite
    asked = asked.from ?? asked.heldBy?.agent
  }
  return undefined
}

/** Characters of a reply that is more than a title or a label. */
const LONG_REPLY = 400

function isSpeaking(agent: Agent, call: CallFacts): boolean {
  return call.hasTools || agent.calls > 1 || !call.isOpening || charactersOf(call.reply) > LONG_REPLY
}

function charactersOf(said: Said): number {
  return said.texts.reduce((sum, text) => sum + text.length, 0)
}

/** Whether two calls may belong to one piece of work: those of two requests never do. */
export function mayBelong(left: Group | undefined, right: Group | undefined): boolean {
  return left === undefined || right === undefined || left.basis !== right.basis || left.key === right.key
}
