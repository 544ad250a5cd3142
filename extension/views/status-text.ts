// What the status bar says: the newest run and the day, each beside what the budget file allows. Knows no VS Code.

import type { RunSummary } from '../../profiler-agent/feed/protocol'
import { USUAL_GATE } from '../../profiler-agent/model/budget'
import type { SpentToday } from '../../profiler-agent/model/line-cost'
import { formatUsd, picoOfUsd } from '../../profiler-agent/model/money'
import { formatShare } from '../../profiler-agent/model/quantity'
import { cacheShareOf, totalCostText } from '../../profiler-agent/model/totals'
import type { Words } from './words'

export const STATUS_PARTS = ['run', 'today', 'cached'] as const
export type StatusPart = (typeof STATUS_PARTS)[number]

export type Standing = 'over' | 'near' | 'fine'

/** How an amount stands to a limit in dollars; `fine` where there is none. What is only known in part may be over, never sure to be near. */
export function standingOf(picoUsd: number | null, allowedUsd: number | undefined): Standing {
  if (picoUsd === null || allowedUsd === undefined) return 'fine'
  const allowed = picoOfUsd(allowedUsd)
  if (picoUsd > allowed) return 'over'
  return picoUsd > allowed * (1 - USUAL_GATE.tolerance) ? 'near' : 'fine'
}

/** Of the newest run and of the day, the worse one. */
export function worstStanding(run: RunSummary | undefined, spent: SpentToday | undefined): Standing {
  const standings = [
    standingOf(run?.totals.cost?.picoUsd ?? null, spent?.allowedUsdPerRun),
    standingOf(spent?.picoUsd ?? null, spent?.allowedUsdPerDay),
  ]
  if (standings.includes('over')) return 'over'
  return standings.includes('near') ? 'near' : 'fine'
}

/** `$0.0123 · today $0.18 of $10`: the parts that are wanted, in their order; empty while nothing is known of any. */
export function statusText(
  parts: readonly StatusPart[],
  run: RunSummary | undefined,
  spent: SpentToday | undefined,
  words: Words,
): string {
  const texts: Readonly<Record<StatusPart, string | undefined>> = {
    run: run && run.totals.attempts > 0 ? totalCostText(run.totals) : undefined,
    today: spent && spent.calls > 0 ? words.t('today {0}', spentText(spent, words)) : undefined,
    cached: run && cachedText(run, words),
  }
  return parts.flatMap((part) => texts[part] ?? []).join(' · ')
}

function cachedText({ totals }: RunSummary, words: Words): string | undefined {
  const share = cacheShareOf(totals)
  return share === null ? undefined : words.t('{0} cached', formatShare(share))
}

/** `$0.18 of $10`, `≥ $0.18`. */
export function spentText({ picoUsd, atLeast, allowedUsdPerDay }: SpentToday, words: Words): string {
  const amount = picoUsd === null ? words.t('no price') : `${atLeast ? '≥ ' : ''}${formatUsd(picoUsd)}`
  return allowedUsdPerDay === undefined
    ? amount
    : words.t('{0} of {1}', amount, formatUsd(picoOfUsd(allowedUsdPerDay)))
}
