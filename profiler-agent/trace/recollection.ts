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

  /** The latest call whose reply is still in the prompt, as its text or by the id of a tool call. */
  find(prompt: readonly HashedBlock[], accepts: (call: Call) => boolean): Call | undefined {
    for (let index = prompt.length - 1; index >= 0; index--) {
      const found = this.#saidBy(prompt[index], accepts)
      if (found) return found
    }
    return undefined
  }

  /** The call whose reply is the last one in the prompt. */
  latest(prompt: readonly HashedBlock[], accepts: (call: Call) => boolean): Call | undefined {
    return this.#saidBy(
      prompt.findLast((block) => marksOf(block).length > 0),
      accepts,
    )
  }

  #saidBy(block: HashedBlock | undefined, accepts: (call: Call) => boolean): Call | undefined {
    const [mark] = block ? marksOf(block) : []
    return mark === undefined ? undefined : this.#byMark.get(mark)?.findLast(accepts)
  }
}

function marksOf({ kind, hash, toolCallId }: HashedBlock): string[] {
  if (kind === 'tool_call' || kind === 'tool_result')
    return toolCallId === undefined ? [] : [`#${toolCallId}`]
  return kind === 'output' || kind === 'assistant' ? [hash] : []
}
