// What `costflame whatif` says to people.

import { CACHE_FIXES } from '../analysis/cache-causes'
import { formatUsd, type PicoUsd } from '../model/money'
import { formatPlural } from '../model/quantity'
import type { WhatIfAnswer } from './whatif'
import { assumptionsOf } from './whatif-assumptions'
import type { FixesAnswer, PricedFix } from './whatif-fixes'
import type { ModelAnswer } from './whatif-model'
import type { LifetimeAnswer } from './whatif-ttl'

export function whatIfText(answer: WhatIfAnswer): string {
  const { id, name, recorded, calls, fixes, lifetime, model } = answer
  return [
    `run ${id} ${name}: ${formatUsd(recorded)} for ${formatPlural(calls, 'priced call')}`,
    ...(fixes ? fixesText(fixes, recorded) : []),
    ...(lifetime ? lifetimeText(lifetime, fixes !== undefined) : []),
    ...(model ? modelText(model) : []),
    '',
    'assumed:',
    ...assumptionsOf(answer).map((assumption) => `  ${assumption}`),
  ].join('\n')
}

function fixesText({ worthwhile, others, saving }: FixesAnswer, recorded: PicoUsd): string[] {
  const upTo = saving.certainty === 'upTo' ? 'up to ' : ''
  const together = `together they save ${upTo}${formatUsd(saving.picoUsd)}: ${formatUsd(recorded)} → ${formatUsd(recorded - saving.picoUsd)}`
  return [
    '',
    ...(worthwhile.length === 0
      ? ['no fix saves anything in this run']
      : ['fixes, the best first:', ...worthwhile.map(fixLine), together]),
    ...(others.length > 0 ? ['of no use here:', ...others.map(fixLine)] : []),
  ]
}

function fixLine({ fix, safety, place, findingId, picoUsd }: PricedFix): string {
  const where = place === undefined ? '' : `  ${place}`
  const why = findingId === undefined ? '' : `  finding ${findingId}`
  return `  ${signed(picoUsd).padStart(12)}  ${fix.padEnd(LONGEST)}  ${safety.padEnd('review'.length)}${where}${why}`.trimEnd()
}

const LONGEST = Math.max(...Object.keys(CACHE_FIXES).map((name) => name.length))

/** What is saved, or with a minus what it costs more: amounts of money are never negative. */
function signed(picoUsd: PicoUsd): string {
  return picoUsd < 0 ? `−${formatUsd(-picoUsd)}` : formatUsd(picoUsd)
}

function lifetimeText({ lifetime, calls, ...input }: LifetimeAnswer, isBeside: boolean): string[] {
  const { without, with: longer, saving } = input
  return [
    '',
    `input${isBeside ? ', with the fixes above' : ''}: ${formatUsd(without)} without, ${formatUsd(longer)} with a lifetime of ${lifetime} in ${formatPlural(calls, 'call')}`,
    saving >= 0 ? `that saves ${formatUsd(saving)}` : `that costs ${formatUsd(-saving)} more`,
  ]
}

function modelText({ targets, low, high }: ModelAnswer): string[] {
  const sellers = targets.map(({ provider, model }) => `${model} from ${provider}`).join(', ')
  const penalties = [low.cold - low.warm, high.cold - high.warm]
  return [
    '',
    `with ${sellers}: ${range(low.cold, high.cold)}, its caches cold as after the switch`,
    `${range(low.warm, high.warm)} once they are warm: cold caches cost ${range(Math.min(...penalties), Math.max(...penalties))} once`,
  ]
}

function range(low: PicoUsd, high: PicoUsd): string {
  return low === high ? signed(low) : `${signed(low)} to ${signed(high)}`
}
