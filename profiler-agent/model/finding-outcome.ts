// What became of the findings of an earlier run: fixed, and what that saved, or still open. Findings and calls are matched by place, never by line. Pure.

import type { Finding, Location } from './finding'
import type { PicoUsd } from './money'
import type { ModelCall, Run, Span } from './span'
import { hasModelCall } from './totals'

export interface FindingOutcome {
  /** Of the finding. */
  readonly id: string
  readonly rule: string
  /** Where the finding was then. */
  readonly location?: Location
  /** Run in which it was found. */
  readonly foundIn: string
  /** `gone`: it is no longer found. `notRun`: nothing was called at its place this time, so nobody can say. */
  readonly state: 'gone' | 'open' | 'notRun'
  /** Calls at its place in the run in which it was found, and in the later one. */
  readonly calls: { readonly before: number; readonly after: number }
  /** What was promised, for as many calls as there were now. */
  readonly predictedPicoUsd?: PicoUsd
  /** What the input of these calls cost less, a call then against a call now; negative where it costs more. Only where it is gone. */
  readonly realisedPicoUsd?: PicoUsd
}

type CallSpan = Span & { readonly modelCall: ModelCall }

/** The findings of `then` that promise a saving, worst first, in the light of `now`, a later run of the same program. */
export function findingOutcomes(then: Run, now: Run): FindingOutcome[] {
  const open = new Set(now.findings.map(({ id }) => id))
  const callsThen = then.spans.filter(hasModelCall)
  const callsNow = now.spans.filter(hasModelCall)
  return then.findings
    .filter(({ saving }) => saving !== undefined)
    .map((finding) => {
      const places = new Set(callsThen.filter(({ id }) => finding.spanIds.includes(id)).map(placeOf))
      const isThere = (span: CallSpan) => places.has(placeOf(span))
      return outcomeOf(then.id, finding, open.has(finding.id), {
        before: callsThen.filter(isThere),
        after: callsNow.filter(isThere),
      })
    })
    .sort((left, right) => (right.predictedPicoUsd ?? 0) - (left.predictedPicoUsd ?? 0))
}

function outcomeOf(
  foundIn: string,
  { id, rule, location, saving }: Finding,
  isOpen: boolean,
  calls: { readonly before: readonly CallSpan[]; readonly after: readonly CallSpan[] },
): FindingOutcome {
  const counts = { before: calls.before.length, after: calls.after.length }
  const state = isOpen ? 'open' : counts.after === 0 ? 'notRun' : 'gone'
  const share = counts.before === 0 ? 0 : counts.after / counts.before
  return {
    id,
    rule,
    ...(location ? { location } : {}),
    foundIn,
    state,
    calls: counts,
    ...(state === 'notRun' ? {} : { predictedPicoUsd: Math.round((saving?.picoUsd ?? 0) * share) }),
    ...(state === 'gone'
      ? { realisedPicoUsd: Math.round(inputCost(calls.before) * share) - inputCost(calls.after) }
      : {}),
  }
}

/** A fix moves lines: the function is what stays, and the file for what stands outside of any. */
function placeOf({ callSite, agent, step, modelCall }: CallSpan): string {
  const place = callSite ? [callSite.file, callSite.function] : [agent, step]
  return JSON.stringify([modelCall.provider, ...place])
}

function inputCost(calls: readonly CallSpan[]): PicoUsd {
  return calls.reduce((sum, { modelCall: { cost } }) => {
    if (!cost) return sum
    const { uncachedInput, cacheRead, cacheWrite } = cost.byBucket
    return sum + uncachedInput + cacheRead + cacheWrite
  }, 0)
}
