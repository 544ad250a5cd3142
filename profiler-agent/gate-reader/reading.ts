// Reads what a request brings along, before it goes up, by the functions that read it afterwards. Knows no threads.

import { hash } from 'node:crypto'
import type { ContentPiece } from '../budgets/gate/content'
import type { Block, ExchangeReading } from '../model/call'
import { present } from '../model/present'
import { ENCODED_FILE, tokenizerFactor } from '../tokens/segments'
import { retrievalOf } from '../trace/tool-spans'
import type { ContentAnswer } from './asking'

/** A piece with the tool call whose result it is, as far as the request names it. */
export interface ReadPiece extends ContentPiece {
  readonly tool?: string
  readonly callId?: string
}

export interface ReadingOptions {
  /** False where only tool calls are asked for. */
  readonly countsTokens: boolean
  /** Names of tools whose results are retrieved text, as the configuration says. */
  readonly retrievalTools: readonly string[]
  /** Of the model that is asked. */
  readonly model: string
  readonly count: (text: string) => number
}

export function contentIn(
  { prompt, previousResponseId, conversationId }: ExchangeReading,
  options: ReadingOptions,
): ContentAnswer {
  const continues = previousResponseId ?? conversationId
  const results = resultsIn(prompt)
  const turns = turnsOf(prompt, results)
  return {
    to: 'content',
    toolCalls: toolCallsIn(turns),
    pieces: options.countsTokens ? piecesOf(prompt, results, options) : [],
    ...(continues === undefined ? {} : { continues }),
    answersHeld: turns.length === 1 && turns[0]?.by === 'program' && turns[0].results > 0,
  }
}

/** The result of one tool call, in one block or several. */
interface Result {
  readonly name: string
  readonly callId: string | undefined
  readonly blocks: Block[]
}

/** Results that the program brings, by their blocks; tools that ran at the provider's side stand in its own message. */
function resultsIn(prompt: readonly Block[]): Map<Block, Result> {
  const answers = new Set(prompt.filter(({ kind }) => kind === 'tool_call').map(messageOf))
  const found = new Map<Block, Result>()
  let latest: Result | undefined
  for (const block of prompt) {
    const { kind, name = '', toolCallId: callId } = block
    const isResult = kind === 'tool_result' || (callId !== undefined && isIn(kind, 'retrieval', 'media'))
    if (!isResult || answers.has(messageOf(block))) latest = undefined
    else {
      const isSame = latest !== undefined && callId !== undefined && latest.callId === callId
      latest = isSame && latest ? latest : { name, callId, blocks: [] }
      latest.blocks.push(block)
      found.set(block, latest)
    }
  }
  return found
}

/** `messages[3]` of `messages[3].content[1]`. */
function messageOf({ path }: Block): string {
  return /^[^[]*\[\d+\]/.exec(path)?.[0] ?? path
}

/** What one side says before the other one speaks again. */
interface Turn {
  readonly by: 'model' | 'program'
  results: number
}

function turnsOf(prompt: readonly Block[], results: ReadonlyMap<Block, Result>): Turn[] {
  const turns: Turn[] = []
  let latest: Result | undefined
  for (const block of prompt) {
    const result = results.get(block)
    const by = result ? 'program' : speakerOf(block)
    if (by === undefined) continue
    let turn = turns.at(-1)
    if (turn?.by !== by) {
      turn = { by, results: 0 }
      turns.push(turn)
    }
    if (result && result !== latest) turn.results++
    latest = result
  }
  return turns
}

function speakerOf({ kind }: Block): Turn['by'] | undefined {
  if (kind === 'user') return 'program'
  // Of whom a picture or a document is does not matter here.
  return isIn(kind, 'assistant', 'tool_call', 'tool_result', 'reasoning') ? 'model' : undefined
}

/** Results since the last answer that no result follows: that one asked for no tool, or nobody ran it. */
function toolCallsIn(turns: readonly Turn[]): number {
  let calls = 0
  for (const [index, turn] of turns.entries()) {
    const next = turns[index + 1]
    if (turn.by === 'program') calls += turn.results
    else if (next && next.results === 0) calls = 0
  }
  return calls
}

function piecesOf(
  prompt: readonly Block[],
  results: ReadonlyMap<Block, Result>,
  { retrievalTools, model, count }: ReadingOptions,
): ReadPiece[] {
  const factor = tokenizerFactor(model)
  const bases = new Map<Result, ContentPiece['retrieval']>()
  const seen = new Map<string, number>()
  return prompt.flatMap((block) => {
    const result = results.get(block)
    if ((!result && block.kind !== 'retrieval') || block.kind === 'media') return []
    if (result && !bases.has(result)) bases.set(result, retrievalBasis(result, retrievalTools))
    const retrieval = result ? bases.get(result) : 'declared'
    return [
      present({
        key: keyOf(block, seen),
        tokens: Math.round(count(block.content.replace(ENCODED_FILE, '')) * factor),
        isToolResult: result !== undefined,
        retrieval,
        tool: result?.name,
        callId: result?.callId,
      }),
    ]
  })
}

function retrievalBasis(
  { name, blocks }: Result,
  retrievalTools: readonly string[],
): ContentPiece['retrieval'] {
  const basis = retrievalOf(name, blocks, retrievalTools)
  if (basis === undefined) return undefined
  return basis === 'guessed' ? 'guessed' : 'declared'
}

/** The same for the same content where it is sent again; what is fetched anew by another tool call is another piece. */
function keyOf({ content, toolCallId }: Block, seen: Map<string, number>): string {
  const text = `${toolCallId ?? ''}\n${content}`
  const times = seen.get(text) ?? 0
  seen.set(text, times + 1)
  return hash('sha256', `${times}\n${text}`)
}

function isIn(kind: Block['kind'], ...kinds: readonly Block['kind'][]): boolean {
  return kinds.includes(kind)
}
