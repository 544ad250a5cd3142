// `costflame whatif --cache`: what fixes of prompt caching would have saved in one run, each on top of those before it.

import { CACHE_FIXES, type CacheFix } from '../analysis/cache-causes'
import type { AnalysedCall } from '../analysis/finding-input'
import { bestOrder, type OrderedFix } from '../analysis/replay/best-order'
import type { FixCandidate } from '../analysis/replay/fix-candidate'
import type { FixPlan } from '../analysis/replay/fix-plan'
import type { ReplayCall } from '../analysis/replay/replay-call'
import type { FixSaving } from '../analysis/replay/saving'
import { wholeRunPlans } from '../analysis/replay/whole-run-plans'
import type { PicoUsd } from '../model/money'
import { cacheRuleFor } from '../rules/cache-rules'
import { UsageError } from './io'
import type { AskedRun } from './whatif'
import { findingCandidates } from './whatif-findings'

const ALL = 'all'

export interface PricedFix {
  readonly fix: CacheFix
  readonly safety: 'safe' | 'review'
  readonly findingId?: string
  readonly place?: string
  /** On top of the fixes before it; negative where it costs more than it saves. */
  readonly picoUsd: PicoUsd
}

export interface FixesAnswer {
  /** In the order in which they save most. */
  readonly worthwhile: readonly PricedFix[]
  /** What each other one would add to those. */
  readonly others: readonly PricedFix[]
  readonly saving: {
    readonly picoUsd: PicoUsd
    /** `upTo` where a cache is among them that works by itself and promises nothing. */
    readonly certainty: 'expected' | 'upTo'
    /** True where the provider billed less than its rule says: what was billed bounds the saving. */
    readonly isBounded: boolean
  }
  /** Asked for by name, without a finding that says what to change. */
  readonly withoutEvidence: readonly CacheFix[]
  /** Calls that count as they were: their prompt or their model's cache is not known. */
  readonly notReplayed: number
}

/** The names as typed, apart. Throws UsageError for what is neither a fix nor looks like the id of a finding. */
export function fixNames(typed: readonly string[]): readonly string[] {
  const names = typed.flatMap((text) => text.split(',')).filter((name) => name !== '')
  const unknown = names.find((name) => name !== ALL && !isFix(name) && !FINDING_ID.test(name))
  if (unknown !== undefined) throw new UsageError(`unknown fix "${unknown}". ${KNOWN_NAMES}`)
  if (names.length === 0) throw new UsageError(`--cache names no fix. ${KNOWN_NAMES}`)
  return names
}

/** As much of it as `findings` shows is enough. */
const FINDING_ID = /^[0-9a-f]{8,16}$/

const KNOWN_NAMES = `Fixes: ${Object.keys(CACHE_FIXES).join(', ')}; or all, or the id of a cache finding (costflame findings --json).`

function isFix(name: string): name is CacheFix {
  return Object.hasOwn(CACHE_FIXES, name)
}

/** How every call of a run goes through its provider's cache. */
export function replayOptions({ textOf }: Pick<AskedRun, 'textOf'>) {
  return { ruleOf: ({ provider, model }: ReplayCall) => cacheRuleFor(provider, model), textOf }
}

/** The fixes that were asked for, on the calls of a run as they were or as they would have been. */
export type AskedFixes = (calls: readonly ReplayCall[]) => {
  readonly candidates: readonly FixCandidate[]
  readonly withoutEvidence: readonly CacheFix[]
}

/** The answer, and the plans of all that is worthwhile. */
export function whatIfFixed(
  run: AskedRun,
  fixes: AskedFixes,
): { readonly answer: FixesAnswer; readonly plans: readonly FixPlan[] } {
  const options = replayOptions(run)
  const asked = fixes(run.calls)
  const { worthwhile, others, saving } = bestOrder(run.calls, asked.candidates, options)
  return {
    answer: {
      worthwhile: worthwhile.map(pricedFix),
      others: others.map(pricedFix),
      saving: {
        picoUsd: saving.picoUsd,
        certainty: restsOnPromises(run, saving) ? 'upTo' : 'expected',
        isBounded: saving.isBounded,
      },
      withoutEvidence: asked.withoutEvidence,
      notReplayed: saving.notReplayed + run.otherChats,
    },
    plans: worthwhile.flatMap(({ candidate }) => candidate.plans),
  }
}

/** Whether some of it is saved in caches that work by themselves. */
function restsOnPromises(run: AskedRun, { calls }: FixSaving): boolean {
  const { ruleOf } = replayOptions(run)
  const automatic = run.calls.filter((call) => ruleOf(call)?.mechanism === 'automatic')
  const ids = new Set(automatic.map(({ spanId }) => spanId))
  return calls.some(({ spanId, picoUsd }) => picoUsd > 0 && ids.has(spanId))
}

function pricedFix({ candidate: { fix, findingId, place }, marginal }: OrderedFix): PricedFix {
  return {
    ...{ fix, safety: CACHE_FIXES[fix] },
    ...(findingId === undefined ? {} : { findingId }),
    ...(place === undefined ? {} : { place }),
    picoUsd: marginal,
  }
}

function noSuchFinding(id: string, name: string, found: readonly FixCandidate[]): string {
  const ids = found.flatMap(({ findingId, fix }) =>
    findingId === undefined ? [] : [`${findingId} (${fix})`],
  )
  const known = ids.length === 0 ? 'none of its cache findings has a fix' : `it has ${ids.join(', ')}`
  return `no cache finding ${name} in run ${id}: ${known}.`
}

/** What findings ask for, and for fixes that none asks for the same on the whole run. Throws UsageError for a finding that the run has not. */
export function askedFixes(run: AskedRun, names: readonly string[]): AskedFixes {
  const found = findingCandidates(run)
  const ids = names.filter((name) => FINDING_ID.test(name))
  const isOf = ({ findingId }: FixCandidate, id: string) => findingId?.startsWith(id) ?? false
  const asked = found.filter(
    (candidate) =>
      names.includes(ALL) || names.includes(candidate.fix) || ids.some((id) => isOf(candidate, id)),
  )
  const missing = ids.find((id) => !found.some((candidate) => isOf(candidate, id)))
  if (missing !== undefined) throw new UsageError(noSuchFinding(run.id, missing, found))
  const others = [...new Set(names.filter(isFix))].filter((name) => !asked.some(({ fix }) => fix === name))
  const makers = new Map(run.calls.map((call) => [call.spanId, makerOf(call)]))
  return (calls) => {
    const made = calls.map((call) => ({ call, maker: makers.get(call.spanId) ?? '' }))
    const tried = others.map((fix) => ({ fix, plans: wholeRunPlans(fix, made, replayOptions(run)) }))
    return {
      candidates: [...asked, ...tried.flatMap(({ fix, plans }) => (plans ? [{ fix, plans }] : []))],
      withoutEvidence: tried.flatMap(({ fix, plans }) => (plans ? [] : [fix])),
    }
  }
}

/** Who made a call: its place in the source, else its agent; each model has prompts of its own. */
function makerOf({ callSite, agent = '', model }: AnalysedCall): string {
  const place = callSite ? `${callSite.file}:${callSite.function ?? callSite.line}` : ''
  return [place, agent, model].join('\n')
}
