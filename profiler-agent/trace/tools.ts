// The tools that calls asked for: which are still running, when they ended and with what. Finds no places for other calls.

import type { Block } from '../model/call'
import type { HashedBlock } from '../model/record'
import type { Agent } from './agents'
import { textsIn, wordsOf } from './texts'

/** One tool call of a model, from the end of the call that asked for it to the start of the one that brings its result. */
export interface AskedTool {
  /** Of the span that shows it; the program's own where it declared the tool. */
  spanId: string
  readonly name: string
  readonly callId: string | undefined
  /** Words of each text in its arguments. */
  readonly args: readonly string[]
  readonly openedAt: number
  readonly agent: Agent | undefined
  /** Where the call that asked for it hangs, and so does the tool. */
  readonly parentId: string
  state: 'open' | 'answered' | 'dropped'
  answeredAt: number
  isDeclared: boolean
  /** How many later calls of its conversation brought no result of it. */
  waited: number
  /** How many agents and calls hang under it. */
  held: number
}

/** A result with the tool that it answers; several blocks where it holds more than text. */
export interface Answer {
  readonly tool: AskedTool
  readonly blocks: readonly Block[]
}

const REMEMBERED_TOOLS = 300
const MOST_ARGUMENTS = 16
const MOST_ID = 100

/** The tools that a reply asks for, without those that ran at the provider's side and stand in the reply with their result. */
export function toolsAsked(
  spanId: string,
  reply: readonly Block[],
  call: Pick<AskedTool, 'openedAt' | 'agent' | 'parentId'>,
): AskedTool[] {
  const answered = new Set(
    reply.flatMap(({ kind, toolCallId }) => (kind === 'tool_result' ? [toolCallId] : [])),
  )
  return reply
    .filter(
      ({ kind, toolCallId }) =>
        kind === 'tool_call' && (toolCallId === undefined || !answered.has(toolCallId)),
    )
    .map(({ name = 'tool', toolCallId, content }, index) => ({
      ...call,
      // Not every provider gives its tool calls ids.
      spanId: `${spanId}.${toolCallId === undefined || toolCallId.length > MOST_ID ? `tool${index + 1}` : toolCallId}`,
      name,
      callId: toolCallId,
      args: argumentsOf(content),
      state: 'open',
      answeredAt: Number.POSITIVE_INFINITY,
      isDeclared: false,
      waited: 0,
      held: 0,
    }))
}

/** Words of the texts in the arguments; names and ids around them are too short to stand anywhere else. */
function argumentsOf(content: string): string[] {
  return textsIn(content)
    .slice(0, MOST_ARGUMENTS)
    .map(wordsOf)
    .filter((words) => words !== '')
}

/** Answers to these tools in a prompt that goes on from the call that asked for them, each tool's blocks together. */
export function answersIn(
  tools: readonly AskedTool[],
  prompt: readonly (Block | HashedBlock)[],
): Map<AskedTool, number[]> {
  const open = tools.filter(({ state }) => state !== 'answered')
  const answers = new Map<AskedTool, number[]>()
  // What is new stands at the end: a long history is looked through only where a result is missing.
  for (let index = prompt.length - 1; index >= 0 && hasMore(open, answers, prompt[index + 1]); index--) {
    const block = prompt[index]
    const tool = block && toolAnsweredBy(block, open, answers)
    if (tool) answers.set(tool, [index, ...(answers.get(tool) ?? [])])
  }
  return answers
}

/** Whether a tool still lacks its result, or the result may begin before this block. */
function hasMore(
  open: readonly AskedTool[],
  answers: ReadonlyMap<AskedTool, unknown>,
  after: Pick<Block, 'kind'> | undefined,
): boolean {
  return answers.size < open.length || (open.length > 0 && isResult(after))
}

function isResult(block: Pick<Block, 'kind'> | undefined): boolean {
  return block !== undefined && ['tool_result', 'retrieval', 'media'].includes(block.kind)
}

/** By id, else, where there are none, the last tool of that name that has no result yet: results stand in the order of the calls. */
function toolAnsweredBy(
  block: Block | HashedBlock,
  open: readonly AskedTool[],
  answers: ReadonlyMap<AskedTool, unknown>,
): AskedTool | undefined {
  const { kind, toolCallId, name } = block
  if (!isResult(block)) return undefined
  if (toolCallId !== undefined) return open.find(({ callId }) => callId === toolCallId)
  if (kind !== 'tool_result') return undefined
  const waiting = open.filter((tool) => tool.callId === undefined && !answers.has(tool))
  return waiting.findLast((tool) => tool.name === name) ?? (name === undefined ? waiting.at(-1) : undefined)
}

/** The tools of one run that may still be running, or ran a moment ago. */
export class Tools {
  #latest: AskedTool[] = []

  add(tools: readonly AskedTool[]): void {
    this.#latest.push(...tools)
    if (this.#latest.length > 2 * REMEMBERED_TOOLS) this.#latest = this.#latest.slice(-REMEMBERED_TOOLS)
  }

  /** Those that have no result at that moment, the latest first. */
  openAt(moment: number): AskedTool[] {
    return this.#latest
      .filter(
        ({ state, openedAt, answeredAt }) =>
          state !== 'dropped' && openedAt <= moment && answeredAt >= moment,
      )
      .reverse()
  }

  /** Tools of an agent that nobody declared yet, the earliest first. */
  undeclaredOf(agentId: string): AskedTool[] {
    return this.#latest.filter(
      ({ agent, isDeclared, state }) => agent?.id === agentId && !isDeclared && state !== 'dropped',
    )
  }
}
