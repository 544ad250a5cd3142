// Holds what a call asks for against the limits of everything that it belongs to. Counts nothing itself.

import type { Budget, BudgetPosition, LimitName, NumericLimit } from '../../model/budget'
import { picoOfUsd } from '../../model/money'
import type { Account, Balance } from './accounts'
import { isAllowedModel } from './allowed-models'
import { type ContentReading, NO_CONTENT } from './content'
import { SUM_LIMITS, type SumLimit, type Sums, sumFor } from './sums'

/** What a call is about to use. */
export interface Demand {
  readonly provider: string
  /** Empty where nobody knows. */
  readonly model: string
  /** On the high side. */
  readonly sums: Sums
  /** Tokens that surely go in. */
  readonly leastInput: number
  /** Whether its tokens have a price above 0. */
  readonly isPaid: boolean
  /** Whether its agent made no call before. */
  readonly isFirstOfAgent: boolean
  /** What its prompt holds, where that was read. */
  readonly content: ContentReading | undefined
  /** ms since the epoch. */
  readonly at: number
}

/** A budget, and what it is held against. */
export interface Holding {
  readonly budget: Budget
  readonly account: Account
  readonly balance: Balance
  /** False where nobody has said yet what the agent is called: it may be another one. */
  readonly isSure: boolean
}

/** A limit that a call would pass. Money in pico-dollars, else in the unit of the limit. */
export interface Excess {
  readonly holding: Holding
  readonly limit: LimitName
  readonly position: BudgetPosition
  readonly allowed: number | readonly string[]
  /** With this call. */
  readonly value: number | string
  readonly spent: number
  /** For other calls. */
  readonly reserved: number
  readonly asked: number
}

/** Of several the most telling: one that surely holds, and what the call itself brings before what it adds up to. */
export function excessOf(holdings: readonly Holding[], demand: Demand): Excess | undefined {
  const blocking = holdings.filter(({ budget }) => budget.onExceed !== 'warn')
  let doubtful: Excess | undefined
  for (const check of [ownExcess, sumExcess] as const)
    for (const holding of blocking) {
      const excess = check(holding, demand)
      if (excess && holding.isSure) return excess
      doubtful ??= excess
    }
  return doubtful
}

/** The same for more of a call that passed: only sums can be exceeded by that. */
export function sumExcessOf(
  holdings: readonly Holding[],
  more: Pick<Demand, 'sums' | 'isPaid'>,
): Excess | undefined {
  for (const holding of holdings) {
    if (holding.budget.onExceed === 'warn' || !holding.isSure) continue
    const excess = sumExcess(holding, more)
    if (excess) return excess
  }
  return undefined
}

/** What a call that ended may have used of what was reserved for it, at most: nobody trusts an estimate near a limit. */
const UNREAD_FACTOR = 8

/** A limit that may be passed already, by calls that ended and were not read yet. */
export function doubtOf(holdings: readonly Holding[], demand: Demand): Excess | undefined {
  for (const holding of holdings) {
    const { balance, budget, isSure } = holding
    if (budget.onExceed === 'warn' || !isSure || balance.unread === 0) continue
    const doubt = sumExcess(holding, demand, UNREAD_FACTOR - 1)
    if (doubt) return doubt
  }
  return undefined
}

function ownExcess(holding: Holding, demand: Demand): Excess | undefined {
  return disallowedModel(holding, demand) ?? contentExcess(holding, demand) ?? callExcess(holding, demand)
}

function disallowedModel(holding: Holding, { provider, model }: Demand): Excess | undefined {
  const { models } = holding.budget
  if (!models || model === '' || isAllowedModel(models.values, provider, model)) return undefined
  const { position, values } = models
  return {
    ...{ holding, position, allowed: values, value: model },
    ...{ limit: 'models', spent: 0, reserved: 0, asked: 0 },
  }
}

function sumExcess(
  holding: Holding,
  demand: Pick<Demand, 'sums' | 'isPaid'>,
  moreForEnded = 0,
): Excess | undefined {
  const { spent, reserved, ended } = holding.balance
  for (const limit of sumLimitsOf(holding.budget)) {
    if (isMoney(limit) && isFreeOfMoney(holding, limit, demand)) continue
    const more = moreForEnded === 0 || isCounted(limit) ? 0 : moreForEnded * sumFor(limit, ended)
    const excess = excessFor(
      holding,
      limit,
      sumFor(limit, spent),
      sumFor(limit, reserved) + more,
      sumFor(limit, demand.sums),
    )
    if (excess) return excess
  }
  return undefined
}

const sumLimits = new WeakMap<Budget, readonly SumLimit[]>()

/** Those that a budget sets; every call is held against them. */
function sumLimitsOf(budget: Budget): readonly SumLimit[] {
  const known = sumLimits.get(budget)
  if (known) return known
  const set = SUM_LIMITS.filter((limit) => budget.limits[limit] !== undefined)
  sumLimits.set(budget, set)
  return set
}

/** Nothing about it is estimated. */
function isCounted(limit: SumLimit): boolean {
  return limit === 'modelCalls' || limit === 'retries'
}

/** Limits on money say nothing of a call that costs none, or nobody knows how much, unless they are passed already. */
function isFreeOfMoney(
  { budget, balance }: Holding,
  limit: SumLimit,
  { isPaid, sums }: Pick<Demand, 'sums' | 'isPaid'>,
): boolean {
  const allowed = budget.limits[limit]?.value
  if (isPaid || allowed === undefined) return false
  const isUnpriced = sums.unknown > 0
  return !isUnpriced || sumFor(limit, balance.spent) <= allowedIn(limit, allowed)
}

function callExcess(holding: Holding, { leastInput, isFirstOfAgent, at }: Demand): Excess | undefined {
  const { startedAt, whole } = holding.account
  const age = startedAt === Number.POSITIVE_INFINITY ? 0 : Math.max(0, at - startedAt)
  return (
    excessFor(holding, 'inputTokensPerCall', 0, 0, leastInput) ??
    excessFor(holding, 'durationMs', age, 0, 0) ??
    (isFirstOfAgent ? excessFor(holding, 'agents', whole.agents, 0, 1) : undefined)
  )
}

function contentExcess(holding: Holding, { content }: Demand): Excess | undefined {
  if (!content) return undefined
  const { retrievalTokens, toolResultTokens } = holding.balance.content.valueWith(content)
  return (
    excessFor(holding, 'toolCalls', 0, 0, content.toolCalls) ??
    excessFor(holding, 'retrievalTokens', 0, 0, retrievalTokens) ??
    excessFor(holding, 'toolResultTokens', 0, 0, toolResultTokens)
  )
}

/** Tokens of retrieved text and tool results that may still come; `Infinity` where no such limit holds. */
export function contentRoom(holdings: readonly Holding[]): number {
  const rooms = holdings.flatMap(({ budget: { limits, onExceed }, balance }) => {
    if (onExceed === 'warn') return []
    const used = balance.content.valueWith(NO_CONTENT)
    return (['retrievalTokens', 'toolResultTokens'] as const).map((name) => {
      const allowed = limits[name]?.value
      return allowed === undefined ? Number.POSITIVE_INFINITY : allowed - used[name]
    })
  })
  return Math.min(Number.POSITIVE_INFINITY, ...rooms)
}

function excessFor(
  holding: Holding,
  limit: NumericLimit,
  spent: number,
  reserved: number,
  asked: number,
): Excess | undefined {
  const set = holding.budget.limits[limit]
  if (!set) return undefined
  const allowed = allowedIn(limit, set.value)
  const value = spent + reserved + asked
  const { position } = set
  return value > allowed ? { holding, limit, position, allowed, value, spent, reserved, asked } : undefined
}

/** A reply that has more tokens than a call may be answered with. */
export function outputExcess(holding: Holding, tokens: number): Excess | undefined {
  return excessFor(holding, 'outputTokensPerCall', 0, 0, tokens)
}

/** Whether a refusal rests on an estimate of what goes in, for this call alone: closer counting may save it. */
export function isEstimated({ limit, allowed, spent, holding }: Excess): boolean {
  const { calls, retries } = holding.balance.reserved
  const isOfInput = limit === 'inputTokens' || limit === 'totalTokens' || isMoney(limit)
  return isOfInput && calls + retries === 0 && typeof allowed === 'number' && spent <= allowed
}

export function isMoney(limit: LimitName): boolean {
  return limit === 'costUsd' || limit === 'costUsdPerRun' || limit === 'costUsdPerDay'
}

/** A limit in the unit that its values are counted in. */
export function allowedIn(limit: NumericLimit, value: number): number {
  return isMoney(limit) ? picoOfUsd(value) : value
}

/** Limits that only the prompt itself can be held against. */
export const CONTENT_LIMITS = [
  'toolCalls',
  'retrievalTokens',
  'toolResultTokens',
] as const satisfies readonly NumericLimit[]
