// Which calls make up most of what a limit is about, and at which line of the user's code they were made.

import type { LimitName } from '../../model/budget'
import type { CallSite } from '../../model/span'
import type { CountedCall, MeasurableSpan } from '../measure/counted-call'

export interface Spender {
  readonly call: CountedCall
  readonly callSite: MeasurableSpan['callSite']
}

export interface Spending {
  /** Span ids, those that used most first. */
  readonly calls: readonly string[]
  readonly place?: CallSite
  /** Part of the sum that was used at this place, 0 to 1; absent where the limit is no sum over calls. */
  readonly share?: number
  readonly callsThere: number
}

/** Shown in evidence; more would be no summary. */
const MOST_CALLS = 20

type Weight = (call: CountedCall) => number

const COST: Weight = ({ picoUsd }) => picoUsd ?? 0
const INPUT: Weight = ({ input }) => input ?? 0
const OUTPUT: Weight = ({ output }) => output ?? 0
const ONE: Weight = () => 1

/** What a call adds to the value of a limit; the limits of a single call and those that are no sums weigh what comes nearest. */
const WEIGHTS: Readonly<Record<LimitName, Weight>> = {
  costUsd: COST,
  costUsdPerRun: COST,
  costUsdPerDay: COST,
  inputTokens: INPUT,
  outputTokens: OUTPUT,
  totalTokens: (call) => INPUT(call) + OUTPUT(call),
  retrievalTokens: INPUT,
  toolResultTokens: INPUT,
  inputTokensPerCall: INPUT,
  outputTokensPerCall: OUTPUT,
  modelCalls: ({ attempt }) => (attempt === 1 ? 1 : 0),
  toolCalls: ONE,
  retries: ({ attempt }) => (attempt > 1 ? 1 : 0),
  durationMs: ({ startedAt, endedAt }) => endedAt - startedAt,
  contextGrowthPerStep: INPUT,
  agents: ONE,
  cacheHitRatio: ({ input, cacheRead }) => (input ?? 0) - (cacheRead ?? 0),
  models: ONE,
}

const SUMS: readonly LimitName[] = [
  ...(['costUsd', 'costUsdPerRun', 'costUsdPerDay'] as const),
  ...(['inputTokens', 'outputTokens', 'totalTokens'] as const),
  ...(['modelCalls', 'retries'] as const),
]
/** One call decides. */
const OF_ONE_CALL: readonly LimitName[] = [
  'inputTokensPerCall',
  'outputTokensPerCall',
  'contextGrowthPerStep',
]

export function spendingOf(limit: LimitName, spenders: readonly Spender[]): Spending {
  const weigh = WEIGHTS[limit]
  const weighed = spenders
    .map(({ call, callSite }) => ({ id: call.id, weight: weigh(call), callSite }))
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight)
  const calls = weighed.slice(0, MOST_CALLS).map(({ id }) => id)
  const all = OF_ONE_CALL.includes(limit) ? weighed.slice(0, 1) : weighed
  const places = [...Map.groupBy(all, ({ callSite }) => callSite && `${callSite.file}:${callSite.line}`)]
    .flatMap(([, group]) => (group[0]?.callSite ? [{ callSite: group[0].callSite, group }] : []))
    .map(({ callSite, group }) => ({ callSite, group, weight: sumOf(group) }))
    .sort((left, right) => right.weight - left.weight)
  const [most] = places
  const sum = sumOf(all)
  return {
    calls,
    callsThere: most?.group.length ?? 0,
    ...(most ? { place: most.callSite } : {}),
    ...(most && sum > 0 && SUMS.includes(limit) ? { share: most.weight / sum } : {}),
  }
}

function sumOf(weighed: readonly { readonly weight: number }[]): number {
  return weighed.reduce((sum, { weight }) => sum + weight, 0)
}
