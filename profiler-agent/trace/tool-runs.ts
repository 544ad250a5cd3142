// Has tools begin, hold what they started, and end with their results: the tool spans of a run as its calls come in.

import type { Block } from '../model/call'
import type { DeclaredSpan } from '../model/record'
import type { CallFacts } from './call-facts'
import type { Found, Newcomers } from './newcomers'
import { wordsOf } from './texts'
import { CLOCK_TOLERANCE_MS } from './times'
import { outcomeAttributes, retrievalOf, TOOL_CALL_ID, toolSpan } from './tool-spans'
import { type AskedTool, answersIn, type Tools } from './tools'
import type { TracedCall } from './traced-call'
import type { Tree } from './tree'

/** A tool that so many later calls brought no result of gets none. */
const PATIENCE = 3

export class ToolRuns {
  constructor(
    readonly tree: Tree,
    readonly tools: Tools,
    readonly newcomers: Newcomers,
    readonly retrievalTools: () => readonly string[],
  ) {}

  /** Tools of an earlier call whose results stand in this prompt, with the blocks of each. */
  answered(base: TracedCall, prompt: readonly Block[]): Map<AskedTool, Block[]> {
    const indexes = answersIn(base.tools, prompt)
    const tools = base.tools.filter((tool) => indexes.has(tool))
    return new Map(
      tools.map((tool) => [tool, (indexes.get(tool) ?? []).flatMap((index) => prompt[index] ?? [])]),
    )
  }

  /** Tools end when the call that brings their results begins. */
  end(
    answered: ReadonlyMap<AskedTool, readonly Block[]>,
    facts: CallFacts,
    tokens: number | undefined,
  ): void {
    const characters = [...answered.values()].flat().reduce((sum, { content }) => sum + content.length, 0)
    for (const [tool, blocks] of answered) {
      tool.state = 'answered'
      tool.answeredAt = Math.max(tool.openedAt, facts.startedAt)
      const own = blocks.reduce((sum, { content }) => sum + content.length, 0)
      const share =
        tokens === undefined || characters === 0 ? undefined : Math.round((tokens * own) / characters)
      this.#show(tool, { blocks, tokens: share })
    }
  }

  /** Who began and ended while these tools ran comes to hang under them. */
  fill(answered: ReadonlyMap<AskedTool, readonly Block[]>, until: number): Found[] {
    const results = new Map(
      [...answered].map(([tool, blocks]) => [tool, blocks.map(({ content }) => wordsOf(content))] as const),
    )
    return this.newcomers.within(results, until)
  }

  /** Shows a tool that still runs, so that something can hang under it. */
  begin(tool: AskedTool): void {
    tool.held++
    if (!this.tree.has(tool.spanId)) this.#show(tool, undefined)
  }

  /** Those without a result that may still get one from a later call of the same conversation. */
  leftOver(tools: readonly AskedTool[]): AskedTool[] {
    const left = tools.filter(({ state }) => state === 'open')
    for (const tool of left) {
      tool.waited++
      if (tool.waited >= PATIENCE) tool.state = 'dropped'
    }
    return left.filter(({ state }) => state === 'open')
  }

  /** The tool call of the agent that a declared tool carries out becomes one span with it, the declared one. */
  join(declared: DeclaredSpan, agentId: string): void {
    const callId = declared.attributes?.[TOOL_CALL_ID] ?? declared.attributes?.toolCallId
    const isThen = ({ name, openedAt, answeredAt }: AskedTool) =>
      name.toLowerCase() === declared.name.toLowerCase() &&
      openedAt <= declared.startedAt + CLOCK_TOLERANCE_MS &&
      answeredAt >= declared.startedAt - CLOCK_TOLERANCE_MS
    // Where the provider gives no ids, the program's own says nothing.
    const isIt = (tool: AskedTool) =>
      callId === undefined || tool.callId === undefined ? isThen(tool) : tool.callId === callId
    const tool = this.tools.undeclaredOf(agentId).find(isIt)
    if (!tool) return
    const shown = this.tree.get(tool.spanId)
    tool.spanId = declared.id
    tool.isDeclared = true
    if (!shown) return
    for (const child of this.tree.childrenOf(shown.id))
      this.tree.move(child, declared.id, this.tree.get(child)?.parentBasis ?? 'traffic')
    const { attributes } = this.tree.get(declared.id) ?? shown
    this.tree.describe(declared.id, { attributes: { ...shown.attributes, ...attributes } })
    this.tree.remove(shown.id)
  }

  #show(
    tool: AskedTool,
    outcome: { readonly blocks: readonly Block[]; readonly tokens: number | undefined } | undefined,
  ) {
    const shown = this.tree.get(tool.spanId)
    if (tool.isDeclared) {
      const retrieval = outcome && retrievalOf(tool.name, outcome.blocks, this.retrievalTools())
      const attributes = {
        ...outcomeAttributes(tool, shown?.kind === 'retrieval' ? 'declared' : retrieval, outcome),
        ...shown?.attributes,
      }
      this.tree.describe(tool.spanId, { attributes })
      return
    }
    const beside = this.tree.get(tool.parentId)
    if (!beside) return
    const endedAt = outcome ? tool.answeredAt : (shown?.endedAt ?? tool.openedAt)
    this.tree.put(toolSpan(tool, beside, endedAt, this.retrievalTools(), outcome))
  }
}
