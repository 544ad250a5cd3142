// Finds the call that a prompt goes on from where its history was cut, summed up or edited: by what of it is still there. Knows no agents.

import { RecentMap } from '../model/recent-map'
import type { HashedBlock } from '../model/record'
import type { LineageCall } from './lineage'

const REMEMBERED_MARKS = 50_000
/** Many calls may bear one mark: local models number their tool calls from 0 in each conversation. */
const MOST_ALIKE = 8

export class Recollection<Call extends LineageCall> {
  readonly #byMark = new RecentMap<string, readonly Call[]>(REMEMBERED_MARKS)

  add(call: Call): void {
    for (const mark of new Set(call.reply.flatMap(marksOf)))
      this.#byMark.set(mark, [...(this.#byMark.get(mark) ?? []), call].slice(-MOST_ALIKE))
  }

  /** The latest call whose reply is still in the prompt, as its text or by its tool call. */
  find(prompt: readonly HashedBlock[], accepts: (call: Call) => boolean): Call | undefined {
    for (let index = prompt.length - 1; index >= 0; index--) {
      const found = this.#saidAt(prompt, index, accepts)
      if (found) return found
    }
    return undefined
  }

  /** The call whose reply is the last one in the prompt. */
  latest(prompt: readonly HashedBlock[], accepts: (call: Call) => boolean): Call | undefined {
    const index = prompt.findLastIndex((block) => marksOf(block).length > 0)
    return this.#saidAt(prompt, index, accepts)
  }

  #saidAt(prompt: readonly HashedBlock[], index: number, accepts: (call: Call) => boolean): Call | undefined {
    const block = prompt[index]
    const [mark] = block ? marksOf(block) : []
    if (mark === undefined) return undefined
    const asked = block?.kind === 'assistant' ? askedBefore(prompt, index) : undefined
    return this.#byMark
      .get(mark)
      ?.findLast((call) => accepts(call) && (asked === undefined || isAnswerTo(asked, call)))
  }
}

/** What an answer in a prompt stands behind; undefined where the beginning was cut off. */
function askedBefore(prompt: readonly HashedBlock[], index: number): HashedBlock | undefined {
  return prompt.slice(0, index).findLast(isAsked)
}

/** Examples in a prompt hold words that a model says often: `yes` is its own only where the question is, too. */
function isAnswerTo(asked: HashedBlock, { prompt }: LineageCall): boolean {
  return prompt.findLast(isAsked)?.hash === asked.hash
}

function isAsked({ kind }: HashedBlock): boolean {
  return kind === 'user' || kind === 'retrieval' || kind === 'tool_result' || kind === 'media'
}

/** Tool calls without ids are known by what they say. */
function marksOf({ kind, hash, toolCallId }: HashedBlock): string[] {
  if (kind === 'tool_result') return toolCallId === undefined ? [] : [`#${toolCallId}`]
  if (kind === 'tool_call') return [toolCallId === undefined ? hash : `#${toolCallId}`]
  return kind === 'output' || kind === 'assistant' ? [hash] : []
}
