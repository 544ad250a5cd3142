// The counterfactual: what the input of calls would have been billed as, had the provider's cache kept exactly to its rule.

import { CACHE_TTLS } from '../../model/usage'
import { type CacheRule, ruleForRequest } from '../../rules/cache-rules'
import { askAutomatic, type TextOf } from './automatic-cache'
import { askBreakpoints } from './breakpoint-cache'
import { type Breakpoint, breakpointsOf, lifetimeOf } from './breakpoints'
import { inputCost, recordedInput } from './input-bill'
import { type Passage, servedTokens } from './passage'
import { type Hold, PrefixTree, renewed, stateOf } from './prefix-tree'
import { blockKeys, rootOf } from './prompt-identity'
import type { Prefix, ReplayCall, ReplayedInput } from './replay-call'

export interface ReplayOptions {
  /** The rule of a call's model; `undefined` where nobody knows one: such calls are billed as they were. */
  readonly ruleOf: (call: ReplayCall) => CacheRule | undefined
  /** For automatic caches, which also hold the beginning of a block. */
  readonly textOf?: TextOf
}

/** The caches of one customer over a run: calls go in in the order in which they started, each comes out as a bill. */
export class CacheReplay {
  readonly #tree = new PrefixTree()

  constructor(readonly options: ReplayOptions) {}

  /** Takes the next call by start time. Throws nothing. */
  add(call: ReplayCall): ReplayedInput {
    const ruleOfModel = this.options.ruleOf(call)
    const total = call.usage.inputTokens
    if (!ruleOfModel || total === null || !call.isPromptWhole || call.prompt.blocks.length === 0)
      return recordedInput(call)
    const asked = breakpointsOf(call, ruleOfModel)
    const rule = ruleForRequest(ruleOfModel, asked.length > 0)
    const passage = this.#passageOf(call, rule, total, asked)
    const hold = longestLifetime(call, rule, asked)
    const prefixes = prefixesOf(passage)
    const billed =
      rule.mechanism === 'automatic'
        ? askAutomatic(passage, hold, this.options.textOf)
        : askBreakpoints(passage)
    for (const node of passage.nodes) node.sent = renewed(node.sent, hold, passage.use)
    return { ...billed, picoUsd: inputCost(billed, call), isReplayed: true, ...prefixes }
  }

  #passageOf(call: ReplayCall, rule: CacheRule, total: number, asked: readonly Breakpoint[]): Passage {
    const ends = endsOf(call, total)
    return {
      ...{ call, rule, total, ends },
      breakpoints: asked.filter(({ index }) => (ends[index] ?? 0) >= rule.minimumTokens),
      nodes: this.#tree.path(rootOf(call, rule), blockKeys(call, rule)),
      use: { at: call.startedAt, readableFrom: call.firstTokenAt, spanId: call.spanId },
    }
  }
}

/** Input tokens that no block accounts for stand in front. */
function endsOf({ prompt: { blocks } }: ReplayCall, total: number): readonly number[] {
  let end = Math.max(0, total - blocks.reduce((sum, { tokens }) => sum + tokens, 0))
  return blocks.map(({ tokens }) => {
    end = Math.min(total, end + tokens)
    return end
  })
}

type Prefixes = Pick<ReplayedInput, 'reachable' | 'expired' | 'pending'>

/** The longest beginnings of a prompt that were sent before, by what a cache could make of them. */
function prefixesOf(passage: Passage): Prefixes {
  const { nodes, use } = passage
  const blocks = { live: 0, pending: 0, expired: 0 }
  // Prompts have thousands of blocks: no pair is made for each.
  let index = 0
  for (const { sent } of nodes) {
    if (!sent) break
    blocks[stateOf(sent, use.at)] = ++index
  }
  const reachable = prefixOf(passage, blocks.live)
  const pending = prefixOf(passage, blocks.pending)
  const expired = prefixOf(passage, blocks.expired)
  return {
    ...(reachable ? { reachable } : {}),
    ...(pending ? { pending } : {}),
    ...(expired ? { expired } : {}),
  }
}

function prefixOf({ nodes, ends, rule, use }: Passage, blocks: number): Prefix | undefined {
  const sent = nodes[blocks - 1]?.sent
  if (!sent) return undefined
  const tokens = servedTokens(ends[blocks - 1] ?? 0, rule)
  return { blocks, tokens, spanId: sent.spanId, ageMs: use.at - sent.usedAt }
}

/** Of those that the request asks for. */
function longestLifetime(call: ReplayCall, rule: CacheRule, asked: readonly Breakpoint[]): Hold {
  const lifetimes = [lifetimeOf(rule, call.settings.lifetime), ...asked.map(({ lifetime }) => lifetime)]
  return lifetimes.reduce((longest, next) => (next.idleMs > longest.idleMs ? next : longest))
}

/** All tokens written. */
export function writtenTokens({ write }: Pick<ReplayedInput, 'write'>): number {
  return CACHE_TTLS.reduce((sum, ttl) => sum + write[ttl], 0)
}
