// The line from which most of what a limit counts comes, or most of what came on top of a baseline.

import type { NumericLimit } from '../../model/budget'
import type { Cause, ComparedCall, ComparedKey, ComparedSet } from '../../model/comparison'
import { present } from '../../model/present'
import { inputOf } from './compared-calls'
import { matchPlaces } from './places'

type Weight = (call: ComparedCall) => number

const costOf: Weight = ({ cost }) => cost?.picoUsd ?? 0
const inputTokens: Weight = ({ tokens }) => inputOf(tokens)
const outputTokens: Weight = ({ tokens }) => tokens.output
const one: Weight = () => 1

/** What of a call counts towards a limit; of tools and time no call is the cause. */
const WEIGHTS: Readonly<Partial<Record<NumericLimit, Weight>>> = {
  costUsd: costOf,
  costUsdPerRun: costOf,
  costUsdPerDay: costOf,
  inputTokens,
  outputTokens,
  totalTokens: (call) => inputTokens(call) + outputTokens(call),
  inputTokensPerCall: inputTokens,
  outputTokensPerCall: outputTokens,
  contextGrowthPerStep: inputTokens,
  cacheHitRatio: ({ tokens }) => inputOf(tokens) - tokens.cacheRead,
  modelCalls: one,
  toolCalls: one,
}

/** `base` where there are calls to hold it against. */
export function causeOf(limit: NumericLimit, head: ComparedSet, base?: ComparedSet): Cause | undefined {
  const weight = WEIGHTS[limit]
  if (!weight) return undefined
  const [grown] = base ? byWeight(growth(head, base, weight)) : []
  const [largest] = byWeight(growth(head, { units: [] }, weight))
  const most = grown ?? largest
  const [line] = most?.key.lines ?? []
  if (!most || most.key.file === undefined || line === undefined || most.share <= 0) return undefined
  const { agent, step, file, function: name } = most.key
  return {
    place: { file, line, ...present({ function: name }) },
    ...present({ agent, step }),
    share: most.share,
    isGrowth: most === grown,
  }
}

interface Weighed {
  readonly key: ComparedKey
  readonly share: number
}

/** Of an invocation's mean, place by place. */
function growth(
  head: ComparedSet,
  base: ComparedSet,
  weight: Weight,
): (Weighed & { readonly weight: number })[] {
  const mean = (calls: readonly ComparedCall[], { units }: ComparedSet) =>
    calls.reduce((sum, call) => sum + weight(call), 0) / Math.max(1, units.length)
  const places = matchPlaces(callsOf(base), callsOf(head)).map(({ key, ...calls }) => ({
    key,
    weight: mean(calls.head, head) - mean(calls.base, base),
  }))
  const more = places.reduce((sum, place) => sum + Math.max(0, place.weight), 0)
  return places.map((place) => ({ ...place, share: more > 0 ? place.weight / more : 0 }))
}

function byWeight(places: readonly Weighed[]): Weighed[] {
  return places.filter(({ share }) => share > 0).sort((left, right) => right.share - left.share)
}

function callsOf({ units }: ComparedSet): ComparedCall[] {
  return units.flatMap(({ calls }) => calls)
}
