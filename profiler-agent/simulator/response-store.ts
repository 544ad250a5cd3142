// Responses that the Responses API keeps: to be read again, polled, and continued by later requests.

import { type JsonObject, objectsIn } from './json'

interface StoredResponse {
  readonly response: JsonObject
  /** Everything the model saw and said, in order: history, input, output. */
  readonly items: readonly JsonObject[]
  /** Ms since the epoch; before it a background response still reads as in progress. */
  readonly readyAt: number
}

const MAX_STORED = 5_000

export class ResponseStore {
  readonly #stored = new Map<string, StoredResponse>()

  keep(response: JsonObject, before: readonly JsonObject[], readyAt: number): void {
    const [oldest] = this.#stored.keys()
    if (this.#stored.size >= MAX_STORED && oldest !== undefined) this.#stored.delete(oldest)
    const items = [...before, ...objectsIn(response.output)]
    this.#stored.set(String(response.id), { response, items, readyAt })
  }

  items(id: string): readonly JsonObject[] | undefined {
    return this.#stored.get(id)?.items
  }

  /** The response as it reads at `at`; `undefined` when it was never kept. */
  read(id: string, at: number): JsonObject | undefined {
    const stored = this.#stored.get(id)
    if (!stored || at >= stored.readyAt) return stored?.response
    return {
      ...stored.response,
      status: 'in_progress',
      completed_at: null,
      incomplete_details: null,
      output: [],
      usage: null,
    }
  }
}
