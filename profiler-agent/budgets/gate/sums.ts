// What calls used, added up: spent, reserved, or both. Knows no limits.

import type { NumericLimit } from '../../model/budget'
import type { PicoUsd } from '../../model/money'

/** Tokens, money and counts of some calls. Unknown tokens and prices are not in the sums; `unknown` says of how many calls. */
export interface Sums {
  readonly input: number
  readonly output: number
  readonly picoUsd: PicoUsd
  /** Logical calls. */
  readonly calls: number
  /** Attempts beyond the first of a call. */
  readonly retries: number
  /** Billed calls without usage or without a price: the sums are lower bounds. */
  readonly unknown: number
}

export const NOTHING: Sums = { input: 0, output: 0, picoUsd: 0, calls: 0, retries: 0, unknown: 0 }

export function plus(left: Sums, right: Sums): Sums {
  return combined(left, right, 1)
}

export function minus(left: Sums, right: Sums): Sums {
  return combined(left, right, -1)
}

function combined(left: Sums, right: Sums, sign: 1 | -1): Sums {
  return {
    input: left.input + sign * right.input,
    output: left.output + sign * right.output,
    picoUsd: left.picoUsd + sign * right.picoUsd,
    calls: left.calls + sign * right.calls,
    retries: left.retries + sign * right.retries,
    unknown: left.unknown + sign * right.unknown,
  }
}

/** The limits that hold for a sum of calls and can be told before the next one. */
export const SUM_LIMITS = [
  ...(['costUsd', 'costUsdPerRun', 'costUsdPerDay'] as const),
  ...(['inputTokens', 'outputTokens', 'totalTokens', 'modelCalls', 'retries'] as const),
] as const satisfies readonly NumericLimit[]
export type SumLimit = (typeof SUM_LIMITS)[number]

/** What a sum comes to for a limit: pico-dollars for the limits on money, else the limit's own unit. */
export function sumFor(limit: SumLimit, sums: Sums): number {
  switch (limit) {
    case 'costUsd':
    case 'costUsdPerRun':
    case 'costUsdPerDay':
      return sums.picoUsd
    case 'inputTokens':
      return sums.input
    case 'outputTokens':
      return sums.output
    case 'totalTokens':
      return sums.input + sums.output
    case 'modelCalls':
      return sums.calls
    case 'retries':
      return sums.retries
    default:
      return limit satisfies never
  }
}
