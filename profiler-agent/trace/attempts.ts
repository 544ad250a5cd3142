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

/** A retry starts after its failure ended; clocks of two processes that close together may disagree by this much. */
const CLOCK_TOLERANCE_MS = 50

interface Failure {
  readonly attempt: Attempt
  readonly facts: AttemptFacts
}

/** Attempts of one run. */
export class Attempts {
  /** Failures that nobody has retried yet, oldest first, by the body of their request. */
  readonly #failures = new Map<string, Failure[]>()

  /** The attempt that an exchange is: the next one of a failed call with the same body, else the first of a new call `id`. */
  add(id: string, facts: AttemptFacts): Attempt {
    const failures = this.#failures.get(facts.bodyHash) ?? []
    const candidates = failures.filter((failure) => mayBeRetryOf(facts, failure.facts))
    // An SDK that counts its retries tells parallel calls with one body apart.
    const earlier = candidates.find((failure) => failure.attempt.number === facts.retryCount) ?? candidates[0]
    const attempt = earlier
      ? { logicalId: earlier.attempt.logicalId, number: earlier.attempt.number + 1 }
      : { logicalId: id, number: 1 }
    const open = failures.filter((failure) => failure !== earlier)
    this.#failures.set(facts.bodyHash, facts.retryable ? [...open, { attempt, facts }] : open)
    return attempt
  }
}

function mayBeRetryOf(facts: AttemptFacts, failed: AttemptFacts): boolean {
  const pauseMs = facts.startedAt - failed.endedAt
  if (pauseMs < -CLOCK_TOLERANCE_MS) return false
  return facts.retryCount > 0 || pauseMs <= INFERRED_RETRY_MS
}

/** Statuses after which the providers' SDKs try again (and a connection that broke, which has none). */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500
}
