// What only the order of an invocation's calls and tools tells: how many tools without an answer, how much a prompt grew.

import type { CountedCall, CountedTool } from './counted-call'

/** A call or a tool of one invocation. */
type Turn =
  | { readonly startedAt: number; readonly call: CountedCall }
  | { readonly startedAt: number; readonly call?: undefined }

/** What holds after a turn, all turns before it included. */
interface State {
  /** Tools since the last answer without any. */
  readonly tools: number
  readonly mostTools: number
  /** Tools since the call before. */
  readonly toolsOfCall: number
  readonly latest: CountedCall | undefined
  readonly growth: number
  /** Of some calls nobody knows the input. */
  readonly hasUnknown: boolean
}

const START: State = {
  ...{ tools: 0, mostTools: 0, toolsOfCall: 0, growth: 0, hasUnknown: false },
  latest: undefined,
}

/** Takes turns in any order; those that come about when they began cost a step each. */
export class Conversation {
  readonly #turns: Turn[] = []
  readonly #states: State[] = []

  addCall(call: CountedCall): void {
    if (call.isAnswered) this.#insert({ startedAt: call.startedAt, call })
  }

  addTool({ id, isAsked, startedAt }: CountedTool): void {
    if (!isAsked) return
    const asking = this.#indexOf(askingCall(id))
    if (asking === undefined) this.#insert({ startedAt })
    // A fast program makes its next call before the end of this one was noticed.
    else this.#insertAt(asking + 1, { startedAt: this.#turns[asking]?.startedAt ?? startedAt })
  }

  /** Most tool calls since the last answer without any. */
  get toolCalls(): number {
    return (this.#states.at(-1) ?? START).mostTools
  }

  /** Largest growth of the input from a call to the next, in tokens. */
  get growth(): { readonly tokens: number; readonly isLowerBound: boolean } {
    const { growth, hasUnknown } = this.#states.at(-1) ?? START
    return { tokens: growth, isLowerBound: hasUnknown }
  }

  #insert(turn: Turn): void {
    let index = this.#turns.length
    while (index > 0 && (this.#turns[index - 1]?.startedAt ?? 0) > turn.startedAt) index--
    this.#insertAt(index, turn)
  }

  #insertAt(index: number, turn: Turn): void {
    this.#turns.splice(index, 0, turn)
    this.#states.length = index
    for (const next of this.#turns.slice(index)) this.#states.push(after(this.#states.at(-1) ?? START, next))
  }

  /** Of a call; tools are asked for by one of the latest. */
  #indexOf(callId: string | undefined): number | undefined {
    if (callId === undefined) return undefined
    const index = this.#turns.findLastIndex(({ call }) => call?.id === callId)
    return index < 0 ? undefined : index
  }
}

/** What the traffic shows of tools is named after the call that asked for them. */
function askingCall(toolId: string): string | undefined {
  const dot = toolId.indexOf('.')
  return dot < 0 ? undefined : toolId.slice(0, dot)
}

function after(before: State, { call }: Turn): State {
  if (!call) {
    const tools = before.tools + 1
    return {
      ...before,
      tools,
      toolsOfCall: before.toolsOfCall + 1,
      mostTools: Math.max(tools, before.mostTools),
    }
  }
  const hasAnswered = before.latest !== undefined && before.toolsOfCall === 0
  return {
    tools: hasAnswered ? 0 : before.tools,
    mostTools: before.mostTools,
    toolsOfCall: 0,
    latest: call,
    growth: Math.max(before.growth, growthOf(before.latest, call)),
    hasUnknown: before.hasUnknown || call.input === null,
  }
}

/** Calls at the same time do not go on from each other. */
function growthOf(latest: CountedCall | undefined, { input, startedAt }: CountedCall): number {
  if (!latest || latest.input === null || input === null || latest.endedAt > startedAt) return 0
  return input - latest.input
}
