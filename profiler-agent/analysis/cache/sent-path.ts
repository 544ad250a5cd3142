// What earlier calls sent of the prompt of one call: its beginnings, each by its number of blocks. Looked up when it is asked for. Pure.

import { latestBefore } from './calls-by-start'
import type { SentCall } from './sent-call'
import type { SentChain } from './sent-chain'

/** A chain that a prompt goes along, up to `to`. */
export interface ChainOnPath {
  readonly chain: SentChain
  readonly to: number
}

export class SentPath {
  /** Blocks of the longest beginning that an earlier call sent. */
  readonly length: number

  /** `chains`: all that the prompt goes along, in order. */
  constructor(
    readonly sent: SentCall,
    readonly chains: readonly ChainOnPath[],
  ) {
    this.length = lengthOf(sent, chains)
  }

  /** Calls that sent so many blocks of the prompt before, the latest first. */
  calls(blocks: number): Iterable<SentCall> {
    return this.#at(blocks)?.chain.before(this.sent, blocks) ?? []
  }

  /** Those of them that have a breakpoint at the end of these blocks. */
  marked(blocks: number): Iterable<SentCall> {
    return latestBefore(this.#at(blocks)?.chain.marked.get(blocks - 1) ?? [], this.sent)
  }

  /** False only where all calls that sent so many blocks of the prompt sent one more of it. */
  isEnd(blocks: number): boolean {
    const last = this.#at(blocks)
    return blocks === this.length || blocks === last?.to || last?.chain.ends.has(blocks) === true
  }

  /** Whether earlier prompts part behind these blocks. */
  isParting(blocks: number): boolean {
    const { chain } = this.#at(blocks) ?? {}
    if (!chain) return false
    let ways = isAny(chain.before(this.sent, blocks + 1)) ? 1 : 0
    for (const branch of chain.children.get(blocks)?.values() ?? [])
      if (isAny(branch.before(this.sent, 0)) && ++ways > 1) return true
    return false
  }

  /** The chain with the last of the first blocks. */
  #at(blocks: number): ChainOnPath | undefined {
    return this.chains.findLast(({ chain }) => chain.from < blocks)
  }
}

function isAny(calls: Iterator<SentCall>): boolean {
  return !calls.next().done
}

function lengthOf(sent: SentCall, chains: readonly ChainOnPath[]): number {
  for (const { chain, to } of chains.toReversed()) {
    const farthest = chain.farthestBefore(sent, to)
    if (farthest > 0) return farthest
  }
  return 0
}
