// Everything of one stored span, and where to go from it, without reading its run whole.

import { goesOn } from './call-prompt/before'
import { present } from './model/present'
import type { SpanAnswer } from './model/run-questions'
import type { Span } from './model/span'
import { hasModelCall, sumOfBuckets, totalsOf } from './model/totals'
import { callsCopyingFrom, readAttemptIds, readBucketCosts, readCall, readChildIds } from './store/one-call'
import { countSpans, readRun, readRunsBefore, readSpan, type StoredRun } from './store/reader'
import { readSpanOutlines, type SpanOutline } from './store/span-outlines'
import type { Store } from './store/store'

/** The run before is looked for among so many. */
const LOOK_BACK_RUNS = 50
/** Of longer runs the same call is not looked for: that would read them whole. */
const MOST_SPANS = 5_000

/** `null` for a span that is not stored. For a run that no span stands for, its id gives the run all the same. */
export function storedSpanAnswer(store: Store, runId: string, spanId: string): SpanAnswer | null {
  const run = readRun(store, runId)
  const span = readSpan(store, runId, spanId) ?? (run && spanId === runId ? spanOfRun(run) : undefined)
  if (!run || !span) return null
  return hasModelCall(span) ? answerOfCall(store, run, span) : answerOfSum(store, runId, span)
}

/** Calls are looked at one after the other: nothing here grows with the run but a search for their neighbours. */
function answerOfCall(store: Store, run: StoredRun, span: Span): SpanAnswer {
  // Several inferences of one exchange hang under its span.
  const below = readChildIds(store, run.id, span.id).flatMap((id) => readSpan(store, run.id, id) ?? [])
  const spans = [span, ...below]
  return {
    span,
    totals: totalsOf(spans),
    byBucket: sumOfBuckets(spans.flatMap(({ modelCall }) => modelCall?.cost?.byBucket ?? [])),
    attempts: readAttemptIds(store, run.id, span.id),
    ...neighbours(store, run.id, span),
    ...present({ runBefore: inRunBefore(store, run, span) }),
  }
}

function answerOfSum(store: Store, runId: string, span: Span): SpanAnswer {
  const outlines = readSpanOutlines(store, [runId]).get(runId) ?? []
  const below = span.id === runId ? outlines : withAllBelow(outlines, span.id)
  return { span, totals: totalsOf(below), byBucket: bucketsOf(store, runId, below), attempts: [] }
}

function spanOfRun({ id, name, startedAt, endedAt, activeAt }: StoredRun): Span {
  const end = Math.max(startedAt, endedAt ?? activeAt)
  const [startTime, endTime] = [new Date(startedAt).toISOString(), new Date(end).toISOString()]
  const times = { startTime, endTime, durationMs: end - startedAt }
  return { id, parentBasis: 'none', kind: 'run', name, ...times, status: 'ok', attributes: {} }
}

function bucketsOf(store: Store, runId: string, below: readonly SpanOutline[]): SpanAnswer['byBucket'] {
  const billed = new Set(below.filter(({ modelCall }) => modelCall?.billed === true).map(({ id }) => id))
  if (billed.size === 0) return null
  return sumOfBuckets(
    readBucketCosts(store, runId).flatMap(({ id, byBucket }) => (billed.has(id) ? [byBucket] : [])),
  )
}

function withAllBelow(outlines: readonly SpanOutline[], spanId: string): SpanOutline[] {
  const children = Map.groupBy(outlines, ({ parentId }) => parentId)
  const found = new Set(outlines.filter(({ id }) => id === spanId))
  for (const { id } of found) for (const child of children.get(id) ?? []) found.add(child)
  return [...found]
}

/** The request that it goes on from, and the first one that goes on from it. */
function neighbours(store: Store, runId: string, span: Span): Pick<SpanAnswer, 'before' | 'after'> {
  const stored = readCall(store, runId, span.id)
  if (!stored) return {}
  const base = stored.baseSpanId === undefined ? undefined : readCall(store, runId, stored.baseSpanId)
  const before = base && goesOn(base, { span, stored }) ? stored.baseSpanId : undefined
  const after = callsCopyingFrom(store, runId, span.id).find((id) => {
    const [later, its] = [readSpan(store, runId, id), readCall(store, runId, id)]
    return later && its && goesOn(stored, { span: later, stored: its })
  })
  return present({ before, after })
}

/** The call of the same agent and step with the same number among those, in the latest earlier run of the same program. */
function inRunBefore(store: Store, run: StoredRun, span: Span): SpanAnswer['runBefore'] {
  const runs = readRunsBefore(store, run.startedAt, LOOK_BACK_RUNS)
  const earlier = runs.find((other) => isSameProgram(other, run))
  if (!earlier || [earlier, run].some(({ id }) => countSpans(store, id) > MOST_SPANS)) return undefined
  const outlines = readSpanOutlines(store, [run.id, earlier.id])
  const order = callsAlike(outlines.get(run.id), span).findIndex(({ id }) => id === span.id)
  const then = callsAlike(outlines.get(earlier.id), span)[order]
  return then && { runId: earlier.id, spanId: then.id, picoUsd: then.modelCall?.cost?.picoUsd ?? null }
}

/** By start; first attempts are told from others. */
function callsAlike(
  outlines: readonly SpanOutline[] = [],
  { agent, step, kind, modelCall }: Span,
): SpanOutline[] {
  return outlines.filter(
    (other) =>
      other.kind === kind &&
      other.agent === agent &&
      other.step === step &&
      other.modelCall?.attempt.number === modelCall?.attempt.number,
  )
}

/** The same command in the same folder; runs that have no command, by their name. */
function isSameProgram(run: StoredRun, now: StoredRun): boolean {
  return run.root === now.root && (run.command ?? run.name) === (now.command ?? now.name)
}
