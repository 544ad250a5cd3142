// What an answer of `costflame whatif` rests on, in words: what is assumed, and which part of it is an estimate.

import { formatCount, formatPlural } from '../model/quantity'
import type { ModelSwitch } from '../what-if/model-switch'
import type { WhatIfAnswer } from './whatif'
import type { FixesAnswer } from './whatif-fixes'

/** Most important first, each without an end mark. */
export function assumptionsOf({ fixes, lifetime, model, unpricedCalls }: WhatIfAnswer): readonly string[] {
  const notReplayed = Math.max(fixes?.notReplayed ?? 0, lifetime?.notReplayed ?? 0)
  return [
    ...(fixes || lifetime
      ? [
          'caches keep to the providers’ rules and are empty when the run begins; the tokens of single blocks are estimates',
        ]
      : []),
    ...(fixes ? fixAssumptions(fixes) : []),
    ...counted(
      notReplayed,
      'could not be replayed (the prompt or how it is cached is not known) and count as they were',
    ),
    ...(model ? modelAssumptions(model, fixes !== undefined) : []),
    ...counted(unpricedCalls, 'without a price, in no sum'),
  ]
}

function fixAssumptions({ saving, withoutEvidence }: FixesAnswer): readonly string[] {
  return [
    ...(saving.isBounded
      ? [
          'the provider billed less than its rule says (something had filled its cache before), so no more is claimed than was billed',
        ]
      : []),
    ...(saving.certainty === 'upTo'
      ? ['caches that work by themselves promise nothing: the saving is the most that can be expected']
      : []),
    ...(withoutEvidence.length > 0
      ? [`not tried, because no finding says what to change: ${withoutEvidence.join(', ')}`]
      : []),
  ]
}

function modelAssumptions(answer: ModelSwitch, isFixed: boolean): readonly string[] {
  const { tokens, rule, kept, fixes, lifetime } = answer
  return [
    'the agent takes the same steps, replies are as long, and breakpoints stay where no fix puts them elsewhere',
    ...(isFixed && fixes.length === 0 ? ['no fix that was asked for saves anything with the new model'] : []),
    ...(lifetime && !lifetime.isKnown ? [`the new model’s cache knows no lifetime of ${lifetime.name}`] : []),
    tokens.isExact
      ? 'both models count tokens alike'
      : `tokens are estimated: ${ratio(tokens.low)} to ${ratio(tokens.high)} times as many as before`,
    rule
      ? `the new model caches ${rule.mechanism === 'automatic' ? 'by itself' : 'at breakpoints'}, from ${formatCount(rule.minimumTokens)} tokens on (${rule.evidence})`
      : 'nobody knows how the new model caches, so nothing is cached',
    ...kept.map(({ reason, calls }) => `${formatPlural(calls, 'call')} as before: ${reason}`),
    ...countedModel(answer),
  ]
}

function countedModel({ unseenPrompts, unmarked, belowMinimum, atLeast }: ModelSwitch): readonly string[] {
  return [
    ...counted(unseenPrompts, 'with a prompt that is not known: cached as before, or not at all'),
    ...counted(
      unmarked,
      'without a breakpoint, which the new model’s cache needs: with one they may cost less',
    ),
    ...counted(belowMinimum, 'were cached and are too short for the new model’s cache'),
    ...counted(atLeast, 'with a part that has no price: the sum is at least this'),
  ]
}

function counted(calls: number, what: string): readonly string[] {
  return calls === 0 ? [] : [`${formatPlural(calls, 'call')} ${what}`]
}

function ratio(value: number): string {
  return String(Number(value.toFixed(2)))
}
