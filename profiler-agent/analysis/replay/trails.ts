// The ways of prompts through the tree of their beginnings: what earlier prompts left at each place of one, told by its blocks.

import {
  type HeldText,
  type Hold,
  type Keys,
  type Life,
  type LifeState,
  newRoot,
  renewed,
  type Stretch,
  stateOf,
  stretchesOf,
  type Use,
} from './prefix-tree'
import type { ReplayBlock } from './replay-call'

/** What a prompt is compared by: blocks by their keys, all else by root. */
export interface Way {
  /** Prompts with different roots share nothing. */
  readonly root: string
  readonly blocks: readonly ReplayBlock[]
  /** Empty for a block that the model is not shown. */
  readonly keyAt: (index: number) => string
  /** True where keys are nothing but the blocks' own, one for each. */
  readonly isPlain: boolean
}

export class Trails {
  readonly #roots = new Map<string, Stretch>()
  readonly #latest = new Map<string, Trail>()

  /** The trail of a prompt. To be touched before the next one is entered. */
  enter(way: Way): Trail {
    const root = this.#roots.get(way.root) ?? newRoot()
    this.#roots.set(way.root, root)
    const trail = new Trail(way, root, this.#latest.get(way.root))
    this.#latest.set(way.root, trail)
    return trail
  }
}

/** Numbers of leading blocks. */
export type FoundBlocks = Readonly<Record<LifeState, number>>

/** Places are told by the number of blocks before them. */
export class Trail {
  /** Tokens of the blocks up to and with each. */
  readonly sums: readonly number[]
  /** From the root on. */
  readonly #stretches: readonly Stretch[]
  /** Keys before each place, where not every block has one. */
  readonly #keysBefore: readonly number[] | undefined

  constructor(
    readonly way: Way,
    root: Stretch,
    /** The prompt before it at this root: most go on from that one, and what both have needs no second look. */
    before: Trail | undefined,
  ) {
    const { blocks, isPlain } = way
    const known = before?.way.isPlain && isPlain ? sameBlocks(before.way.blocks, blocks) : 0
    this.sums = sumsOf(blocks, before?.sums.slice(0, known))
    this.#keysBefore = isPlain ? undefined : keysBefore(way)
    this.#stretches = stretchesOf(
      before?.stretchesUpTo(known) ?? [root],
      this.#keysBefore ? shownKeys(way) : { count: blocks.length, at: way.keyAt },
      known,
    )
  }

  /** Those that end with so many keys at most, as they are now: a part that was split off is no longer one of them. */
  stretchesUpTo(keys: number): Stretch[] {
    const end = this.#stretches.findIndex(
      ({ from, to }, index) => to > keys || from !== (this.#stretches[index - 1]?.to ?? 0),
    )
    return this.#stretches.slice(0, end < 0 ? undefined : end)
  }

  /** How many blocks at the beginning were sent before, by what a request that starts at `at` finds of them. */
  found(at: number): FoundBlocks {
    const found = { live: 0, pending: 0, expired: 0 }
    let from = 0
    for (const stretch of this.#stretches) {
      if (stretch.from === stretch.to) continue
      if (!stretch.sent) break
      const state = stateOf(stretch.sent, at)
      const to = this.#placeBehind(stretch.to)
      // What is held behind something that is not can not be read.
      if (state !== 'live' || found.live === from) found[state] = to
      from = to
    }
    return found
  }

  /** Of the beginning that ends at a place. */
  sentAt(place: number): Life | undefined {
    return this.#stretchAt(place).sent
  }

  entryAt(place: number): Life | undefined {
    return this.#stretchAt(place).entries.get(this.#keysAt(place))
  }

  /** A call writes an entry at a place, or what is there again; not where the model is shown nothing of what stands before it. */
  write(place: number, hold: Hold, use: Use): void {
    const { entries } = this.#stretchAt(place)
    const keys = this.#keysAt(place)
    if (keys === 0) return
    entries.set(keys, renewed(entries.get(keys), hold, use))
  }

  /** Entries up to a place, the longest first. */
  *entriesUpTo(place: number): Generator<{ readonly place: number; readonly life: Life }> {
    const most = this.#keysAt(place)
    for (let index = this.#stretches.length - 1; index >= 0; index--) {
      const { entries, from } = this.#stretches[index] ?? newRoot()
      if (from >= most || entries.size === 0) continue
      for (const [keys, life] of [...entries].sort(([left], [right]) => right - left))
        if (keys <= most) yield { place: Math.min(place, this.#placeBehind(keys)), life }
    }
  }

  /** The other blocks that stood at a place: their hashes and how long what begins with them is held. The latest last. */
  othersAt(place: number): readonly { readonly hash: string; readonly sent: Life | undefined }[] {
    const keys = this.#keysAt(place)
    const { to, children } = this.#stretchAt(place)
    if (keys !== to) return []
    return [...children.values()]
      .filter((child) => !this.#stretches.includes(child))
      .map((child) => ({ hash: child.keys.at(child.from), sent: child.sent }))
  }

  heldTextsAt(place: number): readonly HeldText[] {
    return this.#stretchAt(place).heldTexts.get(this.#keysAt(place)) ?? []
  }

  holdTexts(place: number, texts: readonly HeldText[]): void {
    this.#stretchAt(place).heldTexts.set(this.#keysAt(place), texts)
  }

  /** All blocks are used now. */
  touch(hold: Hold, use: Use): void {
    for (const stretch of this.#stretches) stretch.sent = renewed(stretch.sent, hold, use)
  }

  #keysAt(place: number): number {
    return this.#keysBefore?.[place] ?? place
  }

  /** The last place with so many keys before it. */
  #placeBehind(keys: number): number {
    return this.#keysBefore?.lastIndexOf(keys) ?? keys
  }

  /** In which the beginning ends that is that long; that of none is the root. */
  #stretchAt(place: number): Stretch {
    const keys = this.#keysAt(place)
    let [low, high] = [0, this.#stretches.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#stretches[middle]?.to ?? 0) < keys) low = middle + 1
      else high = middle
    }
    const stretch = this.#stretches[low]
    if (!stretch) throw new Error('a trail begins at its root')
    return stretch
  }
}

/** Leading blocks that two prompts have in common; most of them are the same objects. */
function sameBlocks(left: readonly ReplayBlock[], right: readonly ReplayBlock[]): number {
  const most = Math.min(left.length, right.length)
  let index = 0
  while (index < most && isSame(left[index], right[index])) index++
  return index
}

function isSame(left: ReplayBlock | undefined, right: ReplayBlock | undefined): boolean {
  return left === right || (left?.hash === right?.hash && left?.tokens === right?.tokens)
}

/** `known`: those of the first blocks. */
function sumsOf(blocks: readonly ReplayBlock[], known: number[] = []): number[] {
  let sum = known.at(-1) ?? 0
  for (let index = known.length; index < blocks.length; index++) {
    sum += blocks[index]?.tokens ?? 0
    known.push(sum)
  }
  return known
}

/** `undefined` where every block has a key. */
function keysBefore({ blocks, keyAt }: Way): number[] | undefined {
  if (!blocks.some((_, index) => keyAt(index) === '')) return undefined
  let count = 0
  return [0, ...blocks.map((_, index) => (keyAt(index) === '' ? count : ++count))]
}

function shownKeys({ blocks, keyAt }: Way): Keys {
  const keys = blocks.map((_, index) => keyAt(index)).filter((key) => key !== '')
  return { count: keys.length, at: (index) => keys[index] ?? '' }
}
