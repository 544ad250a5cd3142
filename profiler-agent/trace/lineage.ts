// Which earlier call does this one extend? Answered once per call from the hashes of its messages; knows no times, costs or names.

import type { HashedBlock, PromptPart } from '../model/record'

/** What later calls need to know of an earlier one. */
export interface LineageCall {
  readonly spanId: string
  readonly prompt: readonly HashedBlock[]
  readonly reply: readonly HashedBlock[]
}

/** What the conversation holds, in order: the system text and the tools may change from call to call without starting a new one. */
function messagesOf(prompt: readonly HashedBlock[]): readonly HashedBlock[] {
  return prompt.filter((block) => block.kind !== 'system' && block.kind !== 'tool_def')
}

/**
 * Calls of one run, found again by the messages that they sent.
 * A prefix is looked up by a rolling key over message hashes, so one look-up costs the length of the new prompt, not of the history.
 */
export class Lineage<Call extends LineageCall> {
  readonly #byMessages = new Map<string, Call[]>()
  readonly #byResponseId = new Map<string, Call>()

  /** Remembers a finished call for the ones that will extend it. */
  add(call: Call, responseIds: readonly string[]): void {
    const key = keysOf(messagesOf(call.prompt)).at(-1)
    if (key !== undefined) this.#byMessages.set(key, [...(this.#byMessages.get(key) ?? []), call])
    for (const id of responseIds) this.#byResponseId.set(id, call)
  }

  /**
   * The call that this prompt continues: the one it names by response id, else the one with the longest list of messages
   * that all stand at the start of this prompt with something after them. Among equals, the one whose reply is quoted wins,
   * then the latest.
   */
  extendedBy(prompt: readonly HashedBlock[], previousResponseId?: string): Call | undefined {
    const named = previousResponseId === undefined ? undefined : this.#byResponseId.get(previousResponseId)
    if (named) return named
    const messages = messagesOf(prompt)
    const keys = keysOf(messages)
    for (let length = keys.length - 1; length > 0; length--) {
      const candidates = this.#byMessages.get(keys[length - 1] ?? '')
      if (candidates)
        return candidates.findLast((call) => quotesReply(messages.slice(length), call)) ?? candidates.at(-1)
    }
    return undefined
  }
}

function keysOf(messages: readonly HashedBlock[]): string[] {
  let key = ''
  return messages.map((block) => {
    key = rollingKey(key, block.hash)
    return key
  })
}

/** Two 32-bit FNV-style sums: a key of constant length, so that a thousand prefixes of a thousand messages stay small. */
function rollingKey(key: string, hash: string): string {
  let first = 0x811c9dc5
  let second = 0x01000193
  for (const character of `${key}/${hash}`) {
    const code = character.charCodeAt(0)
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

/** A prompt written as ranges copied from a base prompt and blocks of its own; what is equal in everything is copied. */
export function promptParts(prompt: readonly HashedBlock[], base: readonly HashedBlock[]): PromptPart[] {
  const parts: PromptPart[] = []
  const indexOf = new Map(base.map((block, index) => [identityOf(block), index]))
  let copying: { start: number; count: number } | undefined
  const endCopy = () => {
    if (copying) parts.push([copying.start, copying.count])
    copying = undefined
  }
  for (const block of prompt) {
    const index = indexOf.get(identityOf(block))
    if (index !== undefined && copying && index === copying.start + copying.count) copying.count++
    else if (index !== undefined) {
      endCopy()
      copying = { start: index, count: 1 }
    } else {
      endCopy()
      parts.push(block)
    }
  }
  endCopy()
  return parts
}

/** Cache marks wander from call to call over blocks that stay the same. */
function identityOf({ path, hash, kind, name, toolCallId, mark }: HashedBlock): string {
  return JSON.stringify([path, hash, kind, name, toolCallId, mark])
}
