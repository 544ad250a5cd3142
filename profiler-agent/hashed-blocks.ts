// Gives blocks their hash. A block that a run showed before is known, by itself or by its text, and not hashed again.

import type { Block } from './model/call'
import { commonBeginning } from './model/common-beginning'
import { RecentMap } from './model/recent-map'
import type { Content, HashedBlock } from './model/record'

export interface TracedBlock extends HashedBlock {
  readonly characters: number
}

/** Characters of texts that are remembered: those of the longest conversation there is, some times over. */
const REMEMBERED_CHARACTERS = 32_000_000

const CHARACTERS_OF_ENTRY = 64

interface Prompt {
  readonly blocks: readonly Block[]
  readonly traced: readonly TracedBlock[]
}

/** The blocks of one run. */
export class HashedBlocks {
  readonly #traced = new WeakMap<Block, TracedBlock>()
  #latest: Prompt = { blocks: [], traced: [] }
  readonly #hashes = new RecentMap<string, string>(
    REMEMBERED_CHARACTERS,
    (_, text) => text.length + CHARACTERS_OF_ENTRY,
  )
  #contents: Content[] = []

  constructor(readonly hashOf: (text: string) => string) {}

  /** The blocks of a prompt; for the same block it is the same object, for the very blocks of the prompt before the same list. */
  prompt(blocks: readonly Block[]): readonly TracedBlock[] {
    const { blocks: before, traced: known } = this.#latest
    const same = commonBeginning(before, blocks)
    if (same === before.length && same === blocks.length) return known
    const traced = known.slice(0, same)
    // A prompt that goes on like the one before is compared with it, which is cheaper than looking up.
    for (let index = same; index < blocks.length; index++) {
      const block = blocks[index]
      if (!block) continue
      const there = before[index] === block ? known[index] : this.#traced.get(block)
      traced.push(there ?? this.#trace(block))
    }
    this.#latest = { blocks, traced }
    return traced
  }

  reply(blocks: readonly Block[]): readonly TracedBlock[] {
    return blocks.map((block) => this.#trace(block))
  }

  /** Contents that came up since the last time and were not known. */
  takeNewContents(): readonly Content[] {
    const contents = this.#contents
    this.#contents = []
    return contents
  }

  #trace(block: Block): TracedBlock {
    const { content, ...place } = block
    const traced = { ...place, hash: this.#hashOf(content), characters: content.length }
    this.#traced.set(block, traced)
    return traced
  }

  #hashOf(content: string): string {
    const known = this.#hashes.get(content)
    if (known !== undefined) return known
    const hash = this.hashOf(content)
    this.#hashes.set(content, hash)
    this.#contents.push({ hash, text: content })
    return hash
  }
}
