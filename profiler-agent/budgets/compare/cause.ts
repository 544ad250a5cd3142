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

/** Of an invocation's mean, line by line. */
function growth(head: ComparedSet, base: ComparedSet, weight: Weight): Weighed[] {
  const mean = (calls: readonly ComparedCall[], { units }: ComparedSet) =>
    calls.reduce((sum, call) => sum + weight(call), 0) / Math.max(1, units.length)
  const places = matchPlaces(callsOf(base), callsOf(head)).map(({ key, ...calls }) => ({
    key,
    weight: mean(calls.head, head) - mean(calls.base, base),
  }))
  const lines = [...Map.groupBy(places, ({ key }) => `${key.file}:${key.lines?.[0]}`).values()].map(
    (line) => ({
      key: common(line.map(({ key }) => key)),
      weight: line.reduce((sum, place) => sum + place.weight, 0),
    }),
  )
  const more = lines.reduce((sum, line) => sum + Math.max(0, line.weight), 0)
  return lines.map((line) => ({ key: line.key, share: more > 0 ? line.weight / more : 0 }))
}

/** Agent and step of a line, where it has one of each. */
function common(keys: readonly ComparedKey[]): ComparedKey {
  const [first = {}] = keys
  const only = (of: (key: ComparedKey) => string | undefined) =>
    keys.every((key) => of(key) === of(first)) ? of(first) : undefined
  const { agent: _, step: __, ...place } = first
  return { ...place, ...present({ agent: only(({ agent }) => agent), step: only(({ step }) => step) }) }
}

function byWeight(places: readonly Weighed[]): Weighed[] {
  return places.filter(({ share }) => share > 0).sort((left, right) => right.share - left.share)
}

function callsOf({ units }: ComparedSet): ComparedCall[] {
  return units.flatMap(({ calls }) => calls)
}
