// Which of a provider's machines a request comes to, each with caches of its own: one, until there are too many requests a minute.

import { createHash } from 'node:crypto'
import type { Prompt } from '../prompt'

const MINUTE_MS = 60_000
/** Requests are sent to machines by a hash of about so many tokens. Source: developers.openai.com prompt-caching, read 2026-11-21. */
const ROUTING_TOKENS = 256

export class Machines {
  readonly #recent = new Map<string, number[]>()

  /** `limit`: requests a minute with one beginning and one scope that one machine takes; without it there is one machine. */
  constructor(private readonly limit?: number) {}

  /** Number of the machine, from 0, for a request that comes in at `at`. */
  machineFor(prompt: Prompt, scope: string, at: number): number {
    if (this.limit === undefined) return 0
    const key = `${scope}\n${beginningOf(prompt)}`
    const recent = (this.#recent.get(key) ?? []).filter((time) => at - time < MINUTE_MS)
    this.#recent.set(key, [...recent, at])
    return Math.floor(recent.length / this.limit)
  }
}

function beginningOf({ units }: Prompt): string {
  const hash = createHash('sha256')
  let tokens = 0
  for (const unit of units) {
    if (tokens >= ROUTING_TOKENS) break
    const share = Math.min(1, (ROUTING_TOKENS - tokens) / Math.max(1, unit.tokens))
    hash.update(unit.text.slice(0, Math.ceil(unit.text.length * share)))
    tokens += unit.tokens
  }
  return hash.digest('base64')
}
