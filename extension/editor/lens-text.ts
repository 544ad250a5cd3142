// What a code lens says about the calls of one line. Text only.

import type * as vscode from 'vscode'
import type { LineCost, PastLine } from '../../profiler-agent/model/line-cost'
import { formatUsd } from '../../profiler-agent/model/money'
import { formatCount, formatShare } from '../../profiler-agent/model/quantity'
import type { TotalCost } from '../../profiler-agent/model/span'
import { apiEquivalentText, cacheShareOf } from '../../profiler-agent/model/totals'

export const LENS_PARTS = [
  'cost',
  'p95',
  'calls',
  'cached',
  'tokensIn',
  'tokensOut',
  'model',
  'share',
] as const
export type LensPart = (typeof LENS_PARTS)[number]

/** What words are translated with; `vscode.l10n`, but in tests. */
export type Words = Pick<typeof vscode.l10n, 't'>

/** What of a line its lens is made of. */
export type LensFacts = Pick<LineCost, 'runId' | 'active' | 'totals' | 'share' | 'models' | 'past'>

/**
 * `$0.0123 a run · p95 $0.019 · 12 calls · 62 % cached`: the wanted parts in their order. What is not known is left out or named,
 * never 0. Whatever the parts: that calls failed, have no price or were estimated, and that the code is another one than was measured.
 */
export function lensText(
  line: LensFacts,
  parts: readonly LensPart[],
  isChanged: boolean,
  l10n: Words,
): string {
  return [
    ...parts.map((part) => PART_TEXTS[part](line, l10n)),
    ...troubles(line, l10n),
    isChanged ? l10n.t('changed since measured') : undefined,
  ]
    .filter((text) => text !== undefined)
    .join(' · ')
}

/** `$0.0021 so far · 3 calls`, of a run that goes on. */
export function liveText(line: LensFacts, l10n: Words): string {
  const { cost } = line.totals
  const amount = cost === null ? costText(line, l10n) : l10n.t('{0} so far', amountText(cost))
  return [amount, PART_TEXTS.calls(line, l10n), ...troubles(line, l10n)].join(' · ')
}

/** The parts of a setting that are parts: a settings file may hold anything. */
export function lensParts(setting: unknown): readonly LensPart[] {
  return Array.isArray(setting)
    ? [...new Set(setting)].flatMap((part) => LENS_PARTS.find((known) => known === part) ?? [])
    : []
}

type PartText = (line: LensFacts, l10n: Words) => string | undefined

const PART_TEXTS: Readonly<Record<LensPart, PartText>> = {
  cost: costText,
  p95: p95Text,
  calls: ({ totals: { calls } }, l10n) =>
    calls === 1 ? l10n.t('1 call') : l10n.t('{0} calls', formatCount(calls)),
  cached: ({ totals }, l10n) => {
    const cached = cacheShareOf(totals)
    return cached === null ? undefined : l10n.t('{0} cached', formatShare(cached))
  },
  tokensIn: ({ totals: { usage } }, l10n) =>
    usage.inputTokens === null ? undefined : l10n.t('{0} tokens in', formatCount(usage.inputTokens)),
  tokensOut: ({ totals: { usage } }, l10n) =>
    usage.outputTokens === null ? undefined : l10n.t('{0} tokens out', formatCount(usage.outputTokens)),
  model: ({ models }) => models.join(', ') || undefined,
  share: ({ share }, l10n) => (share === null ? undefined : l10n.t('{0} of the run', formatShare(share))),
}

function costText({ totals: { cost, unpricedCalls } }: LensFacts, l10n: Words): string {
  if (cost === null) return unpricedCalls > 0 ? l10n.t('no price') : l10n.t('no cost known')
  return cost.atLeast === true || unpricedCalls > 0
    ? l10n.t('at least {0} a run', amountText(cost))
    : l10n.t('{0} a run', amountText(cost))
}

function amountText(cost: TotalCost): string {
  return `${formatUsd(cost.picoUsd)}${apiEquivalentText(cost)}`
}

/** Over the runs that are over, from two on. What a run cost at least makes it a percentile of lower bounds, which is one itself. */
function p95Text({ runId, active, past }: LensFacts, l10n: Words): string | undefined {
  const measured = past.filter((run) => !(active && run.runId === runId))
  if (measured.length < 2) return undefined
  const p95 = nearestRank(measured.map(({ picoUsd }) => picoUsd ?? 0))
  if (measured.every(isExact)) return l10n.t('p95 {0}', formatUsd(p95))
  return p95 > 0 ? l10n.t('p95 at least {0}', formatUsd(p95)) : undefined
}

function isExact({ picoUsd, atLeast }: PastLine): boolean {
  return picoUsd !== null && !atLeast
}

function nearestRank(costs: readonly number[]): number {
  const sorted = [...costs].sort((left, right) => left - right)
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0
}

/** What of the calls went wrong or is not exact: said wherever their cost is. */
function troubles({ totals: { errors, unpricedCalls, cost, usage } }: LensFacts, l10n: Words): string[] {
  const texts: string[] = []
  if (usage.origin === 'estimated') texts.push(l10n.t('estimated'))
  if (errors > 0) texts.push(l10n.t('{0} failed', formatCount(errors)))
  if (cost === null || unpricedCalls === 0) return texts
  texts.push(
    unpricedCalls === 1
      ? l10n.t('1 call without price')
      : l10n.t('{0} calls without price', formatCount(unpricedCalls)),
  )
  return texts
}
