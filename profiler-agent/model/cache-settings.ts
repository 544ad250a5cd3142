// What a request says of prompt caching, and what besides its text a provider's cache tells apart. Types only.

/** Read from the raw request and response by the adapters; kept with the call. Absent fields: not said. */
export interface CacheSettings {
  /** Lifetime asked for the whole request, as it names it: `5m`, `1h`, `30m`, `12h`, `in_memory`, `24h`. Marks on blocks say their own. */
  readonly lifetime?: string
  /**
   * `automatic`: the provider puts a breakpoint on the last block because the request asks for it (Anthropic's top-level `cache_control`).
   * `explicit`: the provider's own breakpoint is switched off (OpenAI from gpt-5.6 on).
   */
  readonly mode?: 'automatic' | 'explicit'
  /** `prompt_cache_key` and what other providers call so: requests with one key are sent to one cache. */
  readonly key?: string
  /** A cache made before by a call of its own (Gemini's `cachedContent`): its name. */
  readonly cachedContent?: string
  /**
   * Parameters that make a cached prompt another one, by their name in the request (`tool_choice`, `thinking`, `reasoning.effort`,
   * `text.format`, `service_tier`, `speed` …). Values are the JSON as sent where it is short, else `sha256:` and
   * its hash.
   */
  readonly parameters?: Readonly<Record<string, string>>
  /**
   * What the request does not show of the prompt: `held` where the provider holds a part of it (`previous_response_id`, a conversation,
   * a stored template, `cachedContent`), `edited` where the provider took something out of it by itself, `cut` where the request was not
   * recorded whole, `redacted` where credentials in it were masked, so that two of its texts may look the same and not be.
   */
  readonly unseen?: 'held' | 'edited' | 'cut' | 'redacted'
  /** What the provider itself says of a miss (`cache_miss_reason`, `prompt_cache_diagnostics`), in its own word. */
  readonly missReason?: string
  /** Tokens that the provider says were missed. */
  readonly missedTokens?: number
}
