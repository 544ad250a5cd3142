// More of the calls that a line made in one run: what kinds of text they were billed for, from which cache, by which model, and
// how the limits stand that hold for them.

import type { BudgetFile } from '../budgets/file/budget-file'
import { limitUses } from '../budgets/measure/limit-uses'
import { measuredDayOf, measureSpans } from '../budgets/measure/measure-run'
import type { LimitUse, Measured } from '../model/budget'
import type { LineDetail, LinePart, OutputPerCall, SpentToday } from '../model/line-cost'
import { percentilesOf } from '../model/percentiles'
import { present } from '../model/present'
import type { CostByBucket, Frame, Segment, SegmentCache, SegmentKind } from '../model/span'
import { isCall, sumOfBuckets, totalsOf } from '../model/totals'
import { addUsage, cacheWriteTotal, sumOfKnown } from '../model/usage'
import type { RunView } from '../run-view'
import { type CallRow, readCallRows } from '../store/call-rows'
import { readRun, type StoredRun } from '../store/reader'
import { readSpanOutlines } from '../store/span-outlines'
import { placeOf } from './run-lines'

/** Prompts of so many calls are read one by one; for more of them all of the run are. */
const FEW_CALLS = 50
/** Prompts of larger runs are not read for a hover. */
const MOST_CALLS = 5_000
/** Nobody waits longer for the kinds of text: the next time it is asked more of them are counted. */
const KINDS_WITHIN_MS = 400

export interface LineDetailSources {
  readonly view: RunView
  readonly budgetFile: Pick<BudgetFile, 'budgets' | 'gate'>
  readonly today: SpentToday
  /** Output tokens of the calls of this line over the last runs. */
  readonly outputs: readonly number[]
  /** Without the tokenizer there are no kinds of text yet. */
  readonly canCount: boolean
}

/** `null` where that run made no call there. */
export async function lineDetail(
  runId: string,
  place: Pick<Frame, 'file' | 'line'>,
  sources: LineDetailSources,
): Promise<LineDetail | null> {
  const { view } = sources
  const run = readRun(view.store, runId)
  const ofRun = readCallRows(view.store, [runId]).get(runId) ?? []
  const calls = ofRun.filter((call) => isAt(call, place) && isCall(call))
  if (run === undefined || calls.length === 0) return null
  const isTooMuch = calls.length > FEW_CALLS && ofRun.length > MOST_CALLS
  return {
    byKind: isTooMuch || !sources.canCount ? null : await partsByKind(view, runId, calls),
    byCache: partsByCache(calls),
    byModel: partsByModel(calls),
    limits: limitsOf(run, calls, sources),
    ...present({ outputPerCall: outputPerCall(sources.outputs) }),
  }
}

function isAt({ callSite }: CallRow, place: Pick<Frame, 'file' | 'line'>): boolean {
  return callSite !== undefined && placeOf(callSite) === placeOf(place)
}

async function partsByKind(
  view: RunView,
  runId: string,
  calls: readonly CallRow[],
): Promise<LinePart<SegmentKind>[] | null> {
  const segments = new Map<string, readonly Segment[]>()
  const deadline = performance.now() + KINDS_WITHIN_MS
  const ids = calls.map(({ id }) => id)
  if (!(await view.addSegments(runId, ids, segments, () => performance.now() > deadline))) return null
  const known = calls.flatMap((call) => (segments.get(call.id) ?? []).map((part) => reported(part, call)))
  return [...Map.groupBy(known, ({ kind }) => kind)]
    .map(([kind, parts]) => ({
      kind,
      tokens: sumOfKnown(parts.map(({ tokens }) => tokens)),
      picoUsd: sumOfKnown(parts.map(({ picoUsd }) => picoUsd)),
    }))
    .sort(byCost)
}

/** Where the provider says no total, the tokens of a text are our own count, which is nothing that was billed. */
function reported(
  { kind, tokens, picoUsd, cache }: Segment,
  { modelCall: { usage } }: CallRow,
): LinePart<SegmentKind> {
  const total = cache === 'none' ? usage.outputTokens : usage.inputTokens
  return { kind, tokens: total === null ? null : tokens, picoUsd }
}

/** Exact: as it was billed. What is in no cache is the output. */
function partsByCache(calls: readonly CallRow[]): LinePart<SegmentCache>[] {
  const billed = calls.filter(({ modelCall }) => modelCall.billed)
  const usage = addUsage(billed.map(({ modelCall }) => modelCall.usage))
  const costs = sumOfBuckets(billed.flatMap(({ costByBucket }) => costByBucket ?? []))
  const part = (kind: SegmentCache, tokens: number | null, cost: (costs: CostByBucket) => number) => {
    const picoUsd = costs && cost(costs)
    return tokens === null && !picoUsd ? [] : [{ kind, tokens, picoUsd }]
  }
  return [
    ...part('read', usage.cacheReadTokens, ({ cacheRead }) => cacheRead),
    ...part('write', cacheWriteTotal(usage), ({ cacheWrite }) => cacheWrite),
    ...part('fresh', usage.uncachedInputTokens, ({ uncachedInput }) => uncachedInput),
    ...part('none', usage.outputTokens, ({ output, units }) => output + units),
  ]
}

function partsByModel(calls: readonly CallRow[]): LineDetail['byModel'] {
  const modelOf = ({ modelCall }: CallRow) => modelCall.responseModel ?? modelCall.requestModel
  return [...Map.groupBy(calls, modelOf)]
    .map(([kind, own]) => {
      const { usage, cost, calls } = totalsOf(own)
      const tokens = sumOfKnown([usage.inputTokens, usage.outputTokens])
      return { kind, tokens, picoUsd: cost?.picoUsd ?? null, calls }
    })
    .sort(byCost)
}

function byCost(left: LinePart<string>, right: LinePart<string>): number {
  return (right.picoUsd ?? 0) - (left.picoUsd ?? 0) || (right.tokens ?? 0) - (left.tokens ?? 0)
}

/** Of the invocations, steps and workflows that these calls count in, of the run, and of today. */
function limitsOf(
  run: StoredRun,
  calls: readonly CallRow[],
  { view, budgetFile: { budgets, gate }, today }: LineDetailSources,
): LimitUse[] {
  if (budgets.length === 0) return []
  const own = new Set(calls.map(({ id }) => id))
  const spans = readSpanOutlines(view.store, [run.id]).get(run.id) ?? []
  const around = measureSpans(run, spans).filter((measured) => measured.calls.some((id) => own.has(id)))
  return limitUses(budgets, gate, [...around, dayOf(today)]).filter(({ n }) => n > 0)
}

function dayOf({ day, picoUsd, atLeast }: SpentToday): Measured {
  return measuredDayOf({
    day,
    start: Date.parse(`${day}T00:00`),
    picoUsd: picoUsd ?? 0,
    unknown: atLeast ? 1 : 0,
  })
}

function outputPerCall(outputs: readonly number[]): OutputPerCall | undefined {
  const percentiles = percentilesOf(outputs)
  return percentiles
    ? { calls: outputs.length, ...percentiles, max: outputs.reduce((most, each) => Math.max(most, each), 0) }
    : undefined
}
