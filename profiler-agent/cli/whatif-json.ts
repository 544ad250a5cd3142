// `costflame.whatif/1`: what `costflame whatif` says to programs.

import { type PicoUsd, usdOf } from '../model/money'
import type { ModelSwitch } from '../what-if/model-switch'
import type { SwitchedCost } from '../what-if/switched-bill'
import type { WhatIfAnswer } from './whatif'
import { assumptionsOf } from './whatif-assumptions'
import type { FixesAnswer, PricedFix } from './whatif-fixes'
import type { LifetimeAnswer } from './whatif-ttl'

const SCHEMA = 'costflame.whatif/1'

/** The answers as one JSON object (docs/whatif.md). */
export function whatIfJson(answers: readonly WhatIfAnswer[]): object {
  return { schema: SCHEMA, runs: answers.map(runJson) }
}

function runJson(answer: WhatIfAnswer): object {
  const { id, name, recorded, calls, unpricedCalls, fixes, lifetime, model } = answer
  return {
    ...{ id, name, recorded: { ...money(recorded), calls, unpricedCalls } },
    ...(fixes ? { fixes: fixesJson(fixes) } : {}),
    ...(lifetime ? { lifetime: lifetimeJson(lifetime) } : {}),
    ...(model ? { model: modelJson(model) } : {}),
    assumptions: assumptionsOf(answer),
  }
}

/** Negative where something costs more. */
function money(picoUsd: PicoUsd): { readonly picoUsd: PicoUsd; readonly usd: number } {
  return { picoUsd, usd: usdOf(picoUsd) }
}

function fixesJson({ worthwhile, others, saving, ...facts }: FixesAnswer): object {
  const { picoUsd, ...certainty } = saving
  return {
    worthwhile: worthwhile.map(fixJson),
    others: others.map(fixJson),
    saving: { ...money(picoUsd), ...certainty },
    ...facts,
  }
}

function fixJson({ picoUsd, ...fix }: PricedFix): object {
  return { ...fix, saving: money(picoUsd) }
}

function lifetimeJson({ without, with: longer, saving, ...facts }: LifetimeAnswer): object {
  return { ...facts, without: money(without), with: money(longer), saving: money(saving) }
}

function modelJson({ recorded: _, low, high, rule, ...facts }: ModelSwitch): object {
  return {
    ...facts,
    low: switchedJson(low),
    high: switchedJson(high),
    ...(rule
      ? {
          cache: {
            mechanism: rule.mechanism,
            minimumTokens: rule.minimumTokens,
            evidence: rule.evidence,
            source: rule.source,
            date: rule.date,
          },
        }
      : {}),
  }
}

function switchedJson({ cold, warm }: SwitchedCost): object {
  return { cold: money(cold), warm: money(warm) }
}
