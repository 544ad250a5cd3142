// What `costflame whatif` says to people.

import { CACHE_FIXES } from '../analysis/cache-causes'
import { formatUsd, type PicoUsd } from '../model/money'
import { formatPlural } from '../model/quantity'
import type { ModelSwitch } from '../what-if/model-switch'
import type { WhatIfAnswer } from './whatif'
import { assumptionsOf } from './whatif-assumptions'
import type { FixesAnswer, PricedFix } from './whatif-fixes'
import type { LifetimeAnswer } from './whatif-ttl'

export function whatIfText(answer: WhatIfAnswer): string {
  const { fixes, recorded } = answer
  return [
    headline(answer),
    ...(fixes ? ['', ...fixesText(fixes, recorded)] : []),
    ...sentences(answer).flatMap((sentence) => ['', sentence]),
    '',
    'assumed:',
    ...assumptionsOf(answer).map((assumption) => `  ${assumption}`),
  ].join('\n')
}

/** The same for pull requests and the like. */
export function whatIfMarkdown(answer: WhatIfAnswer): string {
  const { fixes, recorded } = answer
  return [
    `### ${headline(answer)}`,
    ...(fixes ? ['', ...fixesTable(fixes), '', together(fixes, recorded)] : []),
    ...sentences(answer).flatMap((sentence) => ['', sentence.replaceAll('\n', '  \n')]),
    '',
    'Assumed:',
    '',
    ...assumptionsOf(answer).map((assumption) => `- ${assumption}`),
  ].join('\n')
}

function headline({ id, name, recorded, calls }: WhatIfAnswer): string {
  return `run ${id} ${name}: ${formatUsd(recorded)} for ${formatPlural(calls, 'priced call')}`
}

function fixesText(fixes: FixesAnswer, recorded: PicoUsd): string[] {
  const { worthwhile, others } = fixes
  return [
    ...(worthwhile.length === 0 ? [] : ['fixes, the best first:', ...worthwhile.map(fixLine)]),
    together(fixes, recorded),
    ...(others.length > 0 ? ['of no use here:', ...others.map(fixLine)] : []),
  ]
}

function together({ worthwhile, saving }: FixesAnswer, recorded: PicoUsd): string {
  if (worthwhile.length === 0) return 'no fix saves anything in this run'
  const upTo = saving.certainty === 'upTo' ? 'up to ' : ''
  return `together they save ${upTo}${formatUsd(saving.picoUsd)}: ${formatUsd(recorded)} → ${formatUsd(recorded - saving.picoUsd)}`
}

function fixLine({ fix, safety, place, findingId, picoUsd }: PricedFix): string {
  const where = place === undefined ? '' : `  ${place}`
  const why = findingId === undefined ? '' : `  finding ${findingId}`
  return `  ${signed(picoUsd).padStart(12)}  ${fix.padEnd(LONGEST)}  ${safety.padEnd('review'.length)}${where}${why}`.trimEnd()
}

const LONGEST = Math.max(...Object.keys(CACHE_FIXES).map((name) => name.length))

function fixesTable({ worthwhile, others }: FixesAnswer): string[] {
  const rows = [...worthwhile, ...others].map(({ fix, safety, place = '', findingId = '', picoUsd }) =>
    [signed(picoUsd), `\`${fix}\``, safety, place, findingId].join(' | '),
  )
  return [
    '| saves | fix | | place | finding |',
    '| ---: | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ]
}

/** What is saved, or with a minus what it costs more: amounts of money are never negative. */
function signed(picoUsd: PicoUsd): string {
  return picoUsd < 0 ? `−${formatUsd(-picoUsd)}` : formatUsd(picoUsd)
}

function sentences({ fixes, lifetime, model }: WhatIfAnswer): readonly string[] {
  return [
    ...(lifetime ? [lifetimeText(lifetime, fixes !== undefined)] : []),
    ...(model ? [modelText(model)] : []),
  ]
}

function lifetimeText({ lifetime, calls, ...input }: LifetimeAnswer, isBeside: boolean): string {
  const { without, with: longer, saving } = input
  return [
    `input${isBeside ? ', with the fixes above' : ''}: ${formatUsd(without)} without, ${formatUsd(longer)} with a lifetime of ${lifetime} in ${formatPlural(calls, 'call')}`,
    saving >= 0 ? `that saves ${formatUsd(saving)}` : `that costs ${formatUsd(-saving)} more`,
  ].join('\n')
}

function modelText({ targets, low, high, fixes, lifetime }: ModelSwitch): string {
  const sellers = targets.map(({ provider, model }) => `${model} from ${provider}`)
  const besides = [...fixes, ...(lifetime?.isKnown ? [`a lifetime of ${lifetime.name}`] : [])]
  const cost = `with ${[sellers.join(', '), ...besides].join(' and ')}: ${range(low.cold, high.cold)}`
  const penalties = [low.cold - low.warm, high.cold - high.warm]
  if (penalties.every((penalty) => penalty === 0)) return `${cost}; its caches serve none of these prompts`
  return [
    `${cost}, its caches cold as after the switch`,
    `${range(low.warm, high.warm)} once they are warm: cold caches cost ${range(Math.min(...penalties), Math.max(...penalties))} once`,
  ].join('\n')
}

function range(low: PicoUsd, high: PicoUsd): string {
  return low === high ? signed(low) : `${signed(low)} to ${signed(high)}`
}
