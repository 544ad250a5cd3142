// Picks the reply for each call: the first scripted one that fits and is not used up, else a default made from the call itself.

import type { CallFacts } from './formats/wire-format'
import { RequestRefused } from './json'
import type { Wanted } from './reply'
import type { Fault, Pace, Script, ScriptedReply, When } from './script'

/** Everything there is to say and how: texts and calls, pace, and what goes wrong. */
export interface Cue {
  readonly wanted: Wanted
  readonly pace: Pace
  readonly fault?: Fault
  /** By how much the clock goes forward before the call is looked at. */
  readonly afterMs: number
}

// A few tens of milliseconds: enough that a stream really comes in pieces, too little to wait for.
const DEFAULT_PACE: Pace = { latencyMs: 30, firstTokenMs: 12, chunks: 4 }

export class ScriptPlayer {
  readonly #used: number[]
  #calls = 0

  constructor(private readonly script: Script = { replies: [], pace: {}, otherwise: 'echo' }) {
    this.#used = script.replies.map(() => 0)
  }

  /** The cue for the next call. Throws `RequestRefused` when nothing fits and the script wants that to be an error. */
  next(api: When['api'], facts: CallFacts): Cue {
    this.#calls++
    const index = this.script.replies.findIndex(
      (reply, i) => (this.#used[i] ?? 0) < reply.times && fits(reply.when, api, facts, this.#calls),
    )
    const reply = this.script.replies[index]
    if (!reply) return this.#unscripted(facts)
    this.#used[index] = (this.#used[index] ?? 0) + 1
    return {
      wanted: saysSomething(reply) ? reply : { ...reply, text: echoOf(facts) },
      pace: this.#paceOf(reply),
      ...(reply.fault ? { fault: reply.fault } : {}),
      afterMs: reply.afterMs ?? 0,
    }
  }

  #paceOf(reply: ScriptedReply): Pace {
    const pace = { ...DEFAULT_PACE, ...known(this.script.pace), ...known(reply) }
    return { ...pace, firstTokenMs: Math.min(pace.firstTokenMs, pace.latencyMs) }
  }

  #unscripted(facts: CallFacts): Cue {
    if (this.script.otherwise === 'error')
      throw new RequestRefused(
        400,
        `No scripted reply fits call ${this.#calls} (model ${facts.model}, step ${facts.step}, ` +
          `last user message ${JSON.stringify(facts.lastUserText.slice(0, 80))}).`,
      )
    return { wanted: { text: echoOf(facts) }, pace: this.#paceOf({ times: 1 }), afterMs: 0 }
  }
}

function known({ latencyMs, firstTokenMs, chunks }: Partial<Pace>): Partial<Pace> {
  return {
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    ...(chunks === undefined ? {} : { chunks }),
  }
}

function fits(when: When | undefined, api: When['api'], facts: CallFacts, call: number): boolean {
  if (!when) return true
  const results = facts.lastToolResults
  return (
    isOrOpen(when.api, api) &&
    (when.model === undefined || globMatches(when.model, facts.model)) &&
    contains(facts.systemText, when.systemContains) &&
    contains(facts.lastUserText, when.lastUserContains) &&
    toolResultFits(when.lastToolResult, results) &&
    (when.lastToolResultContains === undefined ||
      results.some((result) => contains(result.text, when.lastToolResultContains))) &&
    isOrOpen(when.step, facts.step) &&
    isOrOpen(when.call, call)
  )
}

function isOrOpen<T>(wanted: T | undefined, actual: T): boolean {
  return wanted === undefined || wanted === actual
}

function contains(text: string, part: string | undefined): boolean {
  return part === undefined || text.includes(part)
}

function toolResultFits(wanted: string | null | undefined, results: CallFacts['lastToolResults']): boolean {
  if (wanted === undefined) return true
  return wanted === null ? results.length === 0 : results.some((result) => result.name === wanted)
}

function globMatches(pattern: string, text: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`).test(text)
}

function saysSomething({ text, toolCalls }: Wanted): boolean {
  return text !== undefined || (toolCalls !== undefined && toolCalls.length > 0)
}

const ECHO_LENGTH = 200

function echoOf({ lastToolResults, lastUserText }: CallFacts): string {
  const [result] = lastToolResults
  if (result) return `The tool ${result.name} returned: ${result.text.slice(0, ECHO_LENGTH)}`
  return `You said: ${lastUserText.slice(0, ECHO_LENGTH)}`
}
