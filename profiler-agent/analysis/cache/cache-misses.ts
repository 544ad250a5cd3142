// The rules cache/…: what calls could have read from the provider's prompt cache and did not, why, and what doing something about it saves.

import type { Finding } from '../../model/finding'
import { USUAL_FLOOR } from '../../model/finding-floor'
import { type PicoUsd, picoOfUsd } from '../../model/money'
import type { AnalysedCall, AnalysisContext, FindingRule, RuleRun } from '../finding-input'
import type { FixPlan } from '../replay/fix-plan'
import type { ReplayCall } from '../replay/replay-call'
import { savingOf } from '../replay/saving'
import { CallBook, type JudgedCall } from './call-book'
import { fixOptions } from './fix-options'
import { findingOf, type Remedy } from './miss-finding'
import { lossOf, type MissGroup, missGroups } from './miss-group'

/** What happened once is no pattern. */
const LEAST_OCCURRENCES = 2
/** A prompt that is nearly long enough, again and again, may be made longer; a shorter one may not. */
const LEAST_SHORT_PROMPTS = 3
const NEARLY_LONG_ENOUGH = 0.7

export const cacheMissRule: FindingRule = {
  name: 'cache/misses',
  start: (context) => new CacheMisses(context),
}

class CacheMisses implements RuleRun {
  readonly #book: CallBook
  #runPicoUsd: PicoUsd = 0

  constructor(readonly context: AnalysisContext) {
    this.#book = new CallBook(context)
  }

  add(call: AnalysedCall): void {
    this.#runPicoUsd += call.cost.picoUsd
    this.#book.add(call)
  }

  findings(): Finding[] {
    const floor = this.#floor()
    return this.#book.judged().flatMap((judged) =>
      missGroups(judged)
        .filter((group) => isPattern(group) && lossOf(group) >= floor)
        .flatMap((group) => this.#findingOf(group, judged, floor) ?? []),
    )
  }

  #floor(): PicoUsd {
    const { minUsd, minShare } = this.context.floor?.() ?? USUAL_FLOOR
    return Math.max(picoOfUsd(minUsd), this.#runPicoUsd * minShare)
  }

  #findingOf(group: MissGroup, judged: readonly JudgedCall[], floor: PicoUsd): Finding | undefined {
    const options = fixOptions(group)
    if (options.length === 0) return findingOf(group, undefined, this.context)
    const models = new Set(group.misses.map(({ sent }) => sent.call.model))
    const calls = judged.flatMap(({ sent: { call } }) => (models.has(call.model) ? [call] : []))
    const remedies = options.map((option) => ({ option, picoUsd: this.#saving(group, calls, option.plans) }))
    const best = remedies.reduce<Remedy | undefined>(
      (most, next) => (next.picoUsd > (most?.picoUsd ?? 0) ? next : most),
      undefined,
    )
    return best && best.picoUsd >= floor ? findingOf(group, best, this.context) : undefined
  }

  #saving({ cause, misses }: MissGroup, calls: readonly AnalysedCall[], plans: readonly FixPlan[]): PicoUsd {
    const { textOf } = this.context
    const ruleOf = (call: ReplayCall) => this.#ruleOf(call)
    const { calls: savings, picoUsd } = savingOf(calls, plans, { ruleOf, textOf })
    if (cause !== 'routing-affinity') return Math.round(picoUsd)
    // What goes to the right cache by the rules went elsewhere: what counts is what was billed.
    const missed = new Set(misses.map(({ sent }) => sent.call.spanId))
    const lost = savings.filter(({ spanId }) => missed.has(spanId))
    return Math.round(
      lost.reduce((sum, { recorded, fixed }) => sum + Math.max(0, recorded - fixed.picoUsd), 0),
    )
  }

  #ruleOf(call: ReplayCall) {
    return this.context.cacheRule(call)
  }
}

function isPattern({ cause, misses }: MissGroup): boolean {
  if (cause !== 'below-minimum') return misses.length >= LEAST_OCCURRENCES
  const [{ sent, miss }] = misses
  return (
    misses.length >= LEAST_SHORT_PROMPTS &&
    miss.tokens + sent.read >= NEARLY_LONG_ENOUGH * sent.rule.minimumTokens
  )
}
