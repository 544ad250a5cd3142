// Agents and calls whose place is not certain, and how they come to hang under the tool that made them: when they begin, when the
// call that asked for the tool comes in late, and when the tool's result tells who wrote it.

import type { ParentBasis } from '../model/span'
import { type Agent, mayBelong } from './agents'
import { EQUAL, type Evidence, evidenceOf, type Newcomer, STRONG, strongest } from './evidence'
import { CLOCK_TOLERANCE_MS } from './times'
import type { AskedTool, Tools } from './tools'

/** A call that no agent made, as far as is known: embeddings, a reranking. */
export interface LooseCall extends Newcomer {
  readonly spanId: string
  /** Whether it asks something: a query, not the texts of an index. */
  readonly isQuery: boolean
}

/** Beyond so many, the oldest stay where they are. */
const MOST_WAITING = 500

/** Where a newcomer comes to hang. */
export interface Found {
  readonly spanId: string
  readonly agent: Agent | undefined
  readonly tool: AskedTool
  readonly basis: ParentBasis
}

export class Newcomers {
  #agents: Agent[] = []
  #calls: LooseCall[] = []

  constructor(readonly tools: Tools) {}

  addAgent(agent: Agent): void {
    addLatest(this.#agents, agent)
  }

  addCall(call: LooseCall): void {
    addLatest(this.#calls, call)
  }

  forget(agent: Agent): void {
    this.#agents = this.#agents.filter((other) => other !== agent)
  }

  /** Agents that nothing but their time speaks for yet, latest first. */
  get agents(): readonly Agent[] {
    return this.#agents.filter(({ certainty }) => certainty === 'none').reverse()
  }

  /** Calls that hang loose; those that are taken hang loose no longer. */
  takeCalls(isTaken: (call: LooseCall) => boolean): LooseCall[] {
    const taken = this.#calls.filter(isTaken)
    if (taken.length > 0) this.#calls = this.#calls.filter((call) => !taken.includes(call))
    return taken
  }

  /** The running tool that a newcomer was certainly made by, if any, and whether its very words were the arguments. */
  startedBy(newcomer: Newcomer): (Evidence & { readonly isEqual: boolean }) | undefined {
    const open = this.tools.openAt(newcomer.startedAt + CLOCK_TOLERANCE_MS)
    const best = strongest(open.map((tool) => evidenceOf(newcomer, tool)))
    return best && best.points >= STRONG ? { ...best, isEqual: best.points >= EQUAL } : undefined
  }

  /** Whom the tools of a call started whose record came in only now: it went on while its tools were running. */
  startedEarly(tools: readonly AskedTool[], askedSince: number): Found[] {
    return this.agents
      .filter(
        ({ startedAt, endedAt }) => startedAt >= askedSince - CLOCK_TOLERANCE_MS && endedAt > askedSince,
      )
      .flatMap((agent) => {
        const best = strongest(tools.map((tool) => evidenceOf(newcomerOf(agent), tool)))
        return best && best.points >= EQUAL ? [foundOf(agent, best)] : []
      })
  }

  /** Who began and ended while tools were running that now have their results, by words. */
  within(answered: ReadonlyMap<AskedTool, readonly string[]>, until: number): Found[] {
    const [first] = answered.keys()
    if (!first) return []
    const isInside = ({ startedAt, endedAt }: Newcomer | Agent) =>
      // Who had ended before the tools began is not inside, however close.
      endedAt >= first.openedAt &&
      startedAt >= first.openedAt - CLOCK_TOLERANCE_MS &&
      endedAt <= until + CLOCK_TOLERANCE_MS
    const agents = this.#agents
      .filter((agent) => isInside(agent) && mayMove(agent, first))
      .flatMap((agent) => this.#found(agent.id, newcomerOf(agent), answered, agent))
    const calls = this.takeCalls((call) => isInside(call) && this.#best(call, answered) !== undefined)
    return [...agents, ...calls.flatMap((call) => this.#found(call.spanId, call, answered))]
  }

  #found(
    spanId: string,
    newcomer: Newcomer,
    answered: ReadonlyMap<AskedTool, readonly string[]>,
    agent?: Agent,
  ): Found[] {
    const best = this.#best(newcomer, answered, agent)
    if (!best) return []
    best.tool.held++
    if (agent) agent.certainty = best.points >= STRONG ? 'strong' : 'timing'
    return [{ spanId, agent, tool: best.tool, basis: best.basis }]
  }

  #best(
    newcomer: Newcomer,
    answered: ReadonlyMap<AskedTool, readonly string[]>,
    agent?: Agent,
  ): Evidence | undefined {
    const best = strongest([...answered].map(([tool, result]) => evidenceOf(newcomer, tool, result)))
    if (!best || best.points >= STRONG) return best
    // What hangs under a tool already is moved only by something certain.
    const isMovable = agent === undefined || agent.certainty === 'none'
    return isMovable && best.points >= 0 && this.#isOnlyOne(newcomer, best.tool) ? best : undefined
  }

  /** Whether nothing else may have made it: it is not called by the program itself, too, and no tool of another began later. */
  #isOnlyOne(newcomer: Newcomer, tool: AskedTool): boolean {
    if (newcomer.identity?.isEntry) return false
    return !this.tools.openAt(newcomer.startedAt).some(
      (other) =>
        other.agent !== tool.agent &&
        // It may begin a little before the tool only where no other one was open yet.
        (other.openedAt > tool.openedAt || newcomer.startedAt < tool.openedAt) &&
        mayBelong(newcomer.group, other.agent?.group),
    )
  }
}

function addLatest<Waiting>(waiting: Waiting[], latest: Waiting): void {
  waiting.push(latest)
  if (waiting.length > MOST_WAITING) waiting.shift()
}

/** What a tool certainly holds stays there, but among the tools of one call the result may tell better. */
function mayMove({ certainty, heldBy, conversation }: Agent, tool: AskedTool): boolean {
  if (certainty === 'said' || (tool.agent && conversation.includes(tool.agent))) return false
  return heldBy === undefined || certainty === 'timing' || heldBy.parentId === tool.parentId
}

function foundOf(agent: Agent, { tool, basis }: Evidence): Found {
  return { spanId: agent.id, agent, tool, basis }
}

export function newcomerOf(agent: Agent): Newcomer {
  const { questions, stack, group, latestReply, identity, startedAt, endedAt } = agent
  return { questions, stack, group, reply: latestReply, identity, startedAt, endedAt }
}
