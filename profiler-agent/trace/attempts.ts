// Recognises that an exchange is another attempt of a call that was made before. No spans, no usage.

import type { HttpExchange } from '../model/exchange'
import { RecentMap } from '../model/recent-map'
import type { HashedBlock } from '../model/record'
import type { Group } from './call-facts'
import { endOf } from './exchange-facts'
import { mayFollow } from './times'

/** What a retry is recognised by. */
export interface AttemptFacts {
  /** Equal for requests that ask the same in one place: the path, which names the model for some providers, a hash of the body, and who makes them. */
  readonly request: string
  readonly startedAt: number
  readonly endedAt: number
  /** Whether an SDK would try again after this outcome. */
  readonly retryable: boolean
  /** As the SDK says; 0 where it says nothing. */
  readonly retryCount: number
  /** Id that the SDK gives to all attempts of one call and to no other call. */
  readonly callId?: string
  /** Which attempt it is, from 1, where the SDK says so. */
  readonly number?: number
}

export interface Attempt {
  readonly logicalId: string
  readonly number: number
}

/** A retry that nobody announced is believed for this long after the failure. */
const INFERRED_RETRY_MS = 60_000

/** Names of the header with an id of the call: AWS SDKs always send theirs, others an idempotency key where it is set. */
const CALL_IDS = ['amz-sdk-invocation-id', 'idempotency-key', 'x-idempotency-key'] as const

/** What an exchange says of the attempt that it is. `bodyHash` is of its request as sent. */
export function attemptFactsOf(exchange: HttpExchange, bodyHash: string): AttemptFacts {
  const headers = exchange.requestHeaders
  const { agent, agentId, context } = exchange.attribution
  const callId = CALL_IDS.map((name) => headers[name]).find(Boolean)
  // AWS: `attempt=2; max=3`.
  const number = Number(/(?:^|;)\s*attempt=(\d{1,4})\b/.exec(headers['amz-sdk-request'] ?? '')?.[1] ?? 0)
  return {
    request: [new URL(exchange.url).pathname, bodyHash, agentId && `${agent};${agentId}`, context]
      .filter(Boolean)
      .join(' '),
    startedAt: exchange.startTime,
    endedAt: endOf(exchange),
    retryable: exchange.end !== 'complete' || isRetryableStatus(exchange.status),
    retryCount: Number(headers['x-stainless-retry-count'] ?? 0) || 0,
    ...(callId !== undefined && { callId }),
    ...(number > 0 && { number }),
  }
}

interface Failure {
  readonly attempt: Attempt
  readonly facts: Pick<AttemptFacts, 'startedAt' | 'endedAt'>
}

/** An attempt out of the store, which keeps no bodies: what it asked is told by its path, its model and the hashes of its prompt. */
export interface StoredAttempt extends Failure {
  readonly asked: string
  readonly facts: Pick<AttemptFacts, 'startedAt' | 'endedAt' | 'retryable'>
}

/** What a request asked, by what the store keeps of it, too. */
export function askedOf(request: {
  readonly endpoint: string
  readonly requestModel: string
  readonly group: Group | undefined
  readonly prompt: readonly Pick<HashedBlock, 'hash'>[]
}): string {
  const { endpoint, requestModel, group, prompt } = request
  return [endpoint, requestModel, group?.key ?? '', ...prompt.map(({ hash }) => hash)].join(' ')
}

/** Retries come soon; of so many requests one may still follow. */
const REMEMBERED_REQUESTS = 10_000

/** Attempts of one run. */
export class Attempts {
  /** Failures that nobody has retried yet, oldest first, by what was asked. */
  readonly #failures = new RecentMap<string, readonly Failure[]>(REMEMBERED_REQUESTS)
  /** The same of those that the store has, by what it knows of their request. */
  readonly #stored = new RecentMap<string, readonly Failure[]>(REMEMBERED_REQUESTS)
  #hasStored = false
  /** The latest attempt of every call that has an id of its own. */
  readonly #named = new RecentMap<string, Attempt>(REMEMBERED_REQUESTS)

  /**
   * The attempt that an exchange is: the next one of the call with its id, or, without an id, of a failed call with the
   * same request; else the first of a new call `id`. `asked` says of it what is said of stored attempts.
   */
  add(id: string, facts: AttemptFacts, asked: () => string = () => ''): Attempt {
    return facts.callId === undefined
      ? this.#addUnnamed(id, facts, asked)
      : this.#addNamed(id, facts, facts.callId)
  }

  /** Remembers an attempt that the store has; by their end. */
  recall({ asked, attempt, facts }: StoredAttempt): void {
    const open = (this.#stored.get(asked) ?? []).filter(
      (other) => other.attempt.logicalId !== attempt.logicalId,
    )
    this.#stored.set(asked, facts.retryable ? [...open, { attempt, facts }] : open)
    this.#hasStored = true
  }

  /** What was asked belongs to the name: recorders write one id over all, and some programs set one key for every call. */
  #addNamed(id: string, facts: AttemptFacts, callId: string): Attempt {
    const key = `${callId} ${facts.request}`
    const earlier = this.#named.get(key)
    const attempt = {
      logicalId: earlier?.logicalId ?? id,
      number: facts.number ?? (earlier?.number ?? 0) + 1,
    }
    this.#named.set(key, attempt)
    return attempt
  }

  #addUnnamed(id: string, facts: AttemptFacts, asked: () => string): Attempt {
    const failures = this.#failures.get(facts.request) ?? []
    const known = retriedBy(facts, failures)
    const earlier = known ?? (this.#hasStored ? this.#takeStored(facts, asked()) : undefined)
    const attempt = earlier
      ? { logicalId: earlier.attempt.logicalId, number: earlier.attempt.number + 1 }
      : { logicalId: id, number: 1 }
    const open = failures.filter((failure) => failure !== earlier)
    const left = facts.retryable ? [...open, { attempt, facts }] : open
    if (left.length > 0) this.#failures.set(facts.request, left)
    else this.#failures.delete(facts.request)
    return attempt
  }

  #takeStored(facts: AttemptFacts, asked: string): Failure | undefined {
    const failures = this.#stored.get(asked) ?? []
    const earlier = retriedBy(facts, failures)
    if (earlier) {
      const left = failures.filter((failure) => failure !== earlier)
      this.#stored.set(asked, left)
    }
    return earlier
  }
}

function retriedBy(facts: AttemptFacts, failures: readonly Failure[]): Failure | undefined {
  const candidates = failures.filter((failure) => mayBeRetryOf(facts, failure.facts))
  // An SDK that counts its retries tells parallel calls that ask the same apart.
  return candidates.find((failure) => failure.attempt.number === facts.retryCount) ?? candidates[0]
}

function mayBeRetryOf(facts: AttemptFacts, failed: Failure['facts']): boolean {
  const pauseMs = facts.startedAt - failed.endedAt
  if (!mayFollow(facts, failed)) return false
  return facts.retryCount > 0 || pauseMs <= INFERRED_RETRY_MS
}

/** Statuses after which the providers' SDKs try again (and a connection that broke, which has none). */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500
}
