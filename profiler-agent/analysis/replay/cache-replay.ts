// The counterfactual: what the input of calls would have been billed as, had the provider's cache kept exactly to its rule.

import { CACHE_TTLS } from '../../model/usage'
import { type CacheRule, ruleForRequest } from '../../rules/cache-rules'
import { askAutomatic, type TextOf } from './automatic-cache'
import { askBreakpoints } from './breakpoint-cache'
import { type Breakpoint, breakpointsOf, lifetimeOf } from './breakpoints'
import { inputCost, recordedInput } from './input-bill'
import { type Passage, servedTokens } from './passage'
import type { Hold } from './prefix-tree'
import { wayOf } from './prompt-identity'
import { renderedCall } from './rendered-prompt'
import type { ReplayCall, ReplayedInput } from './replay-call'
import { type FoundBlocks, type Trail, Trails } from './trails'

export interface ReplayOptions {
  /** The rule of a call's model; `undefined` where nobody knows one: such calls are billed as they were. */
  readonly ruleOf: (call: ReplayCall) => CacheRule | undefined
  /** For automatic caches, which also hold the beginning of a block, and for texts that the model is not shown. */
  readonly textOf?: TextOf
}

/** The caches of one customer over a run: calls go in in the order in which they started, each comes out as a bill. */
export class CacheReplay {
  readonly #trails = new Trails()

  constructor(readonly options: ReplayOptions) {}

  /** Takes the next call by start time. Throws nothing. */
  add(sent: ReplayCall): ReplayedInput {
    const ruleOfModel = this.options.ruleOf(sent)
    const total = sent.usage.inputTokens
    if (!ruleOfModel || total === null || !sent.isPromptWhole || sent.prompt.blocks.length === 0)
      return recordedInput(sent)
    const call = renderedCall(sent, ruleOfModel, this.options.textOf)
    const asked = breakpointsOf(call, ruleOfModel)
    const rule = ruleForRequest(ruleOfModel, asked.length > 0)
    const trail = this.#trails.enter(wayOf(call, rule))
    const hold = longestLifetime(call, rule, asked)
    const found = trail.found(call.startedAt)
    const passage = passageOf({ call, rule, total, asked }, trail, found.live)
    const billed =
      rule.mechanism === 'automatic'
        ? askAutomatic(passage, hold, this.options.textOf)
        : askBreakpoints(passage)
    const prefixes = prefixesOf(passage, trail, found)
    trail.touch(hold, passage.use)
    return { ...billed, picoUsd: inputCost(billed, call), isReplayed: true, ...prefixes }
  }
}

interface Request {
  readonly call: ReplayCall
  readonly rule: CacheRule
  readonly total: number
  readonly asked: readonly Breakpoint[]
}

function passageOf({ call, rule, total, asked }: Request, trail: Trail, liveBlocks: number): Passage {
  const { sums } = trail
  // Input tokens that no block accounts for stand in front.
  const hidden = Math.max(0, total - (sums.at(-1) ?? 0))
  const tokensOf = (blocks: number) => (blocks === 0 ? 0 : Math.min(total, hidden + (sums[blocks - 1] ?? 0)))
  return {
    ...{ call, rule, total, trail, tokensOf, liveBlocks },
    breakpoints: asked.filter(({ index }) => tokensOf(index + 1) >= rule.minimumTokens),
    use: { at: call.startedAt, readableFrom: call.firstTokenAt, spanId: call.spanId },
  }
}

type Prefixes = Pick<ReplayedInput, 'reachable' | 'expired' | 'pending'>

/** The longest beginnings of a prompt that were sent before. */
function prefixesOf(passage: Passage, trail: Trail, { live, pending, expired }: FoundBlocks): Prefixes {
  return {
    ...prefixOf('reachable', live, passage, trail),
    ...prefixOf('pending', pending, passage, trail),
    ...prefixOf('expired', expired, passage, trail),
  }
}

function prefixOf(name: keyof Prefixes, blocks: number, passage: Passage, trail: Trail): Prefixes {
  const sent = blocks === 0 ? undefined : trail.sentAt(blocks)
  if (!sent) return {}
  const tokens = servedTokens(passage.tokensOf(blocks), passage.rule)
  return { [name]: { blocks, tokens, spanId: sent.spanId, ageMs: passage.use.at - sent.usedAt } }
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
