// One recorded call as it would have been with another model: who sells it, what the prompt comes to in its tokens, at which prices.

import type { InputBuckets } from '../analysis/replay/input-bill'
import type { ReplayBlock, ReplayCall } from '../analysis/replay/replay-call'
import { factsOfAttributes } from '../model/billing'
import { present } from '../model/present'
import type { Cost, ModelCall, Span } from '../model/span'
import { perTtl, type Usage, usageOf } from '../model/usage'
import { regionOf, sellerUrl } from '../pricing/exchange-seller'
import { type PriceAnswer, type PriceBook, type PriceQuestion, priceCall } from '../pricing/price'
import { quoteFor } from '../pricing/quote'

export interface RecordedCall {
  readonly span: Span & { readonly modelCall: ModelCall & { readonly cost: Cost } }
  /** With its prompt, where that is known. */
  readonly call?: ReplayCall
}

/** Who sells the new model, under which name. */
export interface Target {
  readonly provider: string
  readonly model: string
}

export interface SwitchedCall {
  readonly recorded: RecordedCall
  /** Tokens of the new model for one of the old. */
  readonly ratio: number
  /** Not whole where the prompt is not known. */
  readonly call: ReplayCall
  /** The whole call, its input billed like this. */
  readonly priceOf: (input: InputBuckets) => PriceAnswer
}

/** Blocks with so many times their tokens; a block that many prompts have is made once. */
export class ScaledBlocks {
  readonly #made = new Map<number, WeakMap<ReplayBlock, ReplayBlock>>()

  /** Rounded down, so that blocks are never more than the whole. */
  of(blocks: readonly ReplayBlock[], ratio: number): readonly ReplayBlock[] {
    if (ratio === 1) return blocks
    const made = this.#made.get(ratio) ?? new WeakMap<ReplayBlock, ReplayBlock>()
    this.#made.set(ratio, made)
    return blocks.map((block) => {
      const scaled = made.get(block) ?? { ...block, tokens: Math.floor(block.tokens * ratio) }
      made.set(block, scaled)
      return scaled
    })
  }
}

/** What calls are switched by. */
export interface Switch {
  readonly book: PriceBook
  readonly blocks: ScaledBlocks
}

/** `ratio`: tokens of the new model for one of the old. Says why where the book has no price. */
export function switchCall(
  recorded: RecordedCall,
  target: Target,
  ratio: number,
  { book, blocks }: Switch,
): SwitchedCall | { readonly unpricedReason: string } {
  const { usage } = recorded.span.modelCall
  const inputTokens = Math.round((usage.inputTokens ?? 0) * ratio)
  const question = priceQuestion(recorded, target)
  const quote = quoteFor({ ...question, inputTokens }, book)
  if (!('prices' in quote)) return quote
  const scaled = blocks.of(recorded.call?.prompt.blocks ?? [], ratio)
  const call = replayCall(recorded, target, { blocks: scaled, inputTokens, prices: quote.prices })
  const priceOf = (input: InputBuckets) =>
    priceCall({ ...question, usage: switchedUsage(usage, input, ratio) }, book)
  const check = priceOf({ read: 0, write: perTtl(() => 0), fresh: inputTokens })
  return 'cost' in check ? { recorded, ratio, call, priceOf } : check
}

/** At the moment of the call; its tier, speed and region hold where the seller stays the same. */
function priceQuestion({ span }: RecordedCall, target: Target): Omit<PriceQuestion, 'usage'> {
  const { provider, tier, cost } = span.modelCall
  const { geo, speed, modalities } = factsOfAttributes(span.attributes)
  const url = String(span.attributes['url.full'] ?? '')
  const isSameSeller = provider === target.provider
  return {
    ...target,
    at: new Date(cost.pricedAt),
    basis: cost.pricedAtBasis,
    hasBothSides: span.kind === 'chat',
    ...present({ modalities }),
    ...(isSameSeller ? { url: sellerUrl({ provider, url, responseHeaders: {} }) } : {}),
    ...(isSameSeller ? present({ tier, speed, geo: regionOf(provider, url) ?? geo }) : {}),
  }
}

interface Scale {
  readonly blocks: readonly ReplayBlock[]
  readonly inputTokens: number
  readonly prices: Cost['prices']
}

function replayCall({ span, call }: RecordedCall, target: Target, scale: Scale): ReplayCall {
  const { usage, cost, provider } = span.modelCall
  const startedAt = call?.startedAt ?? Date.parse(span.startTime)
  return {
    spanId: span.id,
    ...target,
    startedAt,
    firstTokenAt: call?.firstTokenAt ?? Date.parse(span.endTime),
    usage: { ...usage, inputTokens: scale.inputTokens },
    cost: { prices: scale.prices, byBucket: cost.byBucket },
    // What another provider is asked of caching is said in other words, which the program would have to learn first.
    settings: (provider === target.provider && call?.settings) || {},
    prompt: { blocks: scale.blocks },
    isPromptWhole: call?.isPromptWhole ?? false,
  }
}

/** The reply says as much, in the new model's tokens. */
function switchedUsage(usage: Usage, input: InputBuckets, ratio: number): Usage {
  const scaled = (tokens: number | null) => (tokens === null ? null : Math.round(tokens * ratio))
  return usageOf(
    {
      uncachedInputTokens: input.fresh,
      cacheReadTokens: input.read,
      cacheWriteTokens: input.write,
      outputTokens: scaled(usage.outputTokens),
      units: usage.units,
    },
    usage.origin,
    null,
  )
}
