// What became of one prompt in the next: where they part, and what is the same, changed, moved, new and gone behind that. Pure.

import type { BlockChange } from '../model/run-questions'

/** What blocks are compared by. */
export interface ComparedBlock {
  readonly kind: string
  readonly name?: string
  readonly hash: string
}

export interface PromptChanges {
  /** Index of the first block that differs; `null` where one prompt is the beginning of the other. */
  readonly firstDivergence: number | null
  /** By index of the later prompt. */
  readonly changes: readonly { readonly change: BlockChange; readonly hashBefore?: string }[]
  /** Blocks of the earlier prompt that are not in the later one: their index, and that of the later block before which they stood. */
  readonly gone: readonly { readonly index: number; readonly at: number }[]
}

export function promptChanges(
  earlier: readonly ComparedBlock[],
  later: readonly ComparedBlock[],
): PromptChanges {
  const start = sharedStart(earlier, later)
  const pairs = pairsBehind(earlier, later, start)
  const inOrder = longestInOrder(pairs)
  const changes: { change: BlockChange; hashBefore?: string }[] = later.map((_, index) => ({
    change: index < start ? 'same' : 'new',
  }))
  for (const pair of pairs) changes[pair.later] = { change: inOrder.has(pair) ? 'same' : 'moved' }
  const paired = new Set(pairs.map((pair) => pair.earlier))
  const gone: { index: number; at: number }[] = []
  const gaps = gapsBetween([...inOrder], start, earlier.length, later.length)
  for (const gap of gaps) {
    const added = range(gap.later).filter((index) => changes[index]?.change === 'new')
    for (const index of range(gap.earlier).filter((index) => !paired.has(index))) {
      const successor = added.findIndex((at) => isOfOneKind(earlier[index], later[at]))
      const [at] = successor < 0 ? [] : added.splice(0, successor + 1).slice(-1)
      if (at === undefined) gone.push({ index, at: added[0] ?? gap.later.to })
      else changes[at] = { change: 'changed', hashBefore: earlier[index]?.hash ?? '' }
    }
  }
  const isPrefix = start === earlier.length || start === later.length
  return { firstDivergence: isPrefix ? null : start, changes, gone }
}

function sharedStart(earlier: readonly ComparedBlock[], later: readonly ComparedBlock[]): number {
  const most = Math.min(earlier.length, later.length)
  let index = 0
  while (index < most && earlier[index]?.hash === later[index]?.hash) index++
  return index
}

interface Pair {
  readonly earlier: number
  readonly later: number
}

/** Equal blocks from an index on, in the order of the later prompt: the first with the first, the second with the second. */
function pairsBehind(
  earlier: readonly ComparedBlock[],
  later: readonly ComparedBlock[],
  start: number,
): Pair[] {
  const places = new Map<string, number[]>()
  for (let index = earlier.length - 1; index >= start; index--) {
    const hash = earlier[index]?.hash ?? ''
    const known = places.get(hash)
    if (known) known.push(index)
    else places.set(hash, [index])
  }
  return later.flatMap((block, index) => {
    const place = index < start ? undefined : places.get(block.hash)?.pop()
    return place === undefined ? [] : [{ earlier: place, later: index }]
  })
}

/** Most pairs that stand in the same order in both: what stayed where it was; all others moved. */
function longestInOrder(pairs: readonly Pair[]): Set<Pair> {
  // `ends[n]` is the pair with the least place in the earlier prompt at which n + 1 pairs in order end.
  const ends: Pair[] = []
  const before = new Map<Pair, Pair | undefined>()
  for (const pair of pairs) {
    const length = firstNotBelow(ends, pair.earlier)
    before.set(pair, ends[length - 1])
    ends[length] = pair
  }
  const found: Pair[] = []
  for (let pair = ends.at(-1); pair; pair = before.get(pair)) found.push(pair)
  return new Set(found.reverse())
}

function firstNotBelow(ends: readonly Pair[], place: number): number {
  let [from, to] = [0, ends.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((ends[middle]?.earlier ?? 0) < place) from = middle + 1
    else to = middle
  }
  return from
}

interface Stretch {
  readonly from: number
  readonly to: number
}

/** What lies between the pairs that stayed, and in front of and behind them. */
function gapsBetween(inOrder: readonly Pair[], start: number, earlierEnd: number, laterEnd: number) {
  let [earlier, later] = [start, start]
  return [...inOrder, { earlier: earlierEnd, later: laterEnd }].map((pair) => {
    const gap = { earlier: { from: earlier, to: pair.earlier }, later: { from: later, to: pair.later } }
    earlier = pair.earlier + 1
    later = pair.later + 1
    return gap
  })
}

function range({ from, to }: Stretch): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}

function isOfOneKind(left: ComparedBlock | undefined, right: ComparedBlock | undefined): boolean {
  return left?.kind === right?.kind && left?.name === right?.name
}
