// What an agent is called that nobody named: the same in every run, and another one for another agent.

import type { CallSite } from '../model/span'
import type { Identity } from './identity'

/** Files and functions that are called so whatever they do. */
const SAYS_NOTHING =
  /^(index|main|app|server|run|start|cli|script|program|test|demo|example|entry|bundle|<.*>|anonymous)$/i
const IS_AGENT = /(agent|assistant|bot|crew|planner|supervisor|orchestrator|worker)$/i

/** Names that an agent may have, best first: its function or file, what its own prompt calls it or begins with, its model. */
function candidatesOf(callSite: CallSite | undefined, identity: Identity, model: string): string[] {
  const functions = (callSite?.stack ?? []).flatMap((frame) => frame.function?.split('.').at(-1) ?? [])
  const file = fileName(callSite)
  return [
    ...functions.filter((name) => IS_AGENT.test(name)).slice(0, 1),
    ...(file === undefined || SAYS_NOTHING.test(file) ? [] : [file]),
    ...identity.ownNames,
    ...(file === undefined ? [] : [file]),
    ...(identity.voice?.opening === undefined ? [] : [identity.voice.opening]),
    model,
  ]
}

/** `agent` for a call made in `src/agent.ts`. */
function fileName(callSite: CallSite | undefined): string | undefined {
  return callSite?.file
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\.[^.]+$/, '')
}

/** Names of one run. */
export class AgentNames {
  readonly #owners = new Map<string, Identity>()

  /**
   * Another agent's name is taken only where there is no other: two agents of one file differ by what their prompts say. A prompt
   * without tools owns none of its names: a title is often made under the greeting of the agent that it is made for, and ends first.
   */
  nameOf(identity: Identity, callSite: CallSite | undefined, model: string, hasTools: boolean): string {
    if (identity.name !== undefined) return identity.name
    const candidates = candidatesOf(callSite, identity, model)
    const free = candidates.find((name) => (this.#owners.get(name) ?? identity) === identity)
    const name = free ?? candidates[0] ?? model
    if (hasTools || !identity.ownNames.includes(name)) this.keep(identity, name)
    identity.name = name
    return name
  }

  /** Remembers the name that an agent has already. */
  keep(identity: Identity, name: string): void {
    identity.name = name
    if (!this.#owners.has(name)) this.#owners.set(name, identity)
  }
}
