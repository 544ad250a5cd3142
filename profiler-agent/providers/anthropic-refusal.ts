// Whether a refused request was free: one refused before any output may be, by its category and by the day.

import type { HttpExchange } from '../model/exchange'
import { CLAUDE_REFUSALS } from '../rules/refusals'
import type { AnthropicReply } from './anthropic-reply'
import { iterationsOf } from './anthropic-usage'

const isIn = (list: readonly string[], value: string | undefined) =>
  value !== undefined && list.includes(value)

/**
 * True where the provider says that it does not bill this refusal; its counts are for information only then. Where
 * several models refused in turn, some in mid-reply, their category is not told apart: each is billed as it is listed.
 */
export function isFreeRefusal(
  { provider, startTime }: Pick<HttpExchange, 'provider' | 'startTime'>,
  { stopReason, refusalCategory, content, usage = {} }: AnthropicReply,
): boolean {
  const { providers, from, billed, billedFrom } = CLAUDE_REFUSALS
  if (iterationsOf(usage).length > 1) return false
  if (stopReason !== 'refusal' || content.length > 0 || !isIn(providers, provider)) return false
  if (startTime < Date.parse(from)) return false
  return startTime < Date.parse(billedFrom) || !isIn(billed, refusalCategory)
}
