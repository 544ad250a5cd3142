// Calls that the cache findings say nothing of, and why: what could not be analysed is said. Pure.

import type { Finding } from '../model/finding'
import { formatPlural } from '../model/quantity'
import type { AnalysisContext } from './finding-input'

/** In the order in which they are said. */
const REASONS = {
  held: 'continue a prompt that the provider holds (previous_response_id, a conversation, a cached content)',
  edited: 'were edited by the provider before the model saw them',
  cut: 'were not recorded whole',
  redacted: 'have credentials in their prompt, which are not kept',
  several: 'are several billed inferences in one',
  'no-rule': 'went to models of which no caching is known',
  unpriced: 'have no price',
  many: 'came after the first 10,000, beyond which a run is no longer compared',
} as const
export type NotAnalysedReason = keyof typeof REASONS
const REASON_NAMES = Object.keys(REASONS) as NotAnalysedReason[]

export const NOT_ANALYSED = 'profiler/not-analysed'

/** The calls of one run that were left out. */
export class NotAnalysed {
  readonly #left: { readonly id: string; readonly startTime: number; readonly reason: NotAnalysedReason }[] =
    []
  #calls = 0
  /** Those beyond what is compared: too many to name them all. */
  #beyond = 0

  /** A call of which the findings could have said something; `reason` where they cannot. */
  add(
    { id, startTime }: { readonly id: string; readonly startTime: number },
    reason: NotAnalysedReason | undefined,
  ): void {
    this.#calls++
    if (reason === 'many') this.#beyond++
    else if (reason !== undefined) this.#left.push({ id, startTime: Math.trunc(startTime), reason })
  }

  /** `undefined` where nothing was left out. */
  finding({ runId, hashOf }: Pick<AnalysisContext, 'runId' | 'hashOf'>): Finding | undefined {
    const count = this.#left.length + this.#beyond
    if (count === 0) return undefined
    const left = this.#left.toSorted(
      (one, other) => one.startTime - other.startTime || (one.id < other.id ? -1 : 1),
    )
    const byReason = Map.groupBy(left, ({ reason }) => reason)
    const counts = REASON_NAMES.flatMap((reason) => {
      const calls = reason === 'many' ? this.#beyond : (byReason.get(reason)?.length ?? 0)
      return calls === 0 ? [] : [[reason, calls] as const]
    })
    const said = counts.map(([reason, calls]) => `${calls} ${REASONS[reason]}`).join(', ')
    return {
      id: hashOf(NOT_ANALYSED).slice(0, 16),
      rule: NOT_ANALYSED,
      severity: 'hint',
      message: `The cache findings say nothing of ${count} of ${formatPlural(this.#calls, 'call')}: ${said}. ${byReason.has('unpriced') ? 'Their usage is' : 'Usage and cost are'} complete.`,
      runId,
      spanIds: left.map(({ id }) => id),
      relatedLocations: [],
      evidence: { notAnalysed: Object.fromEntries(counts), calls: this.#calls },
    }
  }
}
