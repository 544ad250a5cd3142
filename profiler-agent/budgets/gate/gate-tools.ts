// What the gate needs from outside: files, the worker, clocks. Types only.

import type { Budget } from '../../model/budget'
import type { GatedCall } from '../../model/call-gate'
import type { Violation } from '../../model/escalation'
import type { Attribution } from '../../model/exchange'
import type { ContentReading } from './content'
import type { ByteTools } from './recent-calls'
import type { TokenPrices } from './spent'
import type { GateBudgets } from './visit'
import type { Within } from './waiters'

/** What the gate needs from outside. Nothing of it rejects, and nothing takes longer than a few seconds. */
export interface GateTools {
  /** Asked for every call, so that an edit counts from the next one on. */
  readonly budgets: () => GateBudgets | undefined
  readonly bytes: ByteTools
  /** What the headers of a call say of who makes it. */
  readonly labelsOf: (call: GatedCall) => Attribution
  /** The same with what rules and the body say; undefined where neither can matter. */
  readonly bodyLabelsOf: (
    call: GatedCall,
    labels: Attribution,
    budgets: readonly Budget[],
  ) => Promise<Attribution> | undefined
  /** Of a call with so many tokens of input; `null`: it has no price. */
  readonly pricesOf: (call: GatedCall, input: number) => TokenPrices | null | Promise<TokenPrices | null>
  /** Resolves when everything that is stored of the run has been told; undefined where it has been. */
  readonly spentOf: (runId: string) => Promise<void> | undefined
  /** What the prompt holds; undefined where nobody can say. */
  readonly contentOf: (call: GatedCall, needs: ContentNeeds) => Promise<ContentReading | undefined>
  /** Tokens of the whole prompt, counted, with a margin; undefined where nobody can say. */
  readonly promptTokensOf: (call: GatedCall) => Promise<number | undefined>
  /** Somebody waits for the calls that have ended to be read. */
  readonly hurry: () => void
  /** Whoever hears of it tells it once. */
  readonly violated: (violation: Violation) => void
  readonly within: Within
  /** Ms since the epoch, and the local calendar day of that moment as `2026-11-20`. */
  readonly now: () => number
  readonly dayOf: (at: number) => string
  /** A fault of the gate's own: the call passes. */
  readonly failed: (error: unknown) => void
}

/** Whether tokens have to be counted, and how many may come without exceeding anything. */
export interface ContentNeeds {
  readonly tokens: boolean
  readonly room: number
}
