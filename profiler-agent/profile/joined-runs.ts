// Several runs as one, to be compared as a set: below a span for all of them, one for each run.

import type { Finding } from '../model/finding'
import type { Run, Span } from '../model/span'
import { totalsOf } from '../model/totals'

/** One run is itself. Of several the ids are kept apart, because the same id in two runs is two calls. Throws for none. */
export function joinRuns(runs: readonly Run[]): Run {
  const [first, ...others] = runs
  if (first === undefined) throw new Error('no runs to join')
  if (others.length === 0) return first
  const joined = runs.map(inJoined)
  const names = new Set(runs.map(({ name }) => name))
  const head = {
    id: runs.map(({ id }) => id).join('+'),
    name: names.size === 1 ? first.name : `${runs.length} runs`,
    ...(first.root === undefined ? {} : { root: first.root }),
    startTime: earliest(runs.map(({ startTime }) => startTime)),
    tags: {},
    totals: totalsOf(joined.flatMap(({ spans }) => spans)),
  }
  const lastEnd = latest(runs.map(({ startTime, endTime }) => endTime ?? startTime))
  // It takes no time of its own: what lies between runs is nobody's.
  const all = runSpan(ALL, head.name, head.startTime)
  return {
    ...head,
    endTime: lastEnd,
    spans: [all, ...joined.flatMap(({ spans }) => spans)],
    findings: joined.flatMap(({ findings }) => findings),
  }
}

/** Ids of spans never begin with a blank. */
const ALL = ' all runs'

function inJoined(run: Run, index: number): { readonly spans: Span[]; readonly findings: Finding[] } {
  const own = (id: string) => `${index + 1}/${id}`
  const known = new Set(run.spans.map(({ id }) => id))
  const root = run.spans.find(({ kind, parentId }) => kind === 'run' && !known.has(parentId ?? ''))
  const made = root === undefined ? [runSpan(own(''), run.name, run.startTime, run.endTime)] : []
  const rootId = own(root?.id ?? '')
  const spans = run.spans.map((span): Span => {
    const { modelCall } = span
    const parentId = known.has(span.parentId ?? '') ? own(span.parentId ?? '') : rootId
    const attempt = modelCall && { ...modelCall.attempt, logicalId: own(modelCall.attempt.logicalId) }
    return {
      ...span,
      id: own(span.id),
      parentId: span === root ? ALL : parentId,
      ...(modelCall && attempt ? { modelCall: { ...modelCall, attempt } } : {}),
    }
  })
  const findings = run.findings.map((finding) => ({ ...finding, spanIds: finding.spanIds.map(own) }))
  return { spans: [...made.map((span) => ({ ...span, parentId: ALL })), ...spans], findings }
}

function runSpan(id: string, name: string, startTime: string, endTime: string = startTime): Span {
  return {
    ...{ id, name, kind: 'run', parentBasis: 'none', startTime, endTime, status: 'ok', attributes: {} },
    durationMs: Math.max(0, Date.parse(endTime) - Date.parse(startTime) || 0),
  }
}

/** ISO times of one length sort like texts. */
function earliest(times: readonly string[]): string {
  return times.reduce((first, time) => (time < first ? time : first))
}

function latest(times: readonly string[]): string {
  return times.reduce((last, time) => (time > last ? time : last))
}
