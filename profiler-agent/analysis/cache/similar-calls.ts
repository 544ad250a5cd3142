// Earlier calls that a call may be another edition of: by the name that the program gives it, by its place in the program, by its conversation. Pure.

import { insertByStart, latestBefore } from './calls-by-start'
import type { Divergence } from './divergence'
import { partsOf } from './prompt-parts'
import { hasOtherKey, labelOf, type SentCall, settingChange, stackOf, standingOf } from './sent-call'

/** Latest calls that are looked at in each of the ways. */
const MOST_OF_A_KIND = 2
const MOST_LOOKED_AT = 12

/** The calls of one provider and model, findable by what they have in common. */
export class SimilarCalls {
  readonly #lists = new Map<string, SentCall[]>()

  add(sent: SentCall): void {
    for (const key of keysOf(sent)) {
      const list = this.#lists.get(key)
      if (list) insertByStart(list, sent)
      else this.#lists.set(key, [sent])
    }
  }

  /** Those whose cache the call could have read, had its prompt been theirs; the likeliest first. */
  before(sent: SentCall): SentCall[] {
    const found = new Set<SentCall>()
    for (const key of keysOf(sent)) {
      let taken = 0
      let looked = 0
      for (const earlier of latestBefore(this.#lists.get(key) ?? [], sent)) {
        if (++looked > MOST_LOOKED_AT || taken === MOST_OF_A_KIND) break
        if (!couldServe(earlier, sent)) continue
        found.add(earlier)
        taken++
      }
    }
    return [...found]
  }
}

function couldServe(earlier: SentCall, sent: SentCall): boolean {
  const change = settingChange(earlier, sent)
  return standingOf(earlier, sent) === 'ready' && change?.from !== 'tools' && !hasOtherKey(earlier, sent)
}

function keysOf(sent: SentCall): string[] {
  const { model, prompt } = sent.call
  const [first] = prompt.blocks
  const message = prompt.blocks[partsOf(prompt).messagesAt]
  const label = labelOf(sent)
  const stack = stackOf(sent)
  return [
    ...(message ? [`message\n${message.hash}`] : []),
    ...(label === undefined ? [] : [`label\n${label}`]),
    ...(stack === undefined ? [] : [`stack\n${stack}`]),
    ...(first ? [`first\n${first.hash}`] : []),
    'any',
  ].map((key) => `${model}\n${key}`)
}

/** Whether what two prompts differ in is a change of one agent's prompt, and not the difference of two agents. */
export function isOneAgent(
  earlier: SentCall,
  later: SentCall,
  { cause, isConversation }: Divergence,
): boolean {
  if (isConversation) return true
  const [before, after] = [labelOf(earlier), labelOf(later)]
  if (before !== undefined && after !== undefined && before !== after) return false
  // Text that is the same but for a date speaks for itself; other tools or instructions do not.
  if (cause === 'volatile-prefix' || cause === 'unstable-serialisation') return true
  return earlier.place === later.place && stackOf(earlier) === stackOf(later)
}
