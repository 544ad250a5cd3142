// Reads what a request brings along, before it goes up, by the functions that read it afterwards. Knows no threads.

import { hash } from 'node:crypto'
import type { ContentPiece } from './budgets/gate/content'
import type { Block } from './model/call'
import type { HttpExchange } from './model/exchange'
import { present } from './model/present'
import { readExchange } from './providers'
import { tokenizerFactor } from './tokens/segments'
import { retrievalOf } from './trace/tool-spans'
import type { JsonMemory } from './wire/json-memory'

/** A request that waits for a decision. */
export interface GateQuestion {
  readonly provider: string
  readonly method: string
  readonly path: string
  /** In lower case; credentials are left out. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly model: string
  /** False where only tool calls are asked for. */
  readonly countsTokens: boolean
  /** Names of tools whose results are retrieved text, as the configuration says. */
  readonly retrievalTools: readonly string[]
}

/** A piece with the tool call whose result it is, as far as the request names it. */
export interface ReadPiece extends ContentPiece {
  readonly tool?: string
  readonly callId?: string
}

export interface GateAnswer {
  /** Tool calls that the model asked for since its last answer without any and that have a result in this request. */
  readonly toolCalls: number
  /** In the order of the prompt; the same key is the same piece. */
  readonly pieces: readonly ReadPiece[]
  /** Id of the response or conversation that the provider holds and that this request goes on from. */
  readonly continues?: string
  /** The request brings results of tools that a held answer asked for, and no answer since: what was held counts on. */
  readonly answersHeld: boolean
}

/** Throws nothing that a request could cause. */
export function readContent(
  question: GateQuestion,
  count: (text: string) => number,
  bodies?: JsonMemory,
): GateAnswer {
  const { prompt, previousResponseId, conversationId } = readExchange(exchangeOf(question), bodies)
  const continues = previousResponseId ?? conversationId
  const results = resultsIn(prompt)
  const turns = turnsOf(prompt, results)
  return {
    toolCalls: toolCallsIn(turns),
    pieces: question.countsTokens ? piecesOf(prompt, results, question, count) : [],
    ...(continues === undefined ? {} : { continues }),
    answersHeld: turns.length === 1 && turns[0]?.by === 'program' && turns[0].results > 0,
  }
}

/** As it will be recorded, but for the answer, which nobody knows yet. */
function exchangeOf({ provider, method, path, headers, body }: GateQuestion): HttpExchange {
  return {
    ...{ id: '', runId: '', provider, method, url: `https://upstream.invalid${path}` },
    ...{ requestHeaders: headers, requestBody: body, responseHeaders: {}, responseBody: NOTHING },
    ...{ status: 200, startTime: 0, durationMs: 0, end: 'complete', copyTruncated: false, attribution: {} },
  }
}

const NOTHING = new Uint8Array()

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
  question: GateQuestion,
  count: (text: string) => number,
): ReadPiece[] {
  const factor = tokenizerFactor(question.model)
  const bases = new Map<Result, ContentPiece['retrieval']>()
  const seen = new Map<string, number>()
  return prompt.flatMap((block) => {
    const result = results.get(block)
    if ((!result && block.kind !== 'retrieval') || block.kind === 'media') return []
    if (result && !bases.has(result)) bases.set(result, retrievalBasis(result, question))
    const retrieval = result ? bases.get(result) : 'declared'
    return [
      present({
        key: keyOf(block, seen),
        tokens: Math.round(count(block.content.replace(ENCODED, '')) * factor),
        isToolResult: result !== undefined,
        retrieval,
        tool: result?.name,
        callId: result?.callId,
      }),
    ]
  })
}

/** Files in base64: nobody knows their tokens before the provider has read them. */
const ENCODED = /[A-Za-z0-9+/=_-]{1000,}/g

function retrievalBasis({ name, blocks }: Result, question: GateQuestion): ContentPiece['retrieval'] {
  const basis = retrievalOf(name, blocks, question.retrievalTools)
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
