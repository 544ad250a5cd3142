// Which of several fixes to make first: each in turn the one that saves most on top of those before it.

import type { PicoUsd } from '../../model/money'
import type { ReplayOptions } from './cache-replay'
import type { FixCandidate } from './fix-candidate'
import type { ReplayCall } from './replay-call'
import { type FixSaving, replay, savingOf } from './saving'

export interface OrderedFix {
  readonly candidate: FixCandidate
  /** What it saves on top of the ones before it; 0 or less for fixes that are better not made. */
  readonly marginal: PicoUsd
}

export interface BestOrder {
  /** Worth making, in this order. Two that save nothing alone may stand together: the first may then have a marginal of 0 or less. */
  readonly worthwhile: readonly OrderedFix[]
  /** What each of the others would add to the worthwhile ones. */
  readonly others: readonly OrderedFix[]
  /** Of the worthwhile ones together. */
  readonly saving: FixSaving
}

/** `calls` are in the order of their start. Takes a replay of them for each pair of candidates. */
export function bestOrder(
  calls: readonly ReplayCall[],
  candidates: readonly FixCandidate[],
  options: ReplayOptions,
): BestOrder {
  const asRecorded = replay(calls, options)
  const saved = (chosen: readonly FixCandidate[]) => {
    const plans = chosen.flatMap((candidate) => candidate.plans)
    return savingOf(calls, plans, options, asRecorded)
  }
  const worthwhile: OrderedFix[] = []
  let rest = candidates
  let saving = saved([])
  for (;;) {
    const chosen = worthwhile.map(({ candidate }) => candidate)
    const next = nextFixes(chosen, rest, saving.picoUsd, (fixes) => saved(fixes).picoUsd)
    if (next.length === 0) break
    worthwhile.push(...next)
    rest = rest.filter((candidate) => !next.some((fix) => fix.candidate === candidate))
    saving = saved(worthwhile.map(({ candidate }) => candidate))
  }
  const made = worthwhile.map(({ candidate }) => candidate)
  const others = rest.map((candidate) => ({
    candidate,
    marginal: saved([...made, candidate]).picoUsd - saving.picoUsd,
  }))
  return { worthwhile, others: others.toSorted(byMarginal), saving }
}

const byMarginal = (left: OrderedFix, right: OrderedFix) => right.marginal - left.marginal

type Saved = (fixes: readonly FixCandidate[]) => PicoUsd

/** The best single fix, else the best two that save something only together, else none. */
function nextFixes(
  chosen: readonly FixCandidate[],
  rest: readonly FixCandidate[],
  before: PicoUsd,
  saved: Saved,
): readonly OrderedFix[] {
  const single = rest.map((candidate) => ({ candidate, marginal: saved([...chosen, candidate]) - before }))
  const [best] = single.toSorted(byMarginal)
  if (!best || best.marginal > 0) return best ? [best] : []
  const pairs = single.flatMap((first, index) =>
    single.slice(index + 1).map((second) => {
      const both = saved([...chosen, first.candidate, second.candidate]) - before
      return { both, fixes: [first, { candidate: second.candidate, marginal: both - first.marginal }] }
    }),
  )
  const [bestPair] = pairs.toSorted((left, right) => right.both - left.both)
  return bestPair && bestPair.both > 0 ? bestPair.fixes : []
}
