// Why a limit stands as it does, in sentences for people.

import type { Budget, GateRule, Measured, NumericLimit } from '../../model/budget'
import type { Cause, DeltaParts, InvocationDelta, LimitCheck, TokensDelta } from '../../model/comparison'
import { limitValueText, scopeText, signedCount, signedUsd } from '../../model/limit-text'
import { formatUsd } from '../../model/money'
import { formatCount, formatPlural, formatShare } from '../../model/quantity'
import { isFloor } from '../measure/percentiles'
import { isCost, unpricedCalls } from './limit-verdict'
import { changeOf } from './sums'

type Known = Pick<LimitCheck, 'value' | 'percentile' | 'baseline' | 'cost' | 'tokens' | 'cause' | 'n'>

/** What came on top of the baseline, of which parts, and where. */
export function growthSentences(
  limit: NumericLimit,
  check: Known,
  { baseName, noun }: { readonly baseName: string; readonly noun: string },
): string[] {
  const { value, baseline, percentile, cost, tokens, cause } = check
  return [
    ...(typeof value === 'number' && baseline !== undefined
      ? [baselineSentence(limit, value, baseline, `${baseName}'s ${percentile ?? 'largest'}`)]
      : []),
    ...(tokens && tokens.delta !== 0 ? [tokensSentence(tokens, noun)] : []),
    ...(cost && cost.delta !== 0 ? [costSentence(cost, noun)] : []),
    ...(cause ? [causeSentence(cause)] : []),
  ]
}

function baselineSentence(limit: NumericLimit, value: number, baseline: number, name: string): string {
  const difference = value - baseline
  const text = limitValueText(limit, baseline)
  if (difference === 0) return `as the ${name}, ${text}`
  const amount = limitValueText(limit, Math.abs(difference))
  return `${amount} ${difference > 0 ? 'above' : 'below'} the ${name} of ${text}`
}

function tokensSentence({ delta, calls, tokensPerCall }: TokensDelta, noun: string): string {
  const parts = [part('tokens per call', tokensPerCall, signedCount), part('calls', calls, signedCount)]
  const amount = `${formatCount(Math.abs(delta))} tokens ${delta > 0 ? 'more' : 'fewer'}`
  return `${article(noun)} uses ${amount} on average: ${joined(parts.flat())}`
}

function costSentence({ delta, parts }: InvocationDelta, noun: string): string {
  const amount = `${formatUsd(Math.abs(delta))} ${delta > 0 ? 'more' : 'less'}`
  return `${article(noun)} costs ${amount} on average: ${partsText(parts)}`
}

/** `your change +$0.0012 (tokens per call +$0.0014, cache mix −$0.0002), prices $0, noise unknown`. */
export function partsText(parts: DeltaParts): string {
  const change = changeOf(parts)
  const details = [
    part('calls', parts.calls, signedUsd),
    part('tokens per call', parts.tokensPerCall, signedUsd),
    part('cache mix', parts.cacheMix, signedUsd),
    part('model mix', parts.modelMix, signedUsd),
  ].flat()
  const inside = details.length > 0 ? ` (${joined(details)})` : ''
  const noise = parts.noise === null ? 'unknown' : signedUsd(parts.noise)
  return `your change ${signedUsd(change)}${inside}, prices ${signedUsd(parts.price)}, noise ${noise}`
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function part(name: string, amount: number, text: (amount: number) => string): string[] {
  return amount === 0 ? [] : [`${name} ${text(amount)}`]
}

function joined(parts: readonly string[]): string {
  return parts.length === 0 ? '0' : parts.join(', ')
}

function causeSentence({ place, step, share, isGrowth }: Cause): string {
  const what = isGrowth ? 'of what came on top' : 'of it'
  // Steps without a name are called by their number: `step 2`.
  const where = step === undefined ? '' : ` (${/^step \d+$/.test(step) ? step : `step ${step}`})`
  return `${formatShare(share)} ${what} at ${place.file}:${place.line}${where}`
}

/** What is missing for a verdict. */
export function doubtSentences(
  { scope }: Pick<Budget, 'scope'>,
  limit: NumericLimit,
  { minInvocations }: GateRule,
  measured: readonly Measured[],
): string[] {
  const n = measured.length
  if (n === 0) return [neverRan(scope)]
  const isEach = scope.kind === 'run' || scope.kind === 'day'
  const unpriced = isCost(limit) ? unpricedModels(measured) : []
  const unknown = measured.filter(({ values }) => isUnknown(values[limit])).length
  return [
    ...(n < minInvocations && !isEach
      ? [
          `${formatPlural(n, nounOf(scope.kind))} ${n === 1 ? 'was' : 'were'} measured, ${minInvocations} are needed (gate.minInvocations)`,
        ]
      : []),
    ...(unpriced.length > 0
      ? [
          `${formatPlural(unpricedCalls(measured), 'call')} of ${unpriced.join(', ')} ${unpricedCalls(measured) === 1 ? 'has' : 'have'} no price; say it in .costflame/config.jsonc (prices)`,
        ]
      : []),
    ...(unknown > 0 && unpriced.length === 0
      ? [
          `of ${unknown} of ${formatPlural(n, nounOf(scope.kind))} only a part is known: providers did not say what they used`,
        ]
      : []),
    ...(measured.some(({ isOver }) => !isOver) ? ['some of them still go on'] : []),
  ]
}

function isUnknown(value: Measured['values'][NumericLimit]): boolean {
  return value === undefined || value.value === null || value.atLeast === true
}

export function neverRan(scope: Budget['scope']): string {
  if (scope.kind === 'run' || scope.kind === 'day') return 'nothing was recorded in the selected runs'
  const who =
    scope.kind === 'workflow' ? `${scopeText(scope)} (root agent ${scope.rootAgent})` : scopeText(scope)
  return `${who} did not run in the selected runs`
}

export function nounOf(kind: Budget['scope']['kind']): string {
  const nouns = { agent: 'invocation', step: 'step', workflow: 'workflow', run: 'run', day: 'day' } as const
  return nouns[kind]
}

function unpricedModels(measured: readonly Measured[]): string[] {
  const models = measured.flatMap(({ use }) =>
    Object.entries(use).flatMap(([model, { unpricedCalls: calls }]) => (calls > 0 ? [model] : [])),
  )
  return [...new Set(models)].sort()
}

/** `near: 96 % of the limit`, where another verdict hides it. */
export function nearSentence(limit: NumericLimit, value: number, allowed: number): string {
  if (isFloor(limit) || allowed === 0) return 'near its limit'
  return `near its limit: ${formatShare(value / allowed)} of it`
}
