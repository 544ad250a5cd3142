// Answers what a page asks about a run out of that run alone: for saved runs, where there is neither a store nor another run.

import type { RunAnswer, RunQuestion, SpanAnswer } from '../model/run-questions'
import type { Run, Span } from '../model/span'
import { sumOfBuckets, totalsOf } from '../model/totals'
import { encodeColumns } from './columns-codec'
import { columnsOf } from './columns-of-run'
import { savedPrompt } from './saved-prompt'

/** Throws an error whose message is a sentence for the user where a saved run does not hold what is asked. */
export function answerFromRun(run: Run, question: RunQuestion): RunAnswer {
  switch (question.ask) {
    case 'columns':
      if (question.runIds.some((id) => id !== run.id))
        throw new Error('A saved run holds no other runs to compare with.')
      return { to: 'columns', columns: encodeColumns(columnsOf(run)) }
    case 'span':
      return { to: 'span', found: spanAnswer(run, question.spanId) }
    case 'parts':
      return { to: 'parts', segments: segmentsOf(run.spans, question.spanIds) }
    case 'prompt':
      return { to: 'prompt', prompt: savedPrompt(run, question.spanId) }
    case 'text':
      throw new Error('A saved run holds no prompt texts.')
    case 'promptShares':
      throw new Error('A saved run does not say which texts its prompts share.')
    case 'invocations':
    case 'otherRuns':
      throw new Error('A saved run knows nothing of other runs.')
    case 'limits':
      throw new Error('A saved run does not hold the limits it ran under.')
    default:
      return question satisfies never
  }
}

/** What one span is in its run; `null` for one that is not in it. The run's id gives the run, also where no span stands for it. */
export function spanAnswer(run: Run, spanId: string): SpanAnswer | null {
  const span = run.spans.find(({ id }) => id === spanId) ?? (run.id === spanId ? spanOfRun(run) : undefined)
  if (span === undefined) return null
  const below = run.id === spanId ? run.spans : withAllBelow(run.spans, span)
  const costs = below.flatMap(({ modelCall }) => modelCall?.cost?.byBucket ?? [])
  return {
    span,
    totals: totalsOf(below),
    byBucket: sumOfBuckets(costs),
    attempts: attemptsOf(run.spans, span),
  }
}

function spanOfRun({ id, name, startTime, endTime = startTime }: Run): Span {
  const durationMs = Math.max(0, Date.parse(endTime) - Date.parse(startTime))
  const times = { startTime, endTime, durationMs }
  return { id, parentBasis: 'none', kind: 'run', name, ...times, status: 'ok', attributes: {} }
}

function withAllBelow(spans: readonly Span[], top: Span): Span[] {
  const children = Map.groupBy(spans, ({ parentId }) => parentId)
  const found = new Set([top])
  for (const span of found) for (const child of children.get(span.id) ?? []) found.add(child)
  return [...found]
}

function attemptsOf(spans: readonly Span[], { modelCall }: Span): string[] {
  if (modelCall === undefined) return []
  const { logicalId } = modelCall.attempt
  return spans
    .filter((span) => span.modelCall?.attempt.logicalId === logicalId)
    .sort((a, b) => (a.modelCall?.attempt.number ?? 0) - (b.modelCall?.attempt.number ?? 0))
    .map(({ id }) => id)
}

function segmentsOf(spans: readonly Span[], spanIds: readonly string[]) {
  const wanted = new Set(spanIds)
  const found = new Map(spans.filter(({ id }) => wanted.has(id)).map((span) => [span.id, span]))
  return spanIds.map((id) => found.get(id)?.modelCall?.segments ?? [])
}
