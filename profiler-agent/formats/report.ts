// Cost by agent, step, model, line, day …: groups the model calls of runs and sums each group. Writes nothing; report-text.ts does.

import { localDay } from '../model/local-day'
import { RecentMap } from '../model/recent-map'
import type { ModelCall, Run, Span, TotalCost, Totals } from '../model/span'
import { type CountedModelCall, type CountedSpan, isCall, totalsOf } from '../model/totals'
import type { Usage } from '../model/usage'

export const REPORT_SCHEMA = 'costflame.report/1'

export interface ReportRow {
  /** Value by key; `null` where the calls carry none. */
  readonly key: Readonly<Record<string, string | null>>
  /** Runs that have calls in this row; one run may be in several rows. */
  readonly runs: number
  readonly calls: number
  readonly unpricedCalls: number
  readonly usage: Usage
  readonly cost: TotalCost | null
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA
  readonly by: readonly string[]
  /** By time where a key is one, then the most expensive first. Everything but `runs` adds up to the totals. */
  readonly rows: readonly ReportRow[]
  readonly totals: Omit<ReportRow, 'key'>
}

type Label = 'agent' | 'step' | 'intent' | 'tenant' | 'agentVersion' | 'session' | 'tags' | 'callSite'

/** A call as reports see it: any span with a model call is one. */
export interface ReportedCall extends CountedSpan, Pick<Span, 'id' | 'startTime' | Label> {
  readonly modelCall: CountedModelCall & Pick<ModelCall, 'requestModel' | 'responseModel'>
}

export interface ReportedRun extends Pick<Run, 'id' | 'tags'> {
  readonly calls: readonly ReportedCall[]
  /** The tool that one of these calls works for; asked only where a report is by tool. */
  readonly toolOf: (call: ReportedCall) => string | undefined
}

type KeyOf = (call: ReportedCall, run: ReportedRun) => string | undefined

const KEYS: Readonly<Record<string, KeyOf>> = {
  agent: (call) => call.agent,
  step: (call) => call.step,
  model: ({ modelCall }) => modelCall.responseModel ?? modelCall.requestModel,
  intent: (call) => call.intent,
  tenant: (call) => call.tenant,
  version: (call) => call.agentVersion,
  callsite: ({ callSite }) => callSite && `${callSite.file}:${callSite.line}`,
  tool: (call, run) => run.toolOf(call),
  day: (call) => localTime(call.startTime).day,
  week: (call) => localTime(call.startTime).week,
  session: (call) => call.session,
}
const TIME_KEYS: readonly string[] = ['day', 'week']

export const REPORT_KEYS = [...Object.keys(KEYS), 'tag.NAME']

/** How to read a key off a call; `undefined` for a key that nobody knows. Names of tags are in lower case. */
function keyOf(key: string): KeyOf | undefined {
  if (!key.startsWith('tag.')) return Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
  const name = key.slice('tag.'.length)
  const lower = name.toLowerCase()
  const tagOf = (tags: Span['tags'] = {}) => tags[name] ?? tags[lower]
  return name === '' ? undefined : (call, run) => tagOf(call.tags) ?? tagOf(run.tags)
}

export function isReportKey(name: string): boolean {
  return keyOf(name) !== undefined
}

interface Keyed {
  readonly call: ReportedCall
  readonly runId: string
  readonly values: readonly (string | null)[]
}

/** Sums the model calls of these runs by the given keys. Every key must be one that `isReportKey` accepts. */
export function buildReport(runs: readonly ReportedRun[], by: readonly string[]): Report {
  const keys = by.map((name) => keyOf(name))
  const calls = runs.flatMap((run) =>
    run.calls.map((call): Keyed => {
      const values = keys.map((read) => read?.(call, run) ?? null)
      return { call, runId: run.id, values }
    }),
  )
  const counted = countedCalls(calls)
  const rows = [...Map.groupBy(calls, ({ values }) => JSON.stringify(values)).values()].map((group) =>
    rowOf(by, group, counted),
  )
  return {
    schema: REPORT_SCHEMA,
    by,
    rows: rows.filter(isSaying).sort(inOrder(by)),
    totals: { runs: runs.length, ...sumsOf(totalsOf(calls.map(({ call }) => call))) },
  }
}

/** A call whose attempts stand in several rows counts in that of its last one, so that rows add up to the totals. */
function countedCalls(calls: readonly Keyed[]): ReadonlySet<ReportedCall> {
  const last = new Map<string, ReportedCall>()
  for (const { call } of calls) {
    const { logicalId, number } = call.modelCall.attempt
    const known = last.get(logicalId)
    if (known === undefined || number >= known.modelCall.attempt.number) last.set(logicalId, call)
  }
  return new Set(last.values())
}

function rowOf(
  by: readonly string[],
  group: readonly Keyed[],
  counted: ReadonlySet<ReportedCall>,
): ReportRow {
  const values = group[0]?.values ?? []
  return {
    key: Object.fromEntries(by.map((name, index) => [name, values[index] ?? null])),
    runs: new Set(group.map(({ runId }) => runId)).size,
    ...sumsOf(totalsOf(group.map(({ call }) => call))),
    calls: group.filter(({ call }) => counted.has(call)).length,
  }
}

function sumsOf({ calls, unpricedCalls, usage, cost }: Totals): Omit<ReportRow, 'key' | 'runs'> {
  return { calls, unpricedCalls, usage, cost }
}

/** A row of failed attempts only, whose call is counted where it succeeded, says nothing. */
function isSaying({ calls, unpricedCalls, usage, cost }: ReportRow): boolean {
  const amounts = [calls, unpricedCalls, usage.inputTokens, usage.outputTokens, cost?.picoUsd]
  return amounts.some((amount) => (amount ?? 0) > 0)
}

function inOrder(by: readonly string[]): (left: ReportRow, right: ReportRow) => number {
  const times = by.filter((name) => TIME_KEYS.includes(name))
  const time = ({ key }: ReportRow) => times.map((name) => key[name]).join(' ')
  return (left, right) =>
    compared(time(left), time(right)) ||
    (right.cost?.picoUsd ?? -1) - (left.cost?.picoUsd ?? -1) ||
    compared(JSON.stringify(left.key), JSON.stringify(right.key))
}

function compared(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** A run out of a file as reports see it. Ids of calls are its own: another run may have the same. */
export function reportedRun(run: Run): ReportedRun {
  const calls = run.spans.filter((span) => isCall(span))
  return {
    id: run.id,
    tags: run.tags,
    calls: calls.map(({ modelCall, ...span }) => {
      const { attempt } = modelCall
      const own = { ...attempt, logicalId: `${run.id} ${attempt.logicalId}` }
      return { ...span, modelCall: { ...modelCall, attempt: own } }
    }),
    toolOf: toolsIn(run.spans),
  }
}

function toolsIn(spans: readonly Span[]): ReportedRun['toolOf'] {
  const byId = new Map(spans.map((span) => [span.id, span]))
  const around = (span: Span | undefined, depth = 0): string | undefined => {
    if (span === undefined || depth > spans.length) return undefined
    if (span.kind === 'tool' || span.kind === 'retrieval') return span.name
    return around(byId.get(span.parentId ?? ''), depth + 1)
  }
  const first = new Map(
    spans.flatMap(({ modelCall }) =>
      modelCall?.attempt.number === 1 ? [[modelCall.attempt.logicalId, modelCall] as const] : [],
    ),
  )
  return ({ id }) => {
    const span = byId.get(id)
    // A retry sends the prompt of its first attempt again.
    const call = first.get(span?.modelCall?.attempt.logicalId ?? '') ?? span?.modelCall
    return toolOf(around(span), answeredIn(call?.segments ?? []))
  }
}

/**
 * The tool that a call works for: the one that it is made in, else those whose results it is the first to bring. Several are
 * one text, `read + search`, so that no call is in two rows; a result whose call nobody has seen is of `tool`.
 */
export function toolOf(
  around: string | undefined,
  answered: readonly (string | undefined)[],
): string | undefined {
  if (around !== undefined || answered.length === 0) return around
  return [...new Set(answered.map((name) => name ?? 'tool'))].sort().join(' + ')
}

/** The tools whose results stand behind the last word of the model's. */
function answeredIn(segments: ModelCall['segments']): (string | undefined)[] {
  const prompt = segments.filter(({ kind }) => kind !== 'output')
  const last = prompt.findLastIndex(({ kind }) => ['assistant', 'reasoning', 'tool_call'].includes(kind))
  return prompt.slice(last + 1).flatMap(({ kind, name }) => (kind === 'tool_result' ? [name] : []))
}

interface LocalTime {
  readonly day: string
  readonly week: string
}

/** By minute: calls come in throngs, and dates take their time. */
const localTimes = new RecentMap<string, LocalTime>(10_000)

function localTime(startTime: string): LocalTime {
  const minute = startTime.slice(0, 'YYYY-MM-DDTHH:MM'.length)
  const known = localTimes.get(minute)
  if (known) return known
  const date = new Date(startTime)
  const time = { day: localDay(date.getTime()), week: isoWeek(date) }
  localTimes.set(minute, time)
  return time
}

/** ISO 8601 week of the local calendar, `2026-W47`: it begins on Monday and belongs to the year of its Thursday. */
function isoWeek(date: Date): string {
  const thursday = new Date(
    date.getFullYear(),
    date.getMonth(),
    date.getDate() + 3 - ((date.getDay() + 6) % 7),
  )
  const year = thursday.getFullYear()
  // Counted in UTC, where every day has 24 hours.
  const days = (Date.UTC(year, thursday.getMonth(), thursday.getDate()) - Date.UTC(year, 0, 1)) / 86_400_000
  return `${year}-W${twoDigits(Math.floor(days / 7) + 1)}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
