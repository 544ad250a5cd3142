// Recognises that an exchange is another attempt of a call that was made before. No spans, no usage.

/** What a retry is recognised by. `bodyHash` is of the request as sent; `retryCount` is what the SDK says, 0 where it says nothing. */
export interface AttemptFacts {
  readonly bodyHash: string
  readonly startedAt: number
  readonly endedAt: number
  /** Whether an SDK would try again after this outcome. */
  readonly retryable: boolean
  readonly retryCount: number
}

export interface Attempt {
  readonly logicalId: string
  readonly number: number
}

/** A retry that nobody announced is believed for this long after the failure. */
const INFERRED_RETRY_MS = 60_000

interface Tried {
  readonly attempt: Attempt
  readonly facts: AttemptFacts
}

/** Attempts of one run. */
export class Attempts {
  readonly #last = new Map<string, Tried>()

  /** The attempt that an exchange is: the next one of a failed call with the same body, else the first of a new call `id`. */
  add(id: string, facts: AttemptFacts): Attempt {
    const earlier = this.#last.get(facts.bodyHash)
    const attempt =
      earlier && isRetryOf(facts, earlier.facts)
        ? { logicalId: earlier.attempt.logicalId, number: earlier.attempt.number + 1 }
        : { logicalId: id, number: 1 }
    this.#last.set(facts.bodyHash, { attempt, facts })
    return attempt
  }
}

function isRetryOf(facts: AttemptFacts, earlier: AttemptFacts): boolean {
  if (!earlier.retryable || facts.startedAt < earlier.startedAt) return false
  return facts.retryCount > 0 || facts.startedAt - earlier.endedAt <= INFERRED_RETRY_MS
}

/** Statuses after which the providers' SDKs try again (and a connection that broke, which has none). */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500
}
