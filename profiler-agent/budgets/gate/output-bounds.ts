// How many tokens a reply may have: what is reserved for it, what the request's own cap is lowered to, where a stream is ended.

import type { Budget } from '../../model/budget'
import { allowedIn, type Holding, isMoney } from './limit-check'
import type { TokenPrices } from './spent'
import { SUM_LIMITS, type SumLimit, type Sums, sumFor } from './sums'

/** For a request without a cap, in a step without a baseline. */
export const USUAL_OUTPUT = 4096
/** A cap is lowered to what is left of a sum where that is so many tokens, or this part of what was asked for; a shorter reply is of no use. */
const LEAST_OUTPUT = 64
const LEAST_PART = 0.25
/** Some providers refuse a lower cap. */
const LEAST_CAP = 16

export interface OutputBounds {
  /** Tokens to reserve. */
  readonly reserved: number
  /** What the request's own cap is lowered to. */
  readonly cap?: number
  /** Past so many a stream is ended, by this budget. */
  readonly end?: { readonly tokens: number; readonly holding: Holding }
}

export interface OutputQuestion {
  readonly holdings: readonly Holding[]
  readonly requested: number | undefined
  /** Of the baseline of this step, where there is one. */
  readonly usual: number | undefined
  /** Without the reply. */
  readonly input: Sums
  readonly prices: TokenPrices | null
  /** Whether the cap may be lowered to what is left of a sum. */
  readonly maySqueeze: boolean
}

export function outputBounds(question: OutputQuestion): OutputBounds {
  const { holdings, requested, usual, input, prices, maySqueeze } = question
  const clamping = holdings.filter(({ budget, isSure }) => budget.clampOutput && isSure)
  const perCall = leastOf(clamping.map(({ budget }) => budget.limits.outputTokensPerCall?.value))
  const wanted = Math.min(requested ?? usual ?? USUAL_OUTPUT, perCall)
  const left = maySqueeze
    ? leastOf(clamping.map((holding) => roomIn(holding, input, prices)))
    : Number.POSITIVE_INFINITY
  const least = Math.max(LEAST_CAP, Math.min(LEAST_OUTPUT, Math.ceil(wanted * LEAST_PART)))
  const reserved = left < wanted && left >= least ? left : wanted
  const isLowered = reserved < (requested ?? Number.POSITIVE_INFINITY)
  const isClamped = reserved < wanted || perCall < Number.POSITIVE_INFINITY
  const end = endOf(holdings)
  return { reserved, ...(isLowered && isClamped ? { cap: reserved } : {}), ...(end ? { end } : {}) }
}

/** Tokens of a reply that still fit into the sums of a budget that blocks. */
function roomIn({ budget, balance }: Holding, input: Sums, prices: TokenPrices | null): number {
  if (budget.onExceed === 'warn') return Number.POSITIVE_INFINITY
  return leastOf(
    SUM_LIMITS.map((limit) => {
      const allowed = budget.limits[limit]?.value
      const each = tokenIn(limit, prices)
      if (allowed === undefined || each === 0) return undefined
      const used = [balance.spent, balance.reserved, input].reduce(
        (sum, part) => sum + sumFor(limit, part),
        0,
      )
      return Math.floor((allowedIn(limit, allowed) - used) / each)
    }),
  )
}

/** What one token of a reply adds to a sum. */
function tokenIn(limit: SumLimit, prices: TokenPrices | null): number {
  if (isMoney(limit)) return prices?.output ?? 0
  return limit === 'outputTokens' || limit === 'totalTokens' ? 1 : 0
}

function endOf(holdings: readonly Holding[]): OutputBounds['end'] {
  let end: OutputBounds['end']
  for (const holding of holdings) {
    const tokens = holding.budget.limits.outputTokensPerCall?.value
    if (tokens === undefined || holding.budget.onExceed === 'warn' || !holding.isSure) continue
    if (!end || tokens < end.tokens) end = { tokens, holding }
  }
  return end
}

/** p99 of one reply by the baseline of the step, of the intent, of the agent: the first that has it. */
export function usualOutput(holdings: readonly Holding[]): number | undefined {
  const order: readonly Budget['scope']['kind'][] = ['step', 'agent']
  const known = holdings
    .filter(({ budget, isSure }) => isSure && order.includes(budget.scope.kind))
    .toSorted((left, right) => rankOf(left.budget) - rankOf(right.budget))
  return known.map(({ budget }) => p99Of(budget)).find((tokens) => tokens !== undefined)
}

function rankOf({ scope }: Budget): number {
  const isOfIntent = (scope.kind === 'step' || scope.kind === 'agent') && scope.intent !== undefined
  return (scope.kind === 'step' ? 0 : 2) + (isOfIntent ? 0 : 1)
}

function p99Of({ baseline, scope }: Budget): number | undefined {
  const perCall = baseline?.values.outputTokensPerCall?.p99
  return perCall ?? (scope.kind === 'step' ? baseline?.values.outputTokens?.p99 : undefined)
}

function leastOf(values: readonly (number | undefined)[]): number {
  return Math.min(...values.map((value) => value ?? Number.POSITIVE_INFINITY))
}
