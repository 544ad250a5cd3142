// What the gate of the main thread asks the worker, and what it is told. Types only.

import type { SpentUpdate } from '../budgets/gate/spent'
import type { PicoUsd } from '../model/money'

export type GateQuestion =
  /** Whatever is stored of the run, as an update; from then on each batch of calls brings one. */
  { readonly ask: 'spent'; readonly runId: string } | ({ readonly ask: 'prices' } & PricesQuestion)

export interface PricesQuestion {
  readonly provider: string
  readonly url: string
  readonly model: string
  /** Long prompts have other prices. */
  readonly inputTokens: number
}

/** Pico-dollars a token; `write` is the dearest way into a cache. */
export interface QuotedPrices {
  readonly input: PicoUsd
  readonly write: PicoUsd
  readonly output: PicoUsd
}

export interface GateAnswer {
  readonly spent?: SpentUpdate
  /** `null`: the model has none. */
  readonly prices?: QuotedPrices | null
}
