// Exchanges in the form in which the analysis takes them: times in whole ms, tokens shared over the blocks of the prompt.

import type { AnalysedCall } from './analysis/finding-input'
import { present } from './model/present'
import { cacheWriteTotal, type Usage } from './model/usage'
import type { TracedExchange } from './pipeline'
import { cacheRuleFor } from './rules/cache-rules'
import { PromptShares } from './tokens/prompt-shares'

/** The calls of one run, one after the other. */
export class AnalysedCalls {
  readonly #shares = new PromptShares()

  /** `undefined` for what cannot be analysed: several inferences in one exchange, or none with a price. */
  of(traced: TracedExchange): AnalysedCall | undefined {
    const { exchange, endTime, timeToFirstTokenMs, inferences, prompt, settings = {} } = traced
    const [inference] = inferences
    if (inferences.length !== 1 || !inference?.cost) return undefined
    // Of a request that was cut short nothing can be read.
    const unseen = settings.unseen ?? (prompt.length === 0 ? ('cut' as const) : undefined)
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
      ...(known ? { known } : {}),
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
      usage: inference.usage,
      cost: inference.cost,
      settings: present({ ...settings, unseen }),
      prompt: shared,
      isPromptWhole: unseen === undefined,
      marks: prompt.flatMap((block) => block.mark ?? []),
    }
  }
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
  const blocks = prompt.findLastIndex(({ mark }) => mark !== undefined) + 1
  const tokens = (usage.cacheReadTokens ?? 0) + (cacheWriteTotal(usage) ?? 0)
  return isOwn && blocks > 0 && tokens > 0 ? { blocks, tokens } : undefined
}
