// Blocks one behind the other that prompts have in common, each prompt from the first of them on and as far as it goes: a conversation with
// all its steps. Prompts that part from it go on in chains of their own. Pure.

import { countBefore, insertByStart } from './calls-by-start'
import type { SentCall } from './sent-call'

export class SentChain {
  /** One of the calls that go through to the end: the blocks are its. */
  #owner: SentCall
  /** By start; all of them sent the first block. */
  readonly #calls: SentCall[] = []
  /** Up to where, not included, each of the calls goes along. */
  readonly #ends: number[] = []
  /** All of these, those of later calls as well. */
  readonly ends = new Set<number>()
  /** Chains that go on elsewhere, by the index and the key of their first block. */
  readonly children = new Map<number, Map<string, SentChain>>()
  /** Calls with a breakpoint on a block, by its index. */
  readonly marked = new Map<number, SentCall[]>()
  /** Those whose last breakpoint it is and that no later call sent again in time. */
  readonly unread = new Map<number, readonly SentCall[]>()

  /** Nobody sent so far what the call has from an index on. */
  constructor(
    owner: SentCall,
    readonly from: number,
  ) {
    this.#owner = owner
  }

  get #to(): number {
    return this.#owner.call.prompt.blocks.length
  }

  /** Takes a call that has the first block; gives up to where it goes along. */
  add(sent: SentCall): number {
    const shared = this.sharedUpTo(sent)
    const { length } = sent.call.prompt.blocks
    const goesOn = length > this.#to && !this.children.get(shared)?.has(sent.keyAt(shared))
    // The longest prompt is the one that goes on: what stood in its place is mostly a reminder at the end, another one in each step.
    if (goesOn && shared < this.#to) this.#branchOff(shared)
    if (goesOn) this.#owner = sent
    const end = goesOn ? length : shared
    this.#ends.splice(insertByStart(this.#calls, sent), 0, end)
    this.ends.add(end)
    return end
  }

  /** Up to where a prompt that has the first block is the same. */
  sharedUpTo(sent: SentCall): number {
    const owner = this.#owner
    const [blocks, others] = [owner.call.prompt.blocks, sent.call.prompt.blocks]
    const last = Math.min(blocks.length, others.length)
    const isPlain = owner.isPlain && sent.isPlain
    let index = this.from
    while (
      index < last &&
      ((isPlain && blocks[index] === others[index]) || owner.keyAt(index) === sent.keyAt(index))
    )
      index++
    return index
  }

  siblingsAt(index: number): Map<string, SentChain> {
    const siblings = this.children.get(index) ?? new Map<string, SentChain>()
    this.children.set(index, siblings)
    return siblings
  }

  /** Calls up to `to` or farther that began after `sent`. */
  after(sent: SentCall, to: number): SentCall[] {
    const from = countBefore(this.#calls, sent)
    return this.#calls.slice(from).filter((_, index) => (this.#ends[from + index] ?? 0) >= to)
  }

  /** Calls up to `to` or farther that began before `sent`, the latest first. */
  *before(sent: SentCall, to: number): Generator<SentCall> {
    for (let index = countBefore(this.#calls, sent) - 1; index >= 0; index--) {
      const call = this.#calls[index]
      if (call && (this.#ends[index] ?? 0) >= to) yield call
    }
  }

  /** Up to where the farthest call goes that began before `sent`, at most `most`; 0 where there is none. */
  farthestBefore(sent: SentCall, most: number): number {
    let farthest = 0
    for (let index = countBefore(this.#calls, sent) - 1; index >= 0 && farthest < most; index--)
      farthest = Math.max(farthest, this.#ends[index] ?? 0)
    return Math.min(farthest, most)
  }

  /** Everything from an index on becomes a chain that goes on elsewhere. */
  #branchOff(at: number): void {
    const owner = this.#owner
    const branch = new SentChain(owner, at)
    for (const [index, end] of this.#ends.entries()) {
      const call = this.#calls[index]
      if (end <= at || !call) continue
      branch.#calls.push(call)
      branch.#ends.push(end)
      branch.ends.add(end)
      this.#ends[index] = at
      this.ends.delete(end)
    }
    this.ends.add(at)
    moveFrom(at, this.marked, branch.marked)
    moveFrom(at, this.unread, branch.unread)
    moveFrom(at + 1, this.children, branch.children)
    this.siblingsAt(at).set(owner.keyAt(at), branch)
  }
}

function moveFrom<Value>(index: number, from: Map<number, Value>, to: Map<number, Value>): void {
  for (const [at, value] of from) {
    if (at < index) continue
    to.set(at, value)
    from.delete(at)
  }
}
