// Exchanges in the form in which the analysis takes them: times in whole ms, tokens shared over the blocks of the prompt.

import type { AnalysedCall } from './analysis/finding-input'
import { NotAnalysed, type NotAnalysedReason } from './analysis/not-analysed'
import type { CacheSettings } from './model/cache-settings'
import { present } from './model/present'
import { SharedValues } from './model/shared-values'
import type { Cost, CostByBucket, UnitPrices } from './model/span'
import { type CacheTtl, type CacheWriteTokens, cacheWriteTotal, type Units, type Usage } from './model/usage'
import type { TracedExchange } from './pipeline'
import { cacheRuleFor } from './rules/cache-rules'
import { PromptShares } from './tokens/prompt-shares'

/** What is compared stays in memory while its run goes on: about 2 KB a call. `NotAnalysed` says so of the others. */
const MOST_CALLS = 10_000

/** The calls of one run, one after the other. */
export class AnalysedCalls {
  readonly #shares = new PromptShares()
  readonly #alike = new AlikeFacts()
  #calls = 0
  readonly notAnalysed = new NotAnalysed()

  /** `undefined` for what cannot be analysed: several inferences in one exchange, none with a price, or too many calls before it. */
  of(traced: TracedExchange): AnalysedCall | undefined {
    const { exchange, endTime, timeToFirstTokenMs, inferences, prompt, settings = {} } = traced
    const [inference] = inferences
    const isBeyond = this.#calls >= MOST_CALLS
    if (isMaterial(traced)) this.notAnalysed.add(exchange, isBeyond ? 'many' : reasonOf(traced))
    if (isBeyond || inferences.length !== 1 || !inference?.cost) return undefined
    this.#calls++
    const unseen = unseenOf(traced)
    // The store keeps times in whole ms.
    const startedAt = Math.trunc(exchange.startTime)
    const endedAt = Math.trunc(endTime)
    const model = inference.responseModel ?? inference.requestModel
    const inputTokens = inference.usage.inputTokens ?? 0
    const known = countedByCache(traced, model, inference.usage)
    const shared = this.#shares.share({
      ...{
        id: exchange.id,
        counter: `${exchange.provider} ${model}`,
        startedAt,
        endedAt,
        blocks: prompt,
        inputTokens,
      },
      ...present({ known, preamble: preambleOf(traced, model) }),
      hasUnseen: unseen !== undefined || inference.usage.inputTokens === null,
    })
    return {
      spanId: exchange.id,
      provider: exchange.provider,
      model,
      startedAt,
      endedAt,
      firstTokenAt: timeToFirstTokenMs === undefined ? endedAt : startedAt + timeToFirstTokenMs,
      ...present({ agent: traced.agent, step: traced.step, callSite: traced.callSite }),
      usage: this.#alike.usage(inference.usage),
      cost: this.#alike.cost(inference.cost),
      settings: this.#alike.settings.one(present({ ...settings, unseen })),
      prompt: shared,
      isPromptWhole: unseen === undefined,
      marks: this.#alike.marks.one(prompt.flatMap((block) => block.mark ?? [])),
    }
  }
}

/** What calls of one run mostly have in common: kept once, they take half the room. */
class AlikeFacts {
  readonly #prices = new SharedValues<UnitPrices>()
  readonly #buckets = new SharedValues<CostByBucket>()
  readonly #writes = new SharedValues<CacheWriteTokens>()
  readonly #units = new SharedValues<Units>()
  readonly settings = new SharedValues<CacheSettings>()
  readonly marks = new SharedValues<readonly CacheTtl[]>()

  /** Without what the provider said in its own words: nobody compares that. */
  usage(usage: Usage): Usage {
    const { cacheWriteTokens, units } = usage
    return {
      ...usage,
      cacheWriteTokens: this.#writes.one(cacheWriteTokens),
      units: this.#units.one(units),
      raw: null,
    }
  }

  cost(cost: Cost): Cost {
    return { ...cost, prices: this.#prices.one(cost.prices), byBucket: this.#buckets.one(cost.byBucket) }
  }
}

/** What Claude is told of the use of tools: 300 to 600 tokens in recorded calls, behind the system prompt. */
const TOOL_PREAMBLE_TOKENS = 346

function preambleOf({ exchange, prompt }: TracedExchange, model: string) {
  const isClaude = cacheRuleFor(exchange.provider, model)?.provider === 'anthropic'
  if (!isClaude || !prompt.some(({ kind }) => kind === 'tool_def')) return undefined
  const before = prompt.findIndex(({ kind }) => kind !== 'tool_def' && kind !== 'system')
  return before < 0 ? undefined : { before, tokens: TOOL_PREAMBLE_TOKENS }
}

/** Of a request that was cut short nothing can be read. */
function unseenOf({ settings, prompt }: TracedExchange): CacheSettings['unseen'] {
  return settings?.unseen ?? (prompt.length === 0 ? 'cut' : undefined)
}

/** Most providers cache no shorter prompts. */
const LEAST_TOKENS = 1_024

/** Whether the cache could have made a difference in what a call cost. What has no price is worth a word where its cache is known. */
function isMaterial({ exchange: { provider }, inferences }: TracedExchange): boolean {
  return inferences.some(({ kind, billed, cost, usage, ...models }) => {
    if (kind !== 'chat' || (usage.inputTokens ?? 0) < LEAST_TOKENS) return false
    if (cost !== null) return cost.picoUsd > 0
    return billed && cacheRuleFor(provider, models.responseModel ?? models.requestModel) !== undefined
  })
}

/** Why nothing can be said of a call's cache; `undefined` where it can. */
function reasonOf(traced: TracedExchange): NotAnalysedReason | undefined {
  const [inference, ...others] = traced.inferences
  if (!inference) return undefined
  if (others.length > 0) return 'several'
  const rule = cacheRuleFor(traced.exchange.provider, inference.responseModel ?? inference.requestModel)
  if (!rule) return unseenOf(traced) ?? 'no-rule'
  return unseenOf(traced) ?? (inference.cost ? undefined : 'unpriced')
}

/** What is read and written together ends at the last breakpoint, where nobody but the request sets one. */
function countedByCache(
  { exchange, prompt, settings }: TracedExchange,
  model: string,
  usage: Usage,
): { readonly blocks: number; readonly tokens: number } | undefined {
  const rule = cacheRuleFor(exchange.provider, model)
  const isOwn =
    rule?.mechanism === 'breakpoints' && (!rule.implicitBreakpoint || settings?.mode === 'explicit')
  const tokens = (usage.cacheReadTokens ?? 0) + (cacheWriteTotal(usage) ?? 0)
  if (!isOwn || tokens === 0) return undefined
  const blocks = prompt.findLastIndex(({ mark }) => mark !== undefined) + 1
  return blocks > 0 ? { blocks, tokens } : undefined
}
