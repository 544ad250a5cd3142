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
  #ends: ReadonlySet<number> | undefined

  /** `chains`: all that the prompt goes along, in order. */
  constructor(
    readonly sent: SentCall,
    readonly chains: readonly ChainOnPath[],
  ) {
    this.length = lengthOf(sent, chains)
  }

  /** Calls that sent so many blocks of the prompt before, the latest first. */
  calls(blocks: number): Iterable<SentCall> {
    return this.#chainAt(blocks)?.before(this.sent, blocks) ?? []
  }

  /** Those of them that have a breakpoint at the end of these blocks. */
  marked(blocks: number): Iterable<SentCall> {
    return latestBefore(this.#chainAt(blocks)?.marked.get(blocks - 1) ?? [], this.sent)
  }

  /** False only where all calls that sent so many blocks of the prompt sent one more of it. */
  isEnd(blocks: number): boolean {
    if (blocks === this.length) return true
    this.#ends ??= new Set(this.chains.flatMap(({ chain, to }) => chain.endsBefore(this.sent, to)))
    return this.#ends.has(blocks)
  }

  /** Whether earlier prompts part behind these blocks. */
  isParting(blocks: number): boolean {
    const chain = this.#chainAt(blocks)
    if (!chain) return false
    const branches = [...(chain.children.get(blocks)?.values() ?? [])].map((branch) =>
      branch.before(this.sent, 0),
    )
    const ways = [chain.before(this.sent, blocks + 1), ...branches]
    return ways.filter((calls) => !calls.next().done).length > 1
  }

  /** The chain with the last of the first blocks. */
  #chainAt(blocks: number): SentChain | undefined {
    return this.chains.findLast(({ chain }) => chain.from < blocks)?.chain
  }
}

function lengthOf(sent: SentCall, chains: readonly ChainOnPath[]): number {
  for (const { chain, to } of chains.toReversed()) {
    const farthest = chain.farthestBefore(sent, to)
    if (farthest > 0) return farthest
  }
  return 0
}
