// What the worker tells the gate of calls that were read: who spent how much, as whole sums, so that telling it twice changes nothing. Types only.

import type { PicoUsd } from '../../model/money'
import type { Sums } from './sums'

/** The calls of one agent span (without the agents in it), of one step span, or of a whole run. */
export interface SpentAccount {
  readonly runId: string
  /** Of the span; the run's for a run. */
  readonly id: string
  readonly kind: 'run' | 'agent' | 'step'
  /** The nearest agent around an agent, the agent of a step; absent at the top of the run. */
  readonly parentId?: string
  readonly agent?: string
  readonly agentVersion?: string
  readonly intent?: string
  readonly step?: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly spent: Sums
  /** Its span was taken away. */
  readonly isGone?: true
}

/** Where a call turned out to belong, and what a request that extends it starts from. */
export interface ReadCall {
  /** Of the exchange. */
  readonly id: string
  readonly runId: string
  readonly agentId?: string
  readonly stepId?: string
  /** `null` is unknown. */
  readonly input: number | null
  readonly output: number | null
  /** By which a later request may go on from it. */
  readonly responseIds: readonly string[]
  /** What its input cost; absent where nobody knows. */
  readonly inputPicoUsd?: PicoUsd
  /** It failed, so that the same request again is another attempt. */
  readonly isFailed: boolean
}

export interface SpentDay {
  /** Local calendar day, `2026-11-20`. */
  readonly day: string
  readonly picoUsd: PicoUsd
  /** Billed calls without a price. */
  readonly unknown: number
}

export interface SpentUpdate {
  readonly accounts: readonly SpentAccount[]
  readonly calls: readonly ReadCall[]
  /** Of everything in the data folder, other processes' calls included. */
  readonly day?: SpentDay
}

/** Pico-dollars of one token, the dearest way that it can go in. */
export interface TokenPrices {
  readonly input: PicoUsd
  readonly output: PicoUsd
}
