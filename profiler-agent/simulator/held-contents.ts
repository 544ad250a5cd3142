// Caches that a caller makes by a call of its own (Gemini's cachedContents): made, shown, prolonged, removed, used by later requests.

import { EXPLICIT_CACHES } from '../rules/caches/google'
import { field, renderGeminiParts } from './formats/gemini-prompt'
import { type JsonObject, RequestRefused, textOr } from './json'
import { type CountTokens, PromptBuilder } from './prompt'

interface Held {
  readonly body: JsonObject
  readonly tokens: number
  readonly createdAt: number
  expiresAt: number
}

export class HeldContentsStore {
  readonly #held = new Map<string, Held>()
  #made = 0

  constructor(
    private readonly count: CountTokens,
    private readonly now: () => number,
  ) {}

  /** Throws `RequestRefused` for less than a cache may hold. */
  create(body: JsonObject): JsonObject {
    const prompt = new PromptBuilder(this.count)
    renderGeminiParts(prompt, body)
    const tokens = prompt.build().totalTokens
    if (tokens < EXPLICIT_CACHES.minimumTokens)
      throw new RequestRefused(
        400,
        `Cached content is too small. total_token_count=${tokens}, min_total_token_count=${EXPLICIT_CACHES.minimumTokens}`,
      )
    const at = this.now()
    const name = `cachedContents/sim${String(++this.#made).padStart(6, '0')}`
    this.#held.set(name, { body, tokens, createdAt: at, expiresAt: expiryOf(body, at) })
    return this.show(name)
  }

  show(name: string): JsonObject {
    const { body, tokens, createdAt, expiresAt } = this.#find(name)
    const createTime = new Date(createdAt).toISOString()
    return {
      name,
      model: body.model,
      createTime,
      updateTime: createTime,
      expireTime: new Date(expiresAt).toISOString(),
      displayName: textOr(field(body, 'displayName')),
      usageMetadata: { totalTokenCount: tokens },
    }
  }

  prolong(name: string, body: JsonObject): JsonObject {
    this.#find(name).expiresAt = expiryOf(body, this.now())
    return this.show(name)
  }

  remove(name: string): void {
    this.#find(name)
    this.#held.delete(name)
  }

  /** What it holds, as a request would say it. */
  contents(name: string): JsonObject {
    return this.#find(name).body
  }

  #find(name: string): Held {
    const held = this.#held.get(name)
    if (held && held.expiresAt > this.now()) return held
    throw new RequestRefused(403, 'CachedContent not found (or permission denied)')
  }
}

function expiryOf(body: JsonObject, at: number): number {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(textOr(body.ttl))?.[1]
  const time = Date.parse(textOr(field(body, 'expireTime')))
  if (seconds !== undefined) return at + Number(seconds) * 1000
  return Number.isNaN(time) ? at + EXPLICIT_CACHES.lifetimeMs : time
}
