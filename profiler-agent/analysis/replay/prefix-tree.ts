// Beginnings of prompts as nodes of a tree, each stored once, and how long what was sent or written at their end is held. No texts, no prices.

/** How long a prefix is held. `maxMs`, where there is one, runs from the first sending. */
export interface Hold {
  readonly idleMs: number
  readonly maxMs?: number
}

/** When something at the end of a prefix was put there and used. */
export interface Life {
  hold: Hold
  writtenAt: number
  usedAt: number
  readableFrom: number
  /** The latest call that used it. */
  spanId: string
}

/** The prefix that ends with one block. */
export interface PrefixNode {
  readonly hash: string
  readonly parent: PrefixNode | undefined
  readonly children: Map<string, PrefixNode>
  /** Of the prefix as it was sent, marked or not. */
  sent?: Life
  /** Of the cache entry that was written here. */
  entry?: Life
  /** Entries that end within the block that follows. */
  heldTexts?: readonly HeldText[]
}

/** The beginning of a text: that of the block with this hash. */
export interface HeldText {
  readonly hash: string
  readonly characters: number
  readonly life: Life
}

export type LifeState = 'live' | 'pending' | 'expired'

/** What a request that starts at `at` finds. */
export function stateOf(life: Life, at: number): LifeState {
  const { idleMs, maxMs } = life.hold
  const isOver = at - life.usedAt > idleMs || (maxMs !== undefined && at - life.writtenAt > maxMs)
  if (isOver) return 'expired'
  return life.readableFrom <= at ? 'live' : 'pending'
}

export interface Use {
  readonly at: number
  readonly readableFrom: number
  readonly spanId: string
}

/** The life after a call sent or wrote it again: what is over begins anew, what goes on is used, for free. */
export function renewed(life: Life | undefined, hold: Hold, { at, readableFrom, spanId }: Use): Life {
  if (!life || stateOf(life, at) === 'expired')
    return { hold, writtenAt: at, usedAt: at, readableFrom, spanId }
  if (hold.idleMs > life.hold.idleMs) life.hold = hold
  life.usedAt = Math.max(life.usedAt, at)
  life.readableFrom = Math.min(life.readableFrom, readableFrom)
  life.spanId = spanId
  return life
}

export function newRoot(name: string): PrefixNode {
  return { hash: name, parent: undefined, children: new Map() }
}

/** The node behind one more block, made where there is none. */
export function childOf(parent: PrefixNode, hash: string): PrefixNode {
  let child = parent.children.get(hash)
  if (!child) {
    child = { hash, parent, children: new Map() }
    parent.children.set(hash, child)
  }
  return child
}
