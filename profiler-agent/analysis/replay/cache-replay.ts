// The counterfactual: what the input of calls would have been billed as, had the provider's cache kept exactly to its rule.

import { CACHE_TTLS, perTtl } from '../../model/usage'
import type { CacheRule } from '../../rules/cache-rules'
import { type Breakpoint, breakpointsOf, lifetimeOf } from './breakpoints'
import { bucketOfLifetime, type InputBuckets, inputCost, recordedInput } from './input-bill'
import { type Life, type PrefixNode, PrefixTree, renewed, stateOf, type Use } from './prefix-tree'
import { blockKeys, rootOf } from './prompt-identity'
import type { Prefix, ReplayCall, ReplayedInput } from './replay-call'

export interface ReplayOptions {
  /** The rule that a call's cache keeps to; `undefined` where nobody knows: such calls are billed as they were. */
  readonly ruleOf: (call: ReplayCall) => CacheRule | undefined
  /** A block's text, for automatic caches, which also hold the beginning of a block; `undefined` where it was not kept. */
  readonly textOf?: (hash: string) => string | undefined
}

/** A prompt on its way through the cache. */
interface Passage {
  readonly call: ReplayCall
  readonly rule: CacheRule
  readonly total: number
  readonly nodes: readonly PrefixNode[]
  /** Tokens of the prompt up to and with each block. */
  readonly ends: readonly number[]
  readonly use: Use
}

/** The caches of one provider's customer over a run: calls go in in the order in which they started, each comes out as a bill. */
export class CacheReplay {
  readonly #tree = new PrefixTree()

  constructor(readonly options: ReplayOptions) {}

  /** Takes the next call by start time. Throws nothing. */
  add(call: ReplayCall): ReplayedInput {
    const rule = this.options.ruleOf(call)
    const total = call.usage.inputTokens
    if (!rule || total === null || !call.isPromptWhole || call.prompt.blocks.length === 0)
      return recordedInput(call)
    const passage = this.#passageOf(call, rule, total)
    const prefixes = prefixesOf(passage)
    const billed =
      rule.mechanism === 'automatic'
        ? this.#askAutomatic(passage, prefixes.reachable)
        : askBreakpoints(passage)
    touch(passage)
    return { ...billed, picoUsd: inputCost(billed, call), isReplayed: true, ...prefixes }
  }

  #passageOf(call: ReplayCall, rule: CacheRule, total: number): Passage {
    const { blocks } = call.prompt
    let end = Math.max(0, total - blocks.reduce((sum, { tokens }) => sum + tokens, 0))
    return {
      call,
      rule,
      total,
      nodes: this.#tree.path(rootOf(call, rule), blockKeys(call, rule)),
      ends: blocks.map(({ tokens }) => {
        end = Math.min(total, end + tokens)
        return end
      }),
      use: { at: call.startedAt, readableFrom: call.firstTokenAt, spanId: call.spanId },
    }
  }

  #askAutomatic(passage: Passage, reachable: Prefix | undefined): Answer {
    const { rule, total, ends } = passage
    const blocks = reachable?.blocks ?? 0
    const shared = (ends[blocks - 1] ?? 0) + this.#sharedText(passage, blocks)
    const read = served(shared, rule)
    return { read, write: NO_WRITES, fresh: total - read, hitBlocks: read > 0 ? blocks : 0, breakpoints: [] }
  }

  /** Tokens at the beginning of the first block that no live prefix has, as far as another block in its place has the same text. */
  #sharedText({ call, nodes, use }: Passage, index: number): number {
    const { textOf } = this.options
    const node = nodes[index]
    const block = call.prompt.blocks[index]
    const text = block && textOf?.(block.hash)
    if (!node || !block || !text) return 0
    let longest = 0
    for (const other of [...(node.parent?.children.values() ?? [])].slice(-MOST_SIBLINGS)) {
      if (other === node || !other.sent || stateOf(other.sent, use.at) !== 'live') continue
      longest = Math.max(longest, sharedLength(text, textOf?.(other.hash) ?? ''))
    }
    return Math.floor((block.tokens * longest) / text.length)
  }
}

/** More different texts in one place are not looked at: the latest are those that are still held. */
const MOST_SIBLINGS = 8

type Answer = InputBuckets & Pick<ReplayedInput, 'hitBlocks' | 'breakpoints'>

const NO_WRITES = perTtl(() => 0)

/** What a cache gives of a prefix: whole increments, nothing below the minimum. */
function served(tokens: number, { incrementTokens, minimumTokens }: CacheRule): number {
  const whole = Math.floor(tokens / incrementTokens) * incrementTokens
  return whole >= minimumTokens ? whole : 0
}

/** The longest beginnings of a prompt that were sent before, by what a cache could make of them. */
function prefixesOf({
  nodes,
  ends,
  rule,
  use,
}: Passage): Pick<ReplayedInput, 'reachable' | 'expired' | 'pending'> {
  const found: { live?: Prefix; pending?: Prefix; expired?: Prefix } = {}
  for (const [index, { sent }] of nodes.entries()) {
    if (!sent) break
    found[stateOf(sent, use.at)] = {
      blocks: index + 1,
      tokens: served(ends[index] ?? 0, rule),
      spanId: sent.spanId,
      ageMs: use.at - sent.usedAt,
    }
  }
  const { live, pending, expired } = found
  return {
    ...(live ? { reachable: live } : {}),
    ...(expired ? { expired } : {}),
    ...(pending ? { pending } : {}),
  }
}

/** Reads the longest entry that a breakpoint sees, and writes those that lie behind it. */
function askBreakpoints(passage: Passage): Answer {
  const { rule, total, ends, nodes, call, use } = passage
  const breakpoints = breakpointsOf(call, rule).filter(
    ({ index }) => (ends[index] ?? 0) >= rule.minimumTokens,
  )
  const hit = longestHit(passage, breakpoints)
  const read = ends[hit] ?? 0
  const write = { ...NO_WRITES }
  let end = read
  for (const { index, lifetime } of breakpoints) {
    const node = nodes[index]
    if (!node) continue
    if (index > hit) {
      const upTo = ends[index] ?? end
      write[bucketOfLifetime(lifetime.name)] += upTo - end
      end = upTo
      node.entry = renewed(node.entry, lifetime, use)
    } else renew(node.entry, use)
  }
  renew(nodes[hit]?.entry, use)
  return {
    read,
    write,
    fresh: total - end,
    hitBlocks: hit + 1,
    breakpoints: breakpoints.map(({ index }) => index + 1),
  }
}

function renew(entry: Life | undefined, use: Use): void {
  if (entry && stateOf(entry, use.at) === 'live') renewed(entry, entry.hold, use)
}

/** Index of the block at whose end that entry stands; -1 where there is none. */
function longestHit({ rule, nodes, use }: Passage, breakpoints: readonly Breakpoint[]): number {
  let longest = -1
  for (const { index } of breakpoints) {
    const last = Math.max(longest, rule.lookBackBlocks === null ? -1 : index - rule.lookBackBlocks)
    let entries = 0
    for (let at = index; at > last; at--) {
      const entry = nodes[at]?.entry
      if (!entry) continue
      if (rule.lookBackBreakpoints !== null && ++entries > rule.lookBackBreakpoints) break
      if (stateOf(entry, use.at) === 'live') longest = Math.max(longest, at)
    }
  }
  return longest
}

/** Every beginning of the prompt was sent now. */
function touch({ nodes, rule, call, use }: Passage): void {
  const hold = longestLifetime(call, rule)
  for (const node of nodes) node.sent = renewed(node.sent, hold, use)
}

/** Of those that the request asks for. */
function longestLifetime(call: ReplayCall, rule: CacheRule) {
  const asked = breakpointsOf(call, rule).map(({ lifetime }) => lifetime)
  return [lifetimeOf(rule, call.settings.lifetime), ...asked].reduce((longest, lifetime) =>
    lifetime.idleMs > longest.idleMs ? lifetime : longest,
  )
}

function sharedLength(left: string, right: string): number {
  const shortest = Math.min(left.length, right.length)
  let length = 0
  while (length < shortest && left[length] === right[length]) length++
  return length
}

/** All tokens written. */
export function writtenTokens({ write }: Pick<ReplayedInput, 'write'>): number {
  return CACHE_TTLS.reduce((sum, ttl) => sum + write[ttl], 0)
}
