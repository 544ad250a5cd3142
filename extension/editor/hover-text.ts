// What a hover on a measured line says: its costs, what for, over the last runs, against the budget. Markdown; knows no VS Code.

import type { LimitUse } from '../../profiler-agent/model/budget'
import type { LineCost, LineDetail, LinePart } from '../../profiler-agent/model/line-cost'
import { formatUsd } from '../../profiler-agent/model/money'
import { formatCount } from '../../profiler-agent/model/quantity'
import type { SegmentCache, SegmentKind } from '../../profiler-agent/model/span'
import { apiEquivalentText, isLowerBound } from '../../profiler-agent/model/totals'
import { commandLink, markdownText, tableRow } from '../markdown-text'
import { limitLines } from './hover-limits'
import { trendBars, trendTable } from './hover-trend'
import { lensText, type Words } from './lens-text'

export interface HoverFacts {
  readonly cost: LineCost
  readonly isChanged: boolean
  /** Where a budget for it belongs. */
  readonly folder: string | undefined
  /** Absent where it has not come in time. */
  readonly detail?: LineDetail
  /** It comes still. */
  readonly isPending?: boolean
  /** A moment (ISO 8601) as people say it here. */
  readonly when: (time: string) => string
  readonly words: Words
}

/** As many as can be read at a glance. */
const MOST_KINDS = 6
/** Of the lens, all but the cost and the models. */
const HEAD_PARTS = ['p95', 'calls', 'tokensIn', 'cached', 'tokensOut', 'share'] as const

export function hoverText(facts: HoverFacts): string {
  const { cost, detail, words, when } = facts
  return [
    headLines(facts),
    linkLine(facts),
    facts.isPending ? words.t('The rest is being read: look again in a moment.') : undefined,
    detail && limitLines(detail.limits, words),
    detail && table(words.t('Billed as'), detail.byCache, cacheNames(cost, words), words),
    detail && kindTable(detail, words),
    detail && modelTable(detail, words),
    trendTable(cost, when, words),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n')
}

function headLines({ cost, isChanged, words }: HoverFacts): string {
  const { t } = words
  const { agents, steps, models } = cost
  const run = cost.active ? t('in the run that goes on') : t('in the newest run that reached it')
  const bars = trendBars(cost, words)
  const whose = [
    ...agents.map((name) => t('agent {0}', name)),
    ...steps.map((name) => t('step {0}', name)),
    ...models,
  ]
  return [
    [`**${markdownText(costText(cost, words))}** ${run}`, ...(bars === undefined ? [] : [bars])].join(' · '),
    markdownText(lensText(cost, HEAD_PARTS, isChanged, words)),
    ...(whose.length > 0 ? [markdownText(whose.join(' · '))] : []),
  ].join('  \n')
}

function costText({ totals }: LineCost, { t }: Words): string {
  const { cost, unpricedCalls } = totals
  if (cost === null) return unpricedCalls > 0 ? t('no price') : t('no cost known')
  const amount = `${formatUsd(cost.picoUsd)}${apiEquivalentText(cost)}`
  return isLowerBound(totals) ? t('at least {0}', amount) : amount
}

function linkLine({ cost, detail, folder, words: { t } }: HoverFacts): string {
  const { runId, spanId, past } = cost
  const before = past.find((run) => run.runId !== runId)
  const links = [commandLink(`$(flame) ${t('Flame graph')}`, 'costflame.openFlameGraph', [runId, spanId])]
  if (before)
    links.push(
      commandLink(`$(diff) ${t('Compare with the run before')}`, 'costflame.compareRuns', [
        before.runId,
        runId,
      ]),
    )
  if (detail && !detail.limits.some(isOfCode))
    links.push(
      commandLink(`$(law) ${t('Set a budget')}`, 'costflame.setBudget', [{ ...ownerOf(cost), folder }]),
    )
  return links.join(' · ')
}

/** Not of everything that runs. */
function isOfCode({ scope }: LimitUse): boolean {
  return scope.kind !== 'run' && scope.kind !== 'day'
}

/** Whom a limit could be set for; of a line that several share nobody, so that it is set for each run. */
function ownerOf({ agents, steps }: LineCost): { readonly agent?: string; readonly step?: string } {
  const [agent] = agents
  const [step] = steps
  if (agent === undefined || agents.length > 1) return {}
  return step === undefined || steps.length > 1 ? { agent } : { agent, step }
}

function kindTable({ byKind }: LineDetail, words: Words): string | undefined {
  if (byKind === null) return undefined
  const { t } = words
  const names: Readonly<Record<SegmentKind, string>> = {
    system: t('system prompt'),
    tool_def: t('tool definitions'),
    user: t('user messages'),
    assistant: t('earlier replies'),
    reasoning: t('reasoning'),
    tool_call: t('tool calls'),
    tool_result: t('tool results'),
    retrieval: t('retrieved text'),
    media: t('media'),
    overhead: t('framing'),
    hidden: t('hidden by the provider'),
    output: t('output'),
  }
  return table(t('Text (shares are estimates)'), shortened(byKind), { ...names, rest: t('all else') }, words)
}

/** The cheapest as one, so that the parts are the whole still. */
function shortened<Kind extends string>(
  parts: readonly LinePart<Kind>[],
): readonly LinePart<Kind | 'rest'>[] {
  if (parts.length <= MOST_KINDS) return parts
  const rest = parts.slice(MOST_KINDS - 1)
  const sum = (pick: (part: LinePart<Kind>) => number | null) =>
    rest.reduce<number | null>((total, part) => {
      const value = pick(part)
      return value === null ? total : (total ?? 0) + value
    }, null)
  const tokens = sum((part) => part.tokens)
  return [...parts.slice(0, MOST_KINDS - 1), { kind: 'rest', tokens, picoUsd: sum((part) => part.picoUsd) }]
}

/** Where a provider says nothing of caches, its input is neither cached nor not. */
function cacheNames({ totals: { usage } }: LineCost, { t }: Words): Readonly<Record<SegmentCache, string>> {
  const isTold = usage.cacheReadTokens !== null
  return {
    read: t('input, read from the cache'),
    write: t('input, written to the cache'),
    fresh: isTold ? t('input, not cached') : t('input'),
    none: t('output'),
  }
}

function table<Kind extends string>(
  title: string,
  parts: readonly LinePart<Kind>[],
  names: Readonly<Record<Kind, string | undefined>>,
  { t }: Words,
): string | undefined {
  if (parts.length === 0) return undefined
  const rows = parts.map(({ kind, tokens, picoUsd }) => {
    const count = tokens === null ? t('not known') : formatCount(tokens)
    return tableRow([names[kind] ?? kind, count, formatUsd(picoUsd)].map(markdownText))
  })
  return [tableRow([markdownText(title), t('Tokens'), t('Cost')]), '|:--|--:|--:|', ...rows].join('\n')
}

/** Where there are several. */
function modelTable({ byModel }: LineDetail, words: Words): string | undefined {
  if (byModel.length < 2) return undefined
  const { t } = words
  const names = Object.fromEntries(
    byModel.map(({ kind, calls }) => [
      kind,
      calls === 1 ? t('{0}, 1 call', kind) : t('{0}, {1} calls', kind, formatCount(calls)),
    ]),
  )
  return table(t('Model'), byModel, names, words)
}
