// What `costflame whatif` says to people.

import { CACHE_FIXES } from '../analysis/cache-causes'
import { formatUsd, type PicoUsd } from '../model/money'
import { formatCount, formatPlural } from '../model/quantity'
import type { WhatIfAnswer } from './whatif'
import type { FixesAnswer, PricedFix } from './whatif-fixes'
import type { ModelAnswer } from './whatif-model'
import type { LifetimeAnswer } from './whatif-ttl'

export function whatIfText({ id, name, recorded, calls, fixes, lifetime, model }: WhatIfAnswer): string {
  return [
    `run ${id} ${name}: ${formatUsd(recorded)} for ${formatPlural(calls, 'priced call')}`,
    ...(fixes ? fixesText(fixes, recorded) : []),
    ...(lifetime ? lifetimeText(lifetime, fixes !== undefined) : []),
    ...(model ? modelText(model) : []),
  ].join('\n')
}

function fixesText(answer: FixesAnswer, recorded: PicoUsd): string[] {
  const { worthwhile, others, saving, withoutEvidence, notReplayed } = answer
  const upTo = saving.certainty === 'upTo' ? 'up to ' : ''
  return [
    '',
    ...(worthwhile.length === 0 ? ['no fix saves anything in this run'] : ['fixes, the best first:']),
    ...worthwhile.map(fixLine),
    ...(worthwhile.length > 0
      ? [
          `together they save ${upTo}${formatUsd(saving.picoUsd)}: ${formatUsd(recorded)} → ${formatUsd(recorded - saving.picoUsd)}`,
        ]
      : []),
    ...(others.length > 0 ? ['not worth it here:', ...others.map(fixLine)] : []),
    ...(withoutEvidence.length > 0
      ? [`not tried, because no finding says what to change: ${withoutEvidence.join(', ')}`]
      : []),
    'assumed: caches keep to the providers’ rules, from cold; the tokens of single blocks are estimates',
    ...(saving.isBounded
      ? [
          'the provider billed less than its rule says (a cache filled before?): no more is claimed than was billed',
        ]
      : []),
    ...notReplayedText(notReplayed),
  ]
}

function fixLine({ fix, safety, place, findingId, picoUsd }: PricedFix): string {
  const where = place === undefined ? '' : `  ${place}`
  const why = findingId === undefined ? '' : `  finding ${findingId}`
  return `  ${signed(picoUsd).padStart(12)}  ${fix.padEnd(LONGEST)}  ${safety}${where}${why}`
}

const LONGEST = Math.max(...Object.keys(CACHE_FIXES).map((name) => name.length))

/** What is saved, or costs more: amounts are never negative. */
function signed(picoUsd: PicoUsd): string {
  return picoUsd < 0 ? `−${formatUsd(-picoUsd)}` : formatUsd(picoUsd)
}

function lifetimeText(answer: LifetimeAnswer, isBeside: boolean): string[] {
  const { lifetime, calls, without, with: longer, saving, notReplayed } = answer
  return [
    '',
    `input${isBeside ? ', with the fixes above' : ''}: ${formatUsd(without)} without, ${formatUsd(longer)} with a lifetime of ${lifetime} in ${formatPlural(calls, 'call')}`,
    saving >= 0 ? `it saves ${formatUsd(saving)}` : `it costs ${formatUsd(-saving)} more`,
    ...notReplayedText(notReplayed),
  ]
}

function notReplayedText(count: number): string[] {
  return count === 0
    ? []
    : [
        `${formatPlural(count, 'call')} could not be replayed (prompt or cache not known) and count as they were`,
      ]
}

function modelText(answer: ModelAnswer): string[] {
  const { targets, low, high, tokens, rule } = answer
  const sellers = targets.map(({ provider, model }) => `${model} from ${provider}`).join(', ')
  const penalty = [low, high].map(({ cold, warm }) => cold - warm)
  return [
    '',
    `with ${sellers}: ${range(low.cold, high.cold)}, its caches cold as after the switch`,
    `${range(low.warm, high.warm)} once they are warm: the cold caches cost ${range(Math.min(...penalty), Math.max(...penalty))} once`,
    tokens.isExact
      ? 'tokens: both models count alike'
      : `tokens: estimated, ${ratio(tokens.low)} to ${ratio(tokens.high)} times as many as before`,
    rule
      ? `caching: ${rule.mechanism === 'automatic' ? 'automatic' : 'at breakpoints'}, from ${formatCount(rule.minimumTokens)} tokens on (${rule.evidence})`
      : 'caching: not known, so none is counted',
    'assumed: replies are as long and the agent takes the same steps; breakpoints stay where they are',
    ...countsText(answer),
  ]
}

function countsText({ kept, unseenPrompts, belowMinimum, atLeast, unpricedCalls }: ModelAnswer): string[] {
  return [
    ...kept.map(({ reason, calls }) => `${formatPlural(calls, 'call')} as before: ${reason}`),
    ...line(unseenPrompts, 'with a prompt that is not known: cached as before, or not at all'),
    ...line(belowMinimum, 'were cached and are too short for the new model’s cache'),
    ...line(atLeast, 'with a part that has no price: the sum is at least this'),
    ...line(unpricedCalls, 'without a price, in neither sum'),
  ]
}

function line(count: number, text: string): string[] {
  return count === 0 ? [] : [`${formatPlural(count, 'call')} ${text}`]
}

function range(low: PicoUsd, high: PicoUsd): string {
  return low === high ? signed(low) : `${signed(low)} to ${signed(high)}`
}

function ratio(value: number): string {
  return String(Number(value.toFixed(2)))
}
