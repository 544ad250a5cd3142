// Which earlier call does this one extend? Answered once per call from the hashes of its messages; knows no times, costs or names.

import { RecentMap } from '../model/recent-map'
import type { HashedBlock, PromptPart } from '../model/record'

/** What later calls need to know of an earlier one. */
export interface LineageCall {
  readonly spanId: string
  readonly prompt: readonly HashedBlock[]
  readonly reply: readonly HashedBlock[]
}

/** A call that another one goes on from: named by its response, with its reply in the new prompt, or by its messages alone. */
export interface Extension<Call> {
  readonly call: Call
  readonly how: 'named' | 'quoted' | 'messages'
}

/** What the conversation holds, in order: the system text and the tools may change from call to call without starting a new one. */
function messagesOf(prompt: readonly HashedBlock[]): readonly HashedBlock[] {
  return prompt.filter(isMessage)
}

/** Asked of many prompts: makes no list. */
function countMessages(prompt: readonly HashedBlock[]): number {
  let count = 0
  for (const block of prompt) if (isMessage(block)) count++
  return count
}

function isMessage({ kind }: HashedBlock): boolean {
  return kind !== 'system' && kind !== 'tool_def'
}

/** The messages of a prompt, each with the key of all messages up to it. */
interface MessageChain {
  readonly prompt: readonly HashedBlock[]
  readonly messages: readonly HashedBlock[]
  readonly keys: readonly string[]
}

const NO_MESSAGES: MessageChain = { prompt: [], messages: [], keys: [] }

/**
 * Calls of one run, found again by the messages that they sent.
 * A prefix is looked up by a chain of keys over message hashes, so one look-up costs the length of the new prompt, not of the
 * history; blocks that are the very objects of the prompt before keep its keys.
 */
export class Lineage<Call extends LineageCall> {
  readonly #byMessages = new RecentMap<string, readonly Call[]>(REMEMBERED_BLOCKS, blocksIn)
  readonly #byResponseId = new RecentMap<string, Call>(REMEMBERED_BLOCKS, (call) => blocksIn([call]))
  /** Calls in the middle of a conversation of which nothing before was seen, by each list of messages that may have come before. */
  readonly #waiting = new RecentMap<string, Call>(REMEMBERED_ORPHANS)
  #last = NO_MESSAGES

  /** Remembers a finished call for the ones that will extend it. */
  add(call: Call, responseIds: readonly string[]): void {
    const { messages, keys } = this.#chainOf(call.prompt)
    // Words put into the model's mouth come back as the beginning of its reply.
    for (const key of new Set([keys.at(-1), keys[lengthAsked(messages) - 1]]))
      if (key !== undefined)
        this.#byMessages.set(key, [...(this.#byMessages.get(key) ?? []), call].slice(-MOST_ALIKE))
    for (const id of responseIds) this.#byResponseId.set(id, call)
  }

  /**
   * The call that this prompt continues: the one it names by response id, else the one with the longest list of messages
   * that all stand at the start of this prompt with something after them. Among equals, the one whose reply is quoted wins,
   * then the one that is likeliest, then the latest.
   */
  extendedBy(
    prompt: readonly HashedBlock[],
    previousResponseId?: string,
    likelihood: (call: Call) => number = () => 0,
  ): Extension<Call> | undefined {
    const named = previousResponseId === undefined ? undefined : this.#byResponseId.get(previousResponseId)
    if (named) return { call: named, how: 'named' }
    const { messages, keys } = this.#chainOf(prompt)
    for (let length = keys.length - 1; length > 0; length--) {
      const candidates = this.#byMessages.get(keys[length - 1] ?? '')
      if (!candidates) continue
      const added = messages.slice(length)
      const quoted = candidates.filter((call) => quotesReply(added, call))
      const from = quoted.length > 0 ? quoted : candidates
      const call = likeliest(from, likelihood)
      if (call) return { call, how: quoted.length > 0 ? 'quoted' : 'messages' }
    }
    return undefined
  }

  /** Remembers that a call goes on from one that was not seen yet: records come in by the end of their calls. */
  wait(call: Call): void {
    const { messages, keys } = this.#chainOf(call.prompt)
    for (const [index, block] of messages.entries())
      if (index > 0 && isAnswer(block) && !isAnswer(messages[index - 1]))
        this.#waiting.set(keys[index - 1] ?? '', call)
  }

  /** The call that was waiting for this one: its prompt goes on with this one's reply. */
  waitingFor(call: LineageCall): Call | undefined {
    const { messages, keys } = this.#chainOf(call.prompt)
    const waiting = this.#waiting.get(keys.at(-1) ?? '')
    return waiting && quotesReply(messagesOf(waiting.prompt).slice(messages.length), call)
      ? waiting
      : undefined
  }

  /** Calls that sent the very same messages, whatever their model, oldest first. */
  sameAs(prompt: readonly HashedBlock[]): readonly Call[] {
    const { messages, keys } = this.#chainOf(prompt)
    const alike = this.#byMessages.get(keys.at(-1) ?? '') ?? []
    return alike.filter((call) => countMessages(call.prompt) === messages.length)
  }

  #chainOf(prompt: readonly HashedBlock[]): MessageChain {
    if (this.#last.prompt !== prompt) this.#last = chainOf(prompt, this.#last)
    return this.#last
  }
}

const REMEMBERED_ORPHANS = 5_000

/** How many messages there are before those of the model at the end. */
function lengthAsked(messages: readonly HashedBlock[]): number {
  return messages.findLastIndex(({ kind }) => kind !== 'assistant') + 1
}

/** The likeliest, the latest of several. */
function likeliest<Call>(calls: readonly Call[], likelihood: (call: Call) => number): Call | undefined {
  const most = Math.max(...calls.map(likelihood))
  return calls.findLast((call) => likelihood(call) === most)
}

function isAnswer(block: HashedBlock | undefined): boolean {
  return (
    block !== undefined &&
    (block.kind === 'assistant' || block.kind === 'tool_call' || block.kind === 'reasoning')
  )
}

/** Beyond so many blocks of prompts, the calls that nobody asked for longest are forgotten. */
const REMEMBERED_BLOCKS = 500_000
/** What a call weighs besides its prompt, in blocks. */
const BLOCKS_PER_CALL = 50

function blocksIn(calls: readonly LineageCall[]): number {
  return calls.reduce((sum, { prompt }) => sum + prompt.length + BLOCKS_PER_CALL, 0)
}

/** Many calls may ask the very same; of so many the latest are remembered. */
const MOST_ALIKE = 64

function chainOf(prompt: readonly HashedBlock[], before: MessageChain): MessageChain {
  const messages = messagesOf(prompt)
  let unchanged = 0
  while (unchanged < messages.length && messages[unchanged] === before.messages[unchanged]) unchanged++
  const keys = before.keys.slice(0, unchanged)
  let key = keys.at(-1) ?? ''
  for (const block of messages.slice(unchanged)) {
    key = rollingKey(key, block.hash)
    keys.push(key)
  }
  return { prompt, messages, keys }
}

/** Two 32-bit FNV-style sums: a key of constant length, so that a thousand prefixes of a thousand messages stay small. */
function rollingKey(key: string, hash: string): string {
  let first = 0x811c9dc5
  let second = 0x01000193
  const text = `${key}/${hash}`
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    first = Math.imul(first ^ code, 0x01000193)
    second = Math.imul(second + code, 0x85ebca6b) ^ (second >>> 13)
  }
  return `${(first >>> 0).toString(36)}.${(second >>> 0).toString(36)}`
}

function quotesReply(added: readonly HashedBlock[], call: LineageCall): boolean {
  const replied = new Set(call.reply.flatMap((block) => [block.hash, block.toolCallId ?? block.hash]))
  return added.some(
    (block) => replied.has(block.hash) || (block.toolCallId !== undefined && replied.has(block.toolCallId)),
  )
}

/**
 * A prompt written as ranges copied from a base prompt and blocks of its own; what is equal in everything is copied. Blocks are
 * looked for where they stood before first, so that an unchanged beginning costs a comparison a block.
 */
export function promptParts(prompt: readonly HashedBlock[], base: readonly HashedBlock[]): PromptPart[] {
  const parts: PromptPart[] = []
  let copying: { start: number; count: number } | undefined
  let elsewhere: ReadonlyMap<string, number> | undefined
  const indexOf = (block: HashedBlock, expected: number): number | undefined => {
    const there = base[expected]
    // Behind the end of the base stands what is new.
    if (!there) return undefined
    if (isSame(block, there)) return expected
    elsewhere ??= new Map(base.map(({ hash }, index) => [hash, index]))
    const index = elsewhere.get(block.hash)
    const other = index === undefined ? undefined : base[index]
    return other && isSame(block, other) ? index : undefined
  }
  const endCopy = () => {
    if (copying) parts.push([copying.start, copying.count])
    copying = undefined
  }
  for (const [position, block] of prompt.entries()) {
    const next = copying ? copying.start + copying.count : position
    const index = indexOf(block, next)
    if (index !== undefined && copying && index === next) copying.count++
    else {
      endCopy()
      if (index === undefined) parts.push(block)
      else copying = { start: index, count: 1 }
    }
  }
  endCopy()
  return parts
}

/** Whether two blocks are equal in everything: cache marks wander from call to call over blocks that stay the same. */
export function isSame(left: HashedBlock, right: HashedBlock): boolean {
  return (
    left === right ||
    (left.hash === right.hash &&
      left.path === right.path &&
      left.kind === right.kind &&
      left.name === right.name &&
      left.toolCallId === right.toolCallId &&
      left.mark === right.mark)
  )
}
