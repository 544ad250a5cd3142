// A run without what its user wrote: every text of their programs, prompts and machine becomes a short hash; numbers, structure,
// models and providers stay. So a run can be shown to somebody who must not read it, and still be compared within itself.

import { createHmac, randomBytes } from 'node:crypto'
import type { Finding } from '../model/finding'
import { present } from '../model/present'
import type { CallSite, Frame, ModelCall, Run, Segment, Span } from '../model/span'

/** Enough that no two of a million ids are likely to become the same. */
const DIGITS = 16

/** Turns one text into another that says nothing, the same for the same. */
type Hide = (text: string) => string

/**
 * Redacted copies; runs redacted together keep what they have in common. The key is made anew each time and kept nowhere:
 * without it nobody can try out what a short text might have been.
 */
export function redactRuns(runs: readonly Run[], key: Uint8Array = randomBytes(32)): Run[] {
  const hide: Hide = (text) =>
    text === '' ? '' : `#${createHmac('sha256', key).update(text).digest('hex').slice(0, DIGITS)}`
  return runs.map((run) => redactRun(run, hide))
}

function redactRun(run: Run, hide: Hide): Run {
  const { startTime, endTime, totals } = run
  return {
    id: hide(run.id),
    name: `run ${hide(run.name)}`,
    startTime,
    ...present({ endTime }),
    tags: hidden(run.tags, hide),
    totals: { ...totals, usage: { ...totals.usage, raw: deep(totals.usage.raw, hide) } },
    spans: run.spans.map((span) => redactSpan(span, hide)),
    findings: run.findings.map((finding) => redactFinding(finding, hide)),
  }
}

function redactSpan(span: Span, hide: Hide): Span {
  const { parentBasis, kind, startTime, endTime, durationMs, status, callSite, modelCall } = span
  const said = (text: string | undefined) => (text === undefined ? undefined : hide(text))
  return {
    id: hide(span.id),
    ...present({ parentId: said(span.parentId) }),
    parentBasis,
    kind,
    name: modelCall
      ? `${kind} ${modelCall.responseModel ?? modelCall.requestModel}`
      : `${kind} ${hide(span.name)}`,
    startTime,
    endTime,
    durationMs,
    status,
    ...present({
      agent: said(span.agent),
      agentVersion: said(span.agentVersion),
      intent: said(span.intent),
      tenant: said(span.tenant),
      session: said(span.session),
      step: said(span.step),
      tags: span.tags && hidden(span.tags, hide),
      outcome: span.outcome && { ...hidden(span.outcome, hide), status: hide(span.outcome.status) },
      callSite: callSite && redactSite(callSite, hide),
      modelCall: modelCall && redactCall(modelCall, hide),
    }),
    attributes: hidden(span.attributes, hide),
  }
}

/** Values that are text are hidden; names of tags are the user's words too. */
function hidden<Value extends string | number | boolean | undefined>(
  values: Readonly<Record<string, Value>>,
  hide: Hide,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name.startsWith('costflame.') ? name : hide(name),
      // A text stays a text, so the type does not change.
      (typeof value === 'string' ? hide(value) : value) as Value,
    ]),
  )
}

function redactSite(site: CallSite, hide: Hide): CallSite {
  return { ...redactFrame(site, hide), stack: site.stack.map((frame) => redactFrame(frame, hide)) }
}

/** The line stays: it is a number, and says where two findings meet. */
function redactFrame({ file, line, column, function: name }: Frame, hide: Hide): Frame {
  return {
    file: hide(file),
    line,
    ...present({ column, function: name === undefined ? undefined : hide(name) }),
  }
}

function redactCall(call: ModelCall, hide: Hide): ModelCall {
  const { responseId: _, cacheSettings: __, error, ...kept } = call
  return {
    ...kept,
    provider: call.provider.startsWith('custom:') ? `custom:${hide(call.provider)}` : call.provider,
    endpoint: hide(call.endpoint),
    attempt: { ...call.attempt, logicalId: hide(call.attempt.logicalId) },
    usage: { ...call.usage, raw: deep(call.usage.raw, hide) },
    segments: call.segments.map((segment) => redactSegment(segment, hide)),
    ...present({ error: error && { ...error, message: hide(error.message) } }),
  }
}

/** The hash of a short text can be guessed; hidden, it still says which parts are the same. */
function redactSegment(segment: Segment, hide: Hide): Segment {
  const { name } = segment
  return {
    ...segment,
    hash: hide(segment.hash),
    ...present({ name: name === undefined ? undefined : hide(name) }),
  }
}

function redactFinding(finding: Finding, hide: Hide): Finding {
  const { rule, severity, location, saving } = finding
  const file = location && { ...location, file: hide(location.file) }
  return {
    id: hide(finding.id),
    rule,
    severity,
    message: `${rule} (what it says is left out of this file)`,
    runId: hide(finding.runId),
    spanIds: finding.spanIds.map(hide),
    relatedLocations: [],
    evidence: {},
    ...present({ location: file, saving: saving && { ...saving, assumption: '' } }),
  }
}

/** Any value with its texts hidden, names of fields kept: they are the provider's. */
function deep(value: unknown, hide: Hide): unknown {
  if (typeof value === 'string') return hide(value)
  if (Array.isArray(value)) return value.map((each) => deep(each, hide))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, deep(inner, hide)]))
}
