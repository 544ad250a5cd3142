// The totals of a run while it grows: each call is added once, and the sums are those of `totalsOf` over all of them.

import { isApiEquivalent } from './model/billing'
import { usdOf } from './model/money'
import type { TotalCost, Totals } from './model/span'
import { type CountedSpan, isCall } from './model/totals'
import { addUsage, type Usage } from './model/usage'

export class RunTotals {
  /** Calls whose first attempt was seen: as many entries as the run has calls. */
  readonly #firstAttempts = new Set<string>()
  readonly #laterAttempts = new Map<string, Set<number>>()
  #errors = 0
  #billed = 0
  #unpriced = 0
  #usage: Usage | undefined
  #picoUsd = 0
  #apiEquivalentPicoUsd = 0
  #isLowerBound = false

  /** Spans without a model call count nothing. */
  add(span: CountedSpan): void {
    if (!isCall(span)) return
    const { attempt, billed, cost, usage } = span.modelCall
    this.#addAttempt(attempt.logicalId, attempt.number)
    if (span.status === 'error') this.#errors++
    if (!billed) return
    this.#billed++
    this.#usage = addUsage(this.#usage ? [this.#usage, usage] : [usage])
    if (cost === null) {
      this.#unpriced++
      return
    }
    this.#picoUsd += cost.picoUsd
    this.#isLowerBound ||= cost.atLeast === true
    if (isApiEquivalent(span)) this.#apiEquivalentPicoUsd += cost.picoUsd
  }

  get totals(): Totals {
    const later = [...this.#laterAttempts]
    const onlyLater = later.filter(([logicalId]) => !this.#firstAttempts.has(logicalId)).length
    return {
      calls: this.#firstAttempts.size + onlyLater,
      attempts: this.#firstAttempts.size + later.reduce((sum, [, numbers]) => sum + numbers.size, 0),
      errors: this.#errors,
      unpricedCalls: this.#unpriced,
      usage: this.#usage ?? addUsage([]),
      cost: this.#billed > 0 && this.#unpriced === this.#billed ? null : this.#cost(),
    }
  }

  #addAttempt(logicalId: string, number: number): void {
    if (number === 1) {
      this.#firstAttempts.add(logicalId)
      return
    }
    const numbers = this.#laterAttempts.get(logicalId)
    if (numbers) numbers.add(number)
    else this.#laterAttempts.set(logicalId, new Set([number]))
  }

  #cost(): TotalCost {
    return {
      picoUsd: this.#picoUsd,
      usd: usdOf(this.#picoUsd),
      ...(this.#isLowerBound ? { atLeast: true } : {}),
      ...(this.#apiEquivalentPicoUsd > 0 ? { apiEquivalentPicoUsd: this.#apiEquivalentPicoUsd } : {}),
    }
  }
}
