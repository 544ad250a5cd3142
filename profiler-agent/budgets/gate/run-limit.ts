// Holds a run's cost against the limit per run of the budget file. It reports; it never stops a call.

import type { Finding, RelatedLocation } from '../../model/finding'
import { formatUsd, type PicoUsd, picoOfUsd } from '../../model/money'
import type { CallSite } from '../../model/span'
import type { Limit } from '../file/budget-file'

/** A call as the limit sees it, in the order in which calls ended. */
export interface SpentCall {
  readonly spanId: string
  readonly picoUsd: PicoUsd
  /** True when the call cost this at least: it has no price, or only a part of its usage is known. */
  readonly isLowerBound?: boolean
  readonly callSite?: CallSite
}

export interface RunLimitInput {
  readonly runId: string
  readonly limit: Limit
  /** Budget file, relative to the run's root where inside it. */
  readonly file: string
  readonly calls: readonly SpentCall[]
  readonly hashOf: (text: string) => string
}

/**
 * The finding `budget/costUsdPerRun` when the run costs more than its limit, at the line whose calls spent most of it.
 * A run at exactly its limit is within it.
 */
export function overrunOf({ runId, limit, file, calls, hashOf }: RunLimitInput): Finding | undefined {
  const allowed = picoOfUsd(limit.value)
  const spent = sumOf(calls)
  if (spent <= allowed) return undefined
  const crossing = crossingCall(calls, allowed)
  const costliest = costliestPlace(calls)
  const place = costliest?.callSite
  return {
    id: hashOf(`budget/costUsdPerRun\n${file}`).slice(0, 16),
    rule: 'budget/costUsdPerRun',
    severity: 'warning',
    message: messageOf(calls, spent, allowed, costliest),
    runId,
    spanIds: crossing ? [crossing.spanId] : [],
    ...(place ? { location: { file: place.file, line: place.line, column: place.column ?? 1 } } : {}),
    relatedLocations: [limitLocation(file, limit)],
    evidence: {
      limitUsd: limit.value,
      picoUsd: spent,
      calls: calls.length,
      exceededAtCall: crossing?.spanId,
    },
  }
}

function messageOf(
  calls: readonly SpentCall[],
  spent: PicoUsd,
  allowed: PicoUsd,
  costliest: Place | undefined,
): string {
  const least = calls.some((call) => call.isLowerBound) ? 'at least ' : ''
  const over = `This run has cost ${least}${formatUsd(spent)}, more than its limit of ${formatUsd(allowed)} (costUsdPerRun).`
  if (!costliest) return over
  const share = Math.round((costliest.picoUsd / spent) * 100)
  return `${over} ${share} % of it was spent by the ${costliest.calls} ${costliest.calls === 1 ? 'call' : 'calls'} made here.`
}

interface Place {
  readonly callSite: CallSite
  readonly picoUsd: PicoUsd
  readonly calls: number
}

function costliestPlace(calls: readonly SpentCall[]): Place | undefined {
  const places = Map.groupBy(
    calls.filter((call) => call.callSite),
    ({ callSite }) => `${callSite?.file}:${callSite?.line}`,
  )
  return [...places.values()]
    .flatMap((group) => {
      const callSite = group[0]?.callSite
      return callSite ? [{ callSite, picoUsd: sumOf(group), calls: group.length }] : []
    })
    .sort((left, right) => right.picoUsd - left.picoUsd)[0]
}

/** The call that took the run over its limit. */
function crossingCall(calls: readonly SpentCall[], allowed: PicoUsd): SpentCall | undefined {
  let spent = 0
  return calls.find((call) => {
    spent += call.picoUsd
    return spent > allowed
  })
}

function limitLocation(file: string, { position }: Limit): RelatedLocation {
  return { file, line: position.line, column: position.column, message: 'The limit is set here' }
}

function sumOf(calls: readonly SpentCall[]): PicoUsd {
  return calls.reduce((sum, call) => sum + call.picoUsd, 0)
}
