// Reads requests before they go up, in a thread of its own: what limits on tool calls and retrieved text are held against, how long a prompt is, who calls.

import { type ContentPiece, type ContentReading, NO_CONTENT, sumsOf } from '../budgets/gate/content'
import { isCredentialHeader } from '../capture/credential-names'
import type { GatedCall } from '../model/call-gate'
import type { Attribution } from '../model/exchange'
import { RecentMap } from '../model/recent-map'
import type { GateRequest, PromptCount } from './asking'
import { mayBringResults } from './markers'
import type { ReadPiece } from './reading'
import { GateThreadHost, type GateThreadHostOptions } from './thread-host'

/** What a limit needs of a request. */
export interface ReadingNeeds {
  /** False where only a limit on tool calls holds. */
  readonly tokens?: boolean
  /** Tokens that a request may bring without exceeding anything: smaller ones need not be counted. */
  readonly room?: number
}

/** A held answer that was given a moment ago is not yet known to be whose it is. */
const HELD_MS = 1_000
const MOST_RUNS = 200
const MOST_NAMES = 1_000
const MOST_RESPONSES = 20_000
/** Of the tokenizers there are, the one that makes most tokens of a text makes less than this many of each of its bytes. */
const MOST_TOKENS_PER_BYTE = 1.5

interface Declared {
  readonly names: Set<string>
  readonly calls: Set<string>
}

/** Starts its thread with the first request that has to be read. Rejects never: what cannot be read in time is `undefined`, and the call passes. */
export class GateReader {
  readonly #thread: GateThreadHost
  readonly #declared = new RecentMap<string, Declared>(MOST_RUNS)
  /** Tool calls since the last answer without any, by the call whose request brought their results. */
  readonly #toolCalls = new RecentMap<string, number>(MOST_RESPONSES)
  /** The same by the id of the response that was given then, or of the conversation. */
  readonly #held = new RecentMap<string, number>(MOST_RESPONSES)
  readonly #waiting = new Map<string, (() => void)[]>()
  /** How many calls of a run were read and have answers that are not known yet. */
  readonly #unanswered = new RecentMap<string, number>(MOST_RUNS)

  constructor(options: GateThreadHostOptions) {
    this.#thread = new GateThreadHost(options)
  }

  /** Loads what the first request would have to wait for. */
  prepare(): void {
    const body = Buffer.from('{"messages":[]}')
    const where = { provider: 'openai', method: 'POST', path: '/v1/chat/completions' }
    void this.#thread.ask({ ask: 'tokens' }, { ...where, headers: {}, body, model: '', attribution: {} })
  }

  /** What the request brings along; `undefined` where nobody can say. */
  async readGated(call: GatedCall, needs: ReadingNeeds = {}): Promise<ContentReading | undefined> {
    const { tokens = true, room = 0 } = needs
    if (!mayBringResults(call)) return NO_CONTENT
    const countsTokens = tokens && call.body.length * MOST_TOKENS_PER_BYTE > room
    const answer = await this.#thread.ask({ ask: 'content', countsTokens }, requestOf(call))
    if (answer?.to !== 'content') return undefined
    const { continues, answersHeld } = answer
    const held = continues !== undefined && answersHeld ? await this.#heldBy(call.runId, continues) : 0
    const toolCalls = answer.toolCalls + held
    this.#toolCalls.set(call.id, toolCalls)
    this.#unanswered.set(call.runId, (this.#unanswered.get(call.runId) ?? 0) + 1)
    const pieces = answer.pieces.map((piece) => this.#withDeclared(call.runId, piece))
    return { toolCalls, pieces, ...sumsOf(pieces) }
  }

  /** How long the whole prompt is at most; `undefined` where nobody can say. */
  async countPrompt(call: GatedCall): Promise<PromptCount | undefined> {
    const answer = await this.#thread.ask({ ask: 'tokens' }, requestOf(call))
    return answer?.to === 'tokens' ? (answer.count ?? undefined) : undefined
  }

  /** What headers, rules of `config.jsonc` and the body say together of who calls. */
  async labelsOf(call: GatedCall): Promise<Attribution | undefined> {
    const answer = await this.#thread.ask({ ask: 'labels' }, requestOf(call))
    return answer?.to === 'labels' ? answer.labels : undefined
  }

  /** Ids by which later requests go on from the answer of a call; to be told of every call that was read here. */
  answered(callId: string, runId: string, responseIds: readonly string[]): void {
    const toolCalls = this.#toolCalls.get(callId) ?? 0
    if (this.#toolCalls.has(callId)) this.#unanswered.set(runId, (this.#unanswered.get(runId) ?? 1) - 1)
    this.#toolCalls.delete(callId)
    for (const id of responseIds) {
      const key = `${runId} ${id}`
      this.#held.set(key, toolCalls)
      for (const resolve of this.#waiting.get(key) ?? []) resolve()
    }
  }

  /** Retrieval that the program declared: results of these tool calls, and of tools of this name, are retrieved text. */
  declared(runId: string, name: string, toolCallId: string | undefined): void {
    const known = this.#declared.get(runId) ?? { names: new Set(), calls: new Set() }
    this.#declared.set(runId, known)
    addRecent(known.names, name)
    if (toolCallId !== undefined) addRecent(known.calls, toolCallId)
  }

  async close(): Promise<void> {
    for (const resolve of [...this.#waiting.values()].flat()) resolve()
    await this.#thread.close()
  }

  /** What the program has declared by the time the request is read: that comes beside the request, not before it. */
  #withDeclared(runId: string, { tool, callId, ...piece }: ReadPiece): ContentPiece {
    const known = this.#declared.get(runId)
    const isDeclared = known?.calls.has(callId ?? '') || known?.names.has(tool ?? '')
    return isDeclared ? { ...piece, retrieval: 'declared' } : piece
  }

  /** Tool calls that a held history counts since its last answer without any; 0 where nobody knows it. */
  async #heldBy(runId: string, id: string): Promise<number> {
    const key = `${runId} ${id}`
    if (!this.#held.has(key) && (this.#unanswered.get(runId) ?? 0) > 0) await this.#answeredSoon(key)
    return this.#held.get(key) ?? 0
  }

  #answeredSoon(key: string): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(late)
        this.#waiting.delete(key)
        resolve()
      }
      const late = setTimeout(done, HELD_MS)
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), done])
    })
  }
}

function requestOf({ provider, method, path, headers, body, model, attribution }: GatedCall): GateRequest {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || isCredentialHeader(name) ? [] : [[name, String(value)] as const],
  )
  return { provider, method, path, body, model, attribution, headers: Object.fromEntries(kept) }
}

function addRecent(set: Set<string>, value: string): void {
  set.delete(value)
  set.add(value)
  const [oldest] = set
  if (set.size > MOST_NAMES && oldest !== undefined) set.delete(oldest)
}
