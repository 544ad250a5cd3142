// All prompts that went to one provider, as a tree in which equal beginnings are one path: which earlier calls sent the start of a prompt.
// A conversation is one chain however many steps it has, so that a step costs what is new in it. Pure.

import { insertByStart } from './calls-by-start'
import { isBefore, type SentCall, standingOf } from './sent-call'
import { SentChain } from './sent-chain'
import { type ChainOnPath, SentPath } from './sent-path'

export class SentPrompts {
  readonly #first = new Map<string, SentChain>()
  /** Calls whose writes up to the last breakpoint were sent again while they were held. */
  readonly readLater = new Set<SentCall>()

  /** In whatever order. */
  add(sent: SentCall): void {
    const { length } = sent.call.prompt.blocks
    let siblings = this.#first
    for (let from = 0; from < length; ) {
      const key = sent.keyAt(from)
      const chain = siblings.get(key) ?? new SentChain(sent, from)
      siblings.set(key, chain)
      from = chain.add(sent)
      this.#read(chain, sent, from)
      this.#mark(chain, sent, from)
      if (from < length) siblings = chain.siblingsAt(from)
    }
  }

  /** Beginnings of the prompt of a call that was added, as far as a call that began before it sent them too. */
  sentBefore(sent: SentCall): SentPath {
    const { length } = sent.call.prompt.blocks
    const chains: ChainOnPath[] = []
    let chain = this.#first.get(sent.keyAt(0))
    while (chain) {
      const to = chain.sharedUpTo(sent)
      chains.push({ chain, to })
      chain = to < length ? chain.children.get(to)?.get(sent.keyAt(to)) : undefined
    }
    return new SentPath(sent, chains)
  }

  /** What was written up to a block before `to` and waits for somebody to send it again. */
  #read({ unread }: SentChain, sent: SentCall, to: number): void {
    for (const [index, writers] of unread) {
      if (index >= to) continue
      for (const writer of writers) if (isReadBy(writer, sent)) this.readLater.add(writer)
      const left = writers.filter((writer) => !this.readLater.has(writer))
      if (left.length > 0) unread.set(index, left)
      else unread.delete(index)
    }
  }

  #mark(chain: SentChain, sent: SentCall, to: number): void {
    for (const index of sent.breakpoints) {
      if (index < chain.from || index >= to) continue
      const marked = chain.marked.get(index) ?? []
      insertByStart(marked, sent)
      chain.marked.set(index, marked)
      if (index === sent.breakpoints.at(-1)) this.#write(chain, sent, index)
    }
  }

  #write(chain: SentChain, sent: SentCall, index: number): void {
    // A call that ended late may have begun before its reader.
    if (chain.after(sent, index + 1).some((reader) => isReadBy(sent, reader))) this.readLater.add(sent)
    else chain.unread.set(index, [...(chain.unread.get(index) ?? []), sent])
  }
}

function isReadBy(writer: SentCall, reader: SentCall): boolean {
  return isBefore(writer, reader) && standingOf(writer, reader) !== 'expired'
}
