// What `costflame check` found, as its formats take it, and the words that they share.

import type { GateVerdict } from '../model/budget'
import type { Check, LimitCheck } from '../model/comparison'
import { limitValueText } from '../model/limit-text'
import { formatCount, formatPlural } from '../model/quantity'
import { costSentence } from './parts-text'

export interface CheckReport extends Check {
  /** The budget file, relative to the root of the repository with `/` where it lies in it. */
  readonly file: string
  /** Mistakes in it; the rest counts. */
  readonly problems: readonly { readonly line: number; readonly column: number; readonly message: string }[]
  readonly runs: number
}

/** `over: 1 of 6 limits is exceeded, 1 is near`. */
export function headline({ verdict, results }: Check): string {
  const counts = (['over', 'indeterminate', 'stale', 'near', 'fine'] as const).flatMap((each) => {
    const count = results.filter((result) => result.verdict === each).length
    return count === 0 ? [] : [{ verdict: each, count }]
  })
  if (results.length === 0) return 'fine: the budget file sets no limits, so nothing was checked'
  const [first, ...others] = counts
  const all = formatPlural(results.length, 'limit')
  if (first?.verdict === 'fine') return `fine: ${all} ${isOrAre(results.length)} kept`
  const of = first
    ? `${formatCount(first.count)} of ${all} ${isOrAre(first.count)} ${PREDICATES[first.verdict]}`
    : ''
  return [
    `${verdict}: ${of}`,
    ...others.map(({ verdict: each, count }) => `${formatCount(count)} ${each}`),
  ].join(', ')
}

const PREDICATES: Readonly<Record<GateVerdict, string>> = {
  over: 'exceeded',
  indeterminate: 'indeterminate',
  stale: 'stale',
  near: 'near',
  fine: 'kept',
}

function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are'
}

const NOUNS = { agent: 'invocation', step: 'step', workflow: 'workflow', run: 'run', day: 'day' } as const

/** What a limit is held against one of. */
export function nounOf(kind: LimitCheck['scope']['kind']): string {
  return NOUNS[kind]
}

/** Of the limit: `.costflame/budgets.jsonc:10:42`. */
export function placeOf(file: string, { position }: Pick<LimitCheck, 'position'>): string {
  return `${file}:${position.line}:${position.column}`
}

/** Why, a sentence each, what matters most first; with what it costs more, if that is wanted. */
export function reasons({ why, cost, scope, limit, verdict }: LimitCheck, hasMoney = true): string[] {
  const money = hasMoney ? costSentence(cost, NOUNS[scope.kind]) : undefined
  if (money === undefined) return [...why]
  const isAboutMoney = limit.startsWith('costUsd') && verdict !== 'stale'
  return isAboutMoney ? [money, ...why] : [...why, money]
}

/** `p95 of 42 invocations is 7,350, allowed 6,000`. */
export function valueSentence(result: LimitCheck): string {
  const { limit, allowed, value, n, percentile, scope } = result
  const many = formatPlural(n, NOUNS[scope.kind])
  if (typeof allowed !== 'number') return `${many}, allowed ${allowed.join(', ')}`
  const wanted = `${limit === 'cacheHitRatio' ? 'at least ' : ''}${limitValueText(limit, allowed)}`
  if (typeof value !== 'number')
    return n === 0 ? `allowed ${wanted}` : `${many}, value unknown, allowed ${wanted}`
  return `${percentile ?? 'largest'} of ${many} is ${valueText(result)}, allowed ${wanted}`
}

/** `7,350`, `≥ 7,350` for a lower bound, `unknown`. */
export function valueText({
  limit,
  value,
  atLeast,
}: Pick<LimitCheck, 'limit' | 'value' | 'atLeast'>): string {
  if (typeof value === 'number') return `${atLeast ? '≥ ' : ''}${limitValueText(limit, value)}`
  return value === null || value.length === 0 ? 'unknown' : value.join(', ')
}
