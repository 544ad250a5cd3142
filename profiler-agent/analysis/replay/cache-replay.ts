// The counterfactual: what the input of calls would have been billed as, had the provider's cache kept exactly to its rule.

import { CACHE_TTLS } from '../../model/usage'
import { type CacheRule, ruleForRequest } from '../../rules/cache-rules'
import { askAutomatic, type TextOf } from './automatic-cache'
import { askBreakpoints } from './breakpoint-cache'
import { breakpointsOf, lifetimeOf } from './breakpoints'
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
    const rule = ruleForRequest(ruleOfModel, breakpointsOf(call, ruleOfModel).length > 0)
    const passage = this.#passageOf(call, rule, total)
    const hold = longestLifetime(call, rule)
    const prefixes = prefixesOf(passage)
    const billed =
      rule.mechanism === 'automatic'
        ? askAutomatic(passage, hold, this.options.textOf)
        : askBreakpoints(passage)
    for (const node of passage.nodes) node.sent = renewed(node.sent, hold, passage.use)
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
}

type Prefixes = Pick<ReplayedInput, 'reachable' | 'expired' | 'pending'>

const FOUND = { live: 'reachable', pending: 'pending', expired: 'expired' } as const

/** The longest beginnings of a prompt that were sent before, by what a cache could make of them. */
function prefixesOf({ nodes, ends, rule, use }: Passage): Prefixes {
  const found: { -readonly [name in keyof Prefixes]: Prefix } = {}
  for (const [index, { sent }] of nodes.entries()) {
    if (!sent) break
    found[FOUND[stateOf(sent, use.at)]] = {
      blocks: index + 1,
      tokens: servedTokens(ends[index] ?? 0, rule),
      spanId: sent.spanId,
      ageMs: use.at - sent.usedAt,
    }
  }
  return found
}

/** Of those that the request asks for. */
function longestLifetime(call: ReplayCall, rule: CacheRule): Hold {
  const asked = breakpointsOf(call, rule).map(({ lifetime }) => lifetime)
  return [lifetimeOf(rule, call.settings.lifetime), ...asked].reduce((longest, lifetime) =>
    lifetime.idleMs > longest.idleMs ? lifetime : longest,
  )
}

/** All tokens written. */
export function writtenTokens({ write }: Pick<ReplayedInput, 'write'>): number {
  return CACHE_TTLS.reduce((sum, ttl) => sum + write[ttl], 0)
}
