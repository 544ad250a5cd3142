// Beginnings of prompts as a tree, each stored once, and how long what was sent or written at their end is held. Blocks that the same
// prompts sent are one stretch of it, so that a prompt costs what it shares with no other once, and all else by the stretch. No texts, no prices.

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

/** The beginning of a text: that of the block with this hash. */
export interface HeldText {
  readonly hash: string
  readonly characters: number
  readonly life: Life
}

/** What a prompt is compared by, without the blocks that its model is not shown. */
export interface Keys {
  readonly count: number
  readonly at: (index: number) => string
}

/** Keys `from` up to `to` of prompts; all prompts that had the first of them had all of them. */
export interface Stretch {
  readonly from: number
  to: number
  /** At the places that they have in the prompt that made it. */
  readonly keys: Keys
  children: Map<string, Stretch>
  /** Of every prefix that ends in it, as it was sent, marked or not. */
  sent?: Life
  /** Of cache entries, by the number of keys up to where they were written. */
  entries: Map<number, Life>
  /** Entries that end within the block behind so many keys. */
  heldTexts: Map<number, readonly HeldText[]>
}

export function newRoot(): Stretch {
  const keys = { count: 0, at: () => '' }
  return { from: 0, to: 0, keys, children: new Map(), entries: new Map(), heldTexts: new Map() }
}

/**
 * The stretches of a prompt from the root on, which is the first of them; made where there were none. `path`: the first of them, as far
 * as they are known. `known`: so many of its first keys another prompt had that went through here.
 */
export function stretchesOf(path: Stretch[], keys: Keys, known: number): Stretch[] {
  let last = path.at(-1) ?? newRoot()
  while (last.to < keys.count) {
    const next: Stretch = last.children.get(keys.at(last.to)) ?? {
      ...newRoot(),
      from: last.to,
      to: keys.count,
      keys: lastKeys(keys, last.to),
    }
    last.children.set(keys.at(last.to), next)
    const to = sharedUpTo(next, keys, known)
    if (to < next.to) split(next, to)
    path.push(next)
    last = next
  }
  return path
}

/** Keys from one on; the few that a prompt adds to another do not hold all of it. */
function lastKeys(keys: Keys, from: number): Keys {
  if (keys.count - from > from) return keys
  const own: string[] = []
  for (let index = from; index < keys.count; index++) own.push(keys.at(index))
  return keysFrom(from, own)
}

/** A function of its own, so that what it gives holds nothing else. */
function keysFrom(from: number, own: readonly string[]): Keys {
  return { count: from + own.length, at: (index) => own[index - from] ?? '' }
}

/** Up to where a prompt that has the first key of a stretch goes on like it. */
function sharedUpTo(stretch: Stretch, keys: Keys, known: number): number {
  const last = Math.min(stretch.to, keys.count)
  let index = Math.max(stretch.from, Math.min(known, last))
  while (index < last && stretch.keys.at(index) === keys.at(index)) index++
  return index
}

/** Makes what is behind so many keys a stretch of its own. */
function split(stretch: Stretch, at: number): void {
  const { to, keys, children, sent, entries, heldTexts } = stretch
  const rest = { from: at, to, keys, children, ...behind({ entries, heldTexts }, at) }
  stretch.to = at
  stretch.children = new Map([[keys.at(at), sent ? { ...rest, sent: { ...sent } } : rest]])
  for (const index of rest.entries.keys()) entries.delete(index)
  for (const index of rest.heldTexts.keys()) heldTexts.delete(index)
}

function behind({ entries, heldTexts }: Pick<Stretch, 'entries' | 'heldTexts'>, at: number) {
  const isBehind = ([index]: readonly [number, unknown]) => index > at
  return {
    entries: new Map([...entries].filter(isBehind)),
    heldTexts: new Map([...heldTexts].filter(isBehind)),
  }
}
