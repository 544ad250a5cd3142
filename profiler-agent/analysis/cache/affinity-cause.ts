// Why a provider read less than was there: requests that it sends to several caches, or its own doing; and what it says of it itself. Pure.

import type { CacheCause } from '../cache-causes'
import { insertByStart, latestBefore } from './calls-by-start'
import type { Reached } from './reach'
import type { SentCall } from './sent-call'

/** Requests in a minute with one prefix and key, past which OpenAI sends some elsewhere. Source: its guide to prompt caching, 2026-11-21. */
const MOST_A_MINUTE = 15
const MINUTE = 60_000

/** How often requests with one beginning and key came. */
export class RequestRates {
  readonly #byKey = new Map<string, SentCall[]>()

  add(sent: SentCall): void {
    const calls = this.#byKey.get(rateKey(sent)) ?? []
    insertByStart(calls, sent)
    this.#byKey.set(rateKey(sent), calls)
  }

  /** In the minute before the call, itself included. */
  before(sent: SentCall): number {
    let count = 1
    for (const earlier of latestBefore(this.#byKey.get(rateKey(sent)) ?? [], sent)) {
      if (sent.call.startedAt - earlier.call.startedAt > MINUTE) break
      count++
    }
    return count
  }
}

function rateKey({ call: { model, settings, prompt } }: SentCall): string {
  return [model, settings.key ?? '', prompt.blocks[0]?.hash ?? ''].join('\n')
}

export interface ProviderFault {
  readonly cause: CacheCause
  readonly details: Readonly<Record<string, unknown>>
}

/** Of a call that read less than an equal prefix that was there, by every rule that is known. */
export function providerFault(sent: SentCall, { earlier }: Reached, requestsAMinute: number): ProviderFault {
  const { rule, call, read } = sent
  const ageMs = call.startedAt - earlier.call.startedAt
  if (rule.affinity !== undefined && rule.mechanism === 'automatic') {
    const { key } = call.settings
    if (key === undefined)
      return { cause: 'routing-affinity', details: { affinity: rule.affinity, key: null, ageMs } }
    if (requestsAMinute > MOST_A_MINUTE)
      return { cause: 'routing-affinity', details: { affinity: rule.affinity, requestsAMinute, ageMs } }
  }
  return { cause: read === 0 ? 'evicted' : 'unknown', details: { ageMs } }
}

/** Of the provider's own words for a miss, what they mean here; `undefined` where our finding says it more exactly. */
const MEANINGS: Readonly<Record<string, { readonly cause: CacheCause; readonly parameter?: string }>> = {
  model_changed: { cause: 'settings-changed', parameter: 'model' },
  service_tier_changed: { cause: 'settings-changed', parameter: 'service_tier' },
  reasoning_effort_changed: { cause: 'settings-changed', parameter: 'reasoning.effort' },
  verbosity_changed: { cause: 'settings-changed', parameter: 'text.verbosity' },
  text_format_changed: { cause: 'settings-changed', parameter: 'text.format' },
  prompt_cache_key_changed: { cause: 'routing-affinity' },
  context_compacted: { cause: 'history-edited' },
  tools_changed: { cause: 'tools-changed' },
  system_changed: { cause: 'system-changed' },
  messages_changed: { cause: 'history-edited' },
  input_changed: { cause: 'history-edited' },
}

/** Causes that say the same as the provider's word, and more. */
const MORE_EXACT: Readonly<Record<string, readonly CacheCause[]>> = {
  tools_changed: ['tools-changed', 'tools-reordered', 'unstable-serialisation', 'volatile-prefix'],
  system_changed: ['system-changed', 'unstable-serialisation', 'volatile-prefix'],
  messages_changed: ['history-edited', 'unstable-serialisation', 'volatile-prefix'],
  input_changed: ['history-edited', 'system-changed', 'unstable-serialisation', 'volatile-prefix'],
  context_compacted: ['history-edited'],
  prompt_cache_key_changed: ['routing-affinity'],
}

/** What the provider says, where it contradicts what was found; `undefined` where it says nothing or the same. */
export function providersWord(
  reason: string | undefined,
  found: CacheCause | undefined,
): { readonly cause: CacheCause; readonly parameter?: string } | undefined {
  const meaning = reason === undefined ? undefined : MEANINGS[reason]
  if (!meaning || reason === undefined || meaning.cause === found) return undefined
  return found && MORE_EXACT[reason]?.includes(found) ? undefined : meaning
}
