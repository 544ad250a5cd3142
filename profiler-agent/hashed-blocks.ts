// Gives blocks their hash. A block that a run showed before is known by its text and not hashed again; at the same place it is the same object.

import type { Block } from './model/call'
import { RecentMap } from './model/recent-map'
import type { Content, HashedBlock } from './model/record'

export interface TracedBlock extends HashedBlock {
  readonly characters: number
}

/** Characters of texts that are remembered: those of the longest conversation there is, some times over. */
const REMEMBERED_CHARACTERS = 32_000_000

const CHARACTERS_OF_ENTRY = 64

interface Prompt {
  readonly texts: readonly string[]
  readonly blocks: readonly TracedBlock[]
}

/** The blocks of one run. */
export class HashedBlocks {
  readonly #hashes = new RecentMap<string, string>(
    REMEMBERED_CHARACTERS,
    (_, text) => text.length + CHARACTERS_OF_ENTRY,
  )
  #latest: Prompt = { texts: [], blocks: [] }
  #contents: Content[] = []

  constructor(readonly hashOf: (text: string) => string) {}

  /** A prompt; the next one is compared with it place by place, which is cheaper than looking texts up. */
  prompt(blocks: readonly Block[]): readonly TracedBlock[] {
    const before = this.#latest
    const traced = blocks.map((block, index) =>
      this.#traced(block, before.texts[index] === block.content ? before.blocks[index] : undefined),
    )
    this.#latest = { texts: blocks.map(({ content }) => content), blocks: traced }
    return traced
  }

  reply(blocks: readonly Block[]): readonly TracedBlock[] {
    return blocks.map((block) => this.#traced(block, undefined))
  }

  /** Contents that came up since the last time and were not known. */
  takeNewContents(): readonly Content[] {
    const contents = this.#contents
    this.#contents = []
    return contents
  }

  #traced(block: Block, before: TracedBlock | undefined): TracedBlock {
    if (before && isSamePlace(block, before)) return before
    const { content, ...place } = block
    return { ...place, hash: before?.hash ?? this.#hashOf(content), characters: content.length }
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

function isSamePlace(block: Block, before: TracedBlock): boolean {
  return (
    block.path === before.path &&
    block.kind === before.kind &&
    block.name === before.name &&
    block.toolCallId === before.toolCallId &&
    block.mark === before.mark
  )
}
