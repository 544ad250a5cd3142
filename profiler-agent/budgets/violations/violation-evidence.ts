// What a finding of a violated limit holds besides its words: severity, spans, evidence.

import type { MeasuredValue } from '../../model/budget'
import type { LooksLike } from '../../model/escalation'
import type { Finding } from '../../model/finding'
import { present } from '../../model/present'
import type { HeldLimit, Over, Stop } from './held-limit'
import type { Spending } from './places'

/** Shown of each list; more would be no summary. */
export const MOST_IDS = 20

/** What is only guessed stops nothing and alarms nobody. */
export function severityOf(
  held: HeldLimit,
  overs: readonly Over[],
  stops: readonly Stop[],
): Finding['severity'] {
  const isOnlyGuessed = overs.length > 0 && stops.length === 0 && !held.isSure
  return held.budget.onExceed === 'warn' || isOnlyGuessed ? 'warning' : 'error'
}

export function spanIdsOf({ wrongModels }: HeldLimit, { calls }: Spending, stops: readonly Stop[]): string[] {
  const first = [...wrongModels.values()].map(({ callId }) => callId)
  const ids = new Set([...first, ...calls, ...stops.map(({ spanId }) => spanId)])
  return [...ids].slice(0, MOST_IDS)
}

export function evidenceOf(
  held: HeldLimit,
  overs: readonly Over[],
  stops: readonly Stop[],
  { calls, share }: Spending,
  like: LooksLike | undefined,
): Finding['evidence'] {
  const { budget, limit, allowed, wrongModels, count, overCount } = held
  const [worst] = overs
  const value: MeasuredValue | undefined =
    worst?.held ?? (limit === 'models' ? undefined : held.stopped[0]?.values[limit])
  const measured = overs.length > 0 ? overs.map((over) => over.measured) : held.stopped
  return present({
    ...{ scope: budget.scope, limit, allowed, onExceed: budget.onExceed },
    value: wrongModels.size > 0 ? [...wrongModels.keys()] : (value?.value ?? null),
    atLeast: value?.atLeast,
    guessed: value?.guessed,
    sure: value?.sure,
    ...{ calls, share, invocations: measured.slice(0, MOST_IDS).map(({ id }) => id) },
    ...{ over: overCount, measured: count },
    refused: stops.length > 0 ? stops.slice(0, MOST_IDS).map(({ spanId }) => spanId) : undefined,
    told: stops[0]?.message,
    looksLike: like,
  })
}
