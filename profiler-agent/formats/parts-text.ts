// A difference in cost and its parts as one sentence; what is 0 is left out.

import type { DeltaParts, InvocationDelta } from '../model/comparison'
import { aboutUsd } from '../model/limit-text'
import type { PicoUsd } from '../model/money'

/** `costs +$0.00055 an invocation: your change +$0.00045 (tokens per call +$0.00054, cache mix −$0.000088), prices +$0.0001`; `undefined` where nothing changed. */
export function costSentence(cost: InvocationDelta | undefined, noun: string): string | undefined {
  if (!cost || (cost.delta === 0 && Object.values(cost.parts).every((part) => part === 0 || part === null)))
    return undefined
  const article = /^[aeiou]/.test(noun) ? 'an' : 'a'
  return `costs ${aboutUsd(cost.delta)} ${article} ${noun}: ${partsSentence(cost.parts)}`
}

function partsSentence(parts: DeltaParts): string {
  const { price, noise } = parts
  const change = changeDetails(parts)
  const named = [
    ...(change.length === 0 ? [] : [`your change ${aboutUsd(changeOf(parts))} (${change.join(', ')})`]),
    ...(price === 0 ? [] : [`prices ${aboutUsd(price)}`]),
    ...(noise === 0 ? [] : [`noise ${noise === null ? 'unknown' : aboutUsd(noise)}`]),
  ]
  return named.join(', ')
}

/** `tokens per call +$0.00054`, and so on, those that are not 0. */
export function changeDetails(
  { calls, tokensPerCall, cacheMix, modelMix }: DeltaParts,
  amount: (picoUsd: PicoUsd) => string = aboutUsd,
): string[] {
  const named = [
    ['tokens per call', tokensPerCall],
    ['calls', calls],
    ['cache mix', cacheMix],
    ['model mix', modelMix],
  ] as const
  return named.filter(([, part]) => part !== 0).map(([name, part]) => `${name} ${amount(part)}`)
}

export function changeOf({ price: _, noise: __, ...change }: DeltaParts): number {
  return Object.values(change).reduce((sum, part) => sum + part, 0)
}
