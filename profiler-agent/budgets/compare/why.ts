// Why a limit stands as it does, in sentences for people.

import type { Budget, GateRule, GateVerdict, Measured, NumericLimit } from '../../model/budget'
import type { Cause, EnteredText, LimitCheck, TokensDelta } from '../../model/comparison'
import { limitValueText, scopeText, signedCount } from '../../model/limit-text'
import { formatCount, formatPlural, formatShare } from '../../model/quantity'
import { isFloor } from '../measure/percentiles'
import { declaredVersion } from '../measure/versions'
import { isCost, unpricedCalls } from './limit-verdict'

type Known = Pick<LimitCheck, 'value' | 'percentile' | 'baseline' | 'tokens' | 'entered' | 'cause'>

/** What came on top of the baseline: which parts, where, what of it is retrieved text, and how far the percentile moved. */
export function growthSentences(
  limit: NumericLimit,
  check: Known,
  { baseName, noun }: { readonly baseName: string; readonly noun: string },
): string[] {
  const { value, baseline, percentile, tokens, entered, cause } = check
  const grown = tokens && tokens.delta !== 0 ? tokensSentence(tokens, noun) : undefined
  return [
    ...(grown !== undefined ? [cause ? `${grown} (${causeText(cause)})` : grown] : []),
    ...(entered ? [enteredSentence(entered, noun)] : []),
    ...(typeof value === 'number' && baseline !== undefined
      ? [baselineSentence(limit, value, baseline, `${baseName}'s ${percentile ?? 'largest'}`)]
      : []),
    ...(grown === undefined && cause ? [causeText(cause, 'of it ')] : []),
  ]
}

function baselineSentence(limit: NumericLimit, value: number, baseline: number, name: string): string {
  const difference = value - baseline
  const text = limitValueText(limit, baseline)
  if (difference === 0) return `no other than the ${name} of ${text}`
  const amount = limitValueText(limit, Math.abs(difference))
  return `${amount} ${difference > 0 ? 'above' : 'below'} the ${name} of ${text}`
}

/** `tokens per call +2,188, calls +400 an invocation`. */
function tokensSentence({ calls, tokensPerCall }: TokensDelta, noun: string): string {
  const parts = [
    ...(tokensPerCall === 0 ? [] : [`tokens per call ${signedCount(tokensPerCall)}`]),
    ...(calls === 0 ? [] : [`calls ${signedCount(calls)}`]),
  ]
  return `${parts.join(', ')} ${article(noun)}`
}

const ENTERED = { retrievalTokens: 'retrieved text', toolResultTokens: 'tool results' } as const

function enteredSentence({ kind, base, head }: EnteredText, noun: string): string {
  return `${ENTERED[kind]} ${signedCount(head - base)} tokens ${article(noun)} (median ${formatCount(base)} → ${formatCount(head)})`
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function causeText({ place, step, share, isGrowth }: Cause, what = ''): string {
  // Steps without a name are called by their number: `step 2`.
  const where = step === undefined ? '' : `, ${/^step \d+$/.test(step) ? step : `step ${step}`}`
  return `${formatShare(share)}${isGrowth ? ' of the growth ' : ` ${what}`}at ${place.file}:${place.line}${where}`
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

/** What a limit is not held against. */
export function olderSentences(
  { scope, agentVersion }: Pick<Budget, 'scope' | 'agentVersion'>,
  older: readonly Measured[],
): string[] {
  if (older.length === 0) return []
  const versions = [...new Set(older.map((each) => declaredVersion(each) ?? 'no version'))].sort().join(', ')
  const what = formatPlural(older.length, nounOf(scope.kind))
  return [`${what} of ${versions} left out: the limit was made for version ${agentVersion}, which ran later`]
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

export function stopSentence(stopped: number, n: number, noun: string): string {
  return `the limit stopped ${formatCount(stopped)} of ${formatPlural(n, noun)}`
}

/** Why a value beyond the limit is only near, and that it is near where another verdict hides that. */
export function nearSentences(
  limit: NumericLimit,
  value: number | null,
  allowed: number,
  verdict: GateVerdict,
): string[] {
  if (value === null || isFloor(limit)) return []
  const isGuessed = value > allowed
  return [
    ...(verdict === 'near' || allowed === 0 ? [] : [`near its limit: ${formatShare(value / allowed)} of it`]),
    ...(isGuessed
      ? [
          'the retrieval is only guessed: declare it with retrieval(), or name its tools in .costflame/config.jsonc (retrievalTools)',
        ]
      : []),
  ]
}
