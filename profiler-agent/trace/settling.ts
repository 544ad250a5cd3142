// What a call changes about others: whom its tools made, what it was served by, which queries were made for it. Moves, never decides for itself.

import type { Block } from '../model/call'
import type { RunRecord } from '../model/record'
import { type Agent, type Agents, serve } from './agents'
import type { CallFacts } from './call-facts'
import type { TraceInput } from './exchange-facts'
import type { Found, Newcomers } from './newcomers'
import type { Queries } from './queries'
import { stands, wordsOf } from './texts'
import { CLOCK_TOLERANCE_MS } from './times'
import type { ToolRuns } from './tool-runs'
import type { AskedTool } from './tools'
import type { TracedCall } from './traced-call'
import type { Tree } from './tree'
import { isConversation, serves } from './utility'

/** A call of an agent that had calls before. */
export interface GoingOn {
  readonly facts: CallFacts
  readonly input: TraceInput
}

/** Whether a prompt holds what a peer said after what the agent said itself before: a turn. A summary stands in place of both. */
function isHeard(peer: Agent, agent: Agent, prompt: readonly Block[]): boolean {
  const texts = prompt.map(({ content }) => wordsOf(content))
  const own = texts.findLastIndex((text) => agent.latestReply.words.includes(text))
  return (
    own >= 0 &&
    peer.latestReply.words.some((words) => texts.slice(own + 1).some((text) => stands(words, text)))
  )
}

/** A call with what it brought and what it asked for. */
export interface SettledCall {
  readonly call: TracedCall
  readonly facts: CallFacts
  readonly answered: ReadonlyMap<AskedTool, readonly Block[]>
  readonly asked: readonly AskedTool[]
}

export class Settling {
  constructor(
    readonly tree: Tree,
    readonly agents: Agents,
    readonly newcomers: Newcomers,
    readonly toolRuns: ToolRuns,
    readonly queries: Queries,
  ) {}

  after({ call, facts, answered, asked }: SettledCall): void {
    if (answered.size > 0) this.#hang(this.toolRuns.fill(answered, facts.startedAt))
    if (asked.length > 0) {
      const early = this.newcomers.startedEarly(asked, call.startedAt)
      for (const { tool } of early) this.toolRuns.begin(tool)
      this.#hang(early)
    }
    if (!call.agent || !facts.isChat) return
    this.#takeServants(call.agent)
    this.queries.takeFor(call, facts)
  }

  /**
   * An agent that goes on: whoever took a turn beside it that the conversation does not hold served it, and what only its time had
   * put under a tool is no part of that.
   */
  goOn(agent: Agent, { facts, input }: GoingOn, after: Agent | undefined, run: RunRecord): void {
    const { heldBy, certainty } = agent
    if (certainty === 'timing' && heldBy && heldBy.answeredAt < facts.startedAt - CLOCK_TOLERANCE_MS) {
      const root = this.agents.rootOf(agent.group)
      this.tree.move(agent.id, root && root !== agent ? root.id : run.id, agent.group?.basis ?? 'none')
      agent.certainty = 'none'
      agent.heldBy = undefined
      if (agent.identity) agent.identity.isEntry = true
    }
    const parentId = this.tree.get(agent.id)?.parentId
    for (const peer of agent.conversation)
      if (
        // Whose words it goes on from has a turn of its own.
        peer !== after &&
        peer.from === agent &&
        peer.calls === 1 &&
        !peer.hasTools &&
        this.tree.get(peer.id)?.parentId === parentId &&
        !isHeard(peer, agent, input.reading.prompt)
      )
        this.tree.move(peer.id, agent.id, 'traffic')
  }

  #hang(found: readonly Found[]): void {
    for (const { spanId, agent, tool, basis } of found) {
      if (this.tree.get(spanId)?.parentId === tool.spanId) continue
      if (this.tree.move(spanId, tool.spanId, basis) && agent) agent.heldBy = tool
    }
  }

  /** Titles, labels and guards that came in before anybody knew of the conversation that they serve. */
  #takeServants(agent: Agent): void {
    if (!isConversation(agent) || agent.calls > 2) return
    for (const other of this.newcomers.agents.toReversed())
      if (!agent.servants.includes(other.identity) && serves(other, agent)) this.#serve(other, agent)
  }

  #serve(servant: Agent, agent: Agent): void {
    const above = this.tree.get(servant.id)
    if (!above?.parentId) return
    const isRoot = this.agents.rootOf(servant.group) === servant
    if (this.tree.isWithin(agent.id, servant.id)) this.tree.move(agent.id, above.parentId, above.parentBasis)
    if (isRoot) this.agents.makeRoot(agent)
    serve(agent, servant.identity)
    const isOneGroup = servant.group !== undefined && servant.group.key === agent.group?.key
    if (this.tree.move(servant.id, agent.id, isOneGroup ? (servant.group?.basis ?? 'traffic') : 'traffic'))
      servant.certainty = 'strong'
  }
}
