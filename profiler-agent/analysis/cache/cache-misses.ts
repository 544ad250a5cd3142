// The rules cache/…: what calls could have read from the provider's prompt cache and did not, why, and what doing something about it saves.

import type { Finding } from '../../model/finding'
import { USUAL_FLOOR } from '../../model/finding-floor'
import { type PicoUsd, picoOfUsd } from '../../model/money'
import type { AnalysedCall, AnalysisContext, FindingRule, RuleRun } from '../finding-input'
import type { FixCandidate } from '../replay/fix-candidate'
import { GrowingTrials, type TrialAnswer } from '../replay/growing-trials'
import { CallBook, type JudgedCall } from './call-book'
import { fixOptions } from './fix-options'
import { findingOf, type Remedy } from './miss-finding'
import { lossOf, type MissGroup, missGroups } from './miss-group'

/** Fixes that save what is behind the missed tokens, too, save at most so many times what those cost. */
const LARGEST_SAVING = 2
/** What happened once is no pattern. */
const LEAST_OCCURRENCES = 2
/** A prompt that is nearly long enough, again and again, may be made longer; a shorter one may not. */
const LEAST_SHORT_PROMPTS = 3
const NEARLY_LONG_ENOUGH = 0.7

export const cacheMissRule: FindingRule = {
  name: 'cache/misses',
  start: (context) => new CacheMisses(context),
}

export class CacheMisses implements RuleRun {
  readonly #book: CallBook
  readonly #trials: GrowingTrials
  #runPicoUsd: PicoUsd = 0

  constructor(readonly context: AnalysisContext) {
    this.#book = new CallBook(context)
    const { textOf } = context
    this.#trials = new GrowingTrials({ ruleOf: (call) => context.cacheRule(call), textOf })
  }

  add(call: AnalysedCall): void {
    this.#runPicoUsd += call.cost.picoUsd
    this.#book.add(call)
  }

  findings(): Finding[] {
    return this.#remedied(this.#floor()).map(({ group, remedy }) => findingOf(group, remedy, this.context))
  }

  /** The fixes that findings ask for, however little they save. */
  candidates(): FixCandidate[] {
    return this.#remedied(1).flatMap(({ group, remedy }) => {
      if (!remedy) return []
      const { id, location } = findingOf(group, remedy, this.context)
      const { fix, plans } = remedy.option
      const place = location && `${location.file}:${location.line}`
      return [{ fix, findingId: id, plans, ...(place === undefined ? {} : { place }) }]
    })
  }

  #remedied(floor: PicoUsd): RemediedGroup[] {
    const remedied = this.#book.judged().flatMap((judged) =>
      missGroups(judged)
        .filter((group) => isPattern(group) && LARGEST_SAVING * lossOf(group) >= floor)
        .flatMap((group) => this.#remedyOf(group, judged, floor) ?? []),
    )
    this.#trials.forgetOthers()
    return remedied
  }

  #floor(): PicoUsd {
    const { minUsd, minShare } = this.context.floor?.() ?? USUAL_FLOOR
    return Math.max(picoOfUsd(minUsd), this.#runPicoUsd * minShare)
  }

  #remedyOf(group: MissGroup, judged: readonly JudgedCall[], floor: PicoUsd): RemediedGroup | undefined {
    const options = fixOptions(
      group,
      judged.map(({ sent }) => sent),
    )
    if (options.length === 0) return lossOf(group) >= floor ? { group } : undefined
    const models = new Set(group.misses.map(({ sent }) => sent.call.model))
    const calls = judged.flatMap(({ sent: { asSent } }) => (models.has(asSent.model) ? [asSent] : []))
    const ofCalls = JSON.stringify([calls[0]?.provider, ...[...models].sort()])
    const asRecorded = this.#trials.asRecorded(ofCalls, calls)
    const isOver = this.context.isOver?.() ?? true
    const remedies = options.map((option, index) => {
      const { cause, part, place } = group
      const name = JSON.stringify([ofCalls, cause, part, place, index, option.fix, option.places])
      const answer = this.#trials.ask({ name, calls, asRecorded, plans: option.plans, isOver })
      return { option, picoUsd: savedIn(group, answer) }
    })
    const best = bestOf(remedies)
    return best && best.picoUsd >= floor ? { group, remedy: best } : undefined
  }
}

/** Misses, and what is best done about them; absent where nothing can be done. */
interface RemediedGroup {
  readonly group: MissGroup
  readonly remedy?: Remedy
}

/** The first counts more than another that saves hardly more: it changes less. */
const HARDLY = 0.02

function bestOf(remedies: readonly Remedy[]): Remedy | undefined {
  return remedies.reduce<Remedy | undefined>(
    (most, next) => (next.picoUsd > (most?.picoUsd ?? 0) * (1 + HARDLY) ? next : most),
    undefined,
  )
}

function savedIn({ cause, misses }: MissGroup, { calls, picoUsd }: TrialAnswer): PicoUsd {
  if (cause !== 'routing-affinity') return Math.round(picoUsd)
  // What goes to the right cache by the rules went elsewhere: what counts is what was billed.
  const missed = new Set(misses.map(({ sent }) => sent.call.spanId))
  const lost = calls.filter(({ spanId }) => missed.has(spanId))
  return Math.round(lost.reduce((sum, { recorded, fixed }) => sum + Math.max(0, recorded - fixed.picoUsd), 0))
}

function isPattern({ cause, misses }: MissGroup): boolean {
  if (cause !== 'below-minimum') return misses.length >= LEAST_OCCURRENCES
  const [{ sent, miss }] = misses
  return (
    misses.length >= LEAST_SHORT_PROMPTS &&
    miss.tokens + sent.read >= NEARLY_LONG_ENOUGH * sent.rule.minimumTokens
  )
}
