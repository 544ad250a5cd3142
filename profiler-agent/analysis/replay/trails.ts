// The ways of prompts through the tree of their beginnings. A prompt mostly goes on from the one before it: what both share is neither looked
// up nor touched again block by block, so that a call costs what is new in it.

import { childOf, type Hold, newRoot, type PrefixNode, renewed, stateOf, type Use } from './prefix-tree'
import type { ReplayBlock } from './replay-call'

/** The use of all blocks of a trail together, which their nodes are told only when the next prompt leaves them. */
interface CommonUse extends Use {
  readonly hold: Hold
  /** When the last of them could be read. */
  readonly allReadableFrom: number
}

export interface Trail {
  readonly blocks: readonly ReplayBlock[]
  readonly salt: string
  /** One for each block. */
  readonly nodes: readonly PrefixNode[]
  /** Tokens of the blocks up to and with each. */
  readonly sums: readonly number[]
  /** Leading blocks that are live by the use of the prompt before. */
  readonly known: number
  readonly before?: CommonUse
}

/** What a prompt is compared by: blocks by their keys, all else by root and salt. */
export interface Way {
  /** Prompts with different roots share nothing. */
  readonly root: string
  /** Same salt: same blocks have the same keys. */
  readonly salt: string
  readonly blocks: readonly ReplayBlock[]
  /** An empty key stays where it is. */
  readonly keyAt: (index: number) => string
}

export class Trails {
  readonly #roots = new Map<string, PrefixNode>()
  readonly #latest = new Map<string, { readonly trail: Trail; readonly use: CommonUse }>()

  /** The trail of a prompt that is sent at `at`. To be touched before the next one is entered. */
  enter({ root, salt, blocks, keyAt }: Way, at: number): Trail {
    const latest = this.#latest.get(root)
    const shared = latest?.trail.salt === salt ? sharedBlocks(latest.trail.blocks, blocks) : 0
    const known = latest && areLive(latest.trail.nodes[0], latest.use, at) ? shared : 0
    if (latest) settle(latest.trail, latest.use, known)
    const nodes = latest?.trail.nodes.slice(0, shared) ?? []
    const sums = latest?.trail.sums.slice(0, shared) ?? []
    let node = nodes.at(-1) ?? this.#rootOf(root)
    let sum = sums.at(-1) ?? 0
    for (const block of blocks.slice(shared)) {
      const key = keyAt(nodes.length)
      if (key !== '') node = childOf(node, key)
      sum += block.tokens
      nodes.push(node)
      sums.push(sum)
    }
    return { blocks, salt, nodes, sums, known, ...(latest && known > 0 ? { before: latest.use } : {}) }
  }

  /** All blocks of a trail are used now. */
  touch(root: string, trail: Trail, hold: Hold, use: Use): void {
    const { nodes, known, before } = trail
    if (before && before.hold !== hold) settle(trail, before, 0, known)
    let allReadableFrom = before?.allReadableFrom ?? use.readableFrom
    for (const node of nodes.slice(known)) {
      node.sent = renewed(node.sent, hold, use)
      allReadableFrom = Math.max(allReadableFrom, node.sent.readableFrom)
    }
    this.#latest.set(root, { trail, use: { ...use, hold, allReadableFrom } })
  }

  #rootOf(name: string): PrefixNode {
    const root = this.#roots.get(name) ?? newRoot(name)
    this.#roots.set(name, root)
    return root
  }
}

/** Whether all blocks of a trail are live; the first of them was written first. */
function areLive(first: PrefixNode | undefined, { hold, ...use }: CommonUse, at: number): boolean {
  if (!first?.sent) return false
  const { writtenAt } = first.sent
  return (
    stateOf({ ...use, hold, writtenAt, usedAt: use.at, readableFrom: use.allReadableFrom }, at) === 'live'
  )
}

/** Tells nodes from one index on (to another) of the use that they had together. */
function settle({ nodes }: Trail, { hold, at, spanId }: CommonUse, from: number, to = nodes.length): void {
  for (const { sent } of nodes.slice(from, to)) {
    if (!sent) continue
    if (hold.idleMs > sent.hold.idleMs) sent.hold = hold
    sent.usedAt = Math.max(sent.usedAt, at)
    sent.spanId = spanId
  }
}

function sharedBlocks(left: readonly ReplayBlock[], right: readonly ReplayBlock[]): number {
  const most = Math.min(left.length, right.length)
  let index = 0
  while (index < most && areEqual(left[index], right[index])) index++
  return index
}

function areEqual(left: ReplayBlock | undefined, right: ReplayBlock | undefined): boolean {
  if (left === right) return true
  return left?.hash === right?.hash && left?.tokens === right?.tokens && left?.kind === right?.kind
}
