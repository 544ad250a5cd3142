// The gate: every limit of a budget file against everything that was measured for it, with the reasons. Reads nothing.

import type { Budget, GateRule, GateVerdict, Measured, NumericLimit } from '../../model/budget'
import type { Check, ComparedCall, ComparedSet, LimitCheck } from '../../model/comparison'
import { present } from '../../model/present'
import { isAllowedModel } from '../gate/allowed-models'
import { appliesTo, limitsOf } from '../measure/budgets-for'
import { isFloor } from '../measure/percentiles'
import { measuredFor } from '../measure/versions'
import { causeOf } from './cause'
import { enteredText } from './entered-text'
import { deltaAgainstMeans, deltaAgainstRuns } from './invocation-delta'
import { isCost, limitVerdict, stoppedBy } from './limit-verdict'
import { type ListedCall, listPrices, pricesText } from './list-prices'
import { sampleOf, testDifference } from './significance'
import { DERIVE_AGAIN, staleSentences } from './staleness'
import { tokensDelta } from './tokens-delta'
import {
  doubtSentences,
  growthSentences,
  nearSentences,
  neverRan,
  nounOf,
  olderSentences,
  stopSentence,
} from './why'

/** Recorded runs: what they measure, and the calls of each run. */
export interface RecordedRuns {
  readonly measured: readonly Measured[]
  /** Calls of a run by span id. */
  readonly callsOf: (runId: string) => ReadonlyMap<string, ComparedCall>
  /** What a call was priced with. */
  readonly priceOf: (runId: string, spanId: string) => ListedCall | undefined
}

export interface GateInput {
  readonly budgets: readonly Budget[]
  readonly gate: GateRule
  readonly head: RecordedRuns
  /** What the head is held against instead of the baselines in the file. */
  readonly base?: RecordedRuns
  /** SHA-256 in hex. */
  readonly hashOf: (text: string) => string
}

const WORST_FIRST: readonly GateVerdict[] = ['over', 'indeterminate', 'stale', 'near', 'fine']

export function judgeBudgets(input: GateInput): Check {
  const results = input.budgets.flatMap((budget) => new JudgedBudget(budget, input).results())
  const verdict = WORST_FIRST.find((each) => results.some((result) => result.verdict === each)) ?? 'fine'
  return { verdict, results }
}

class JudgedBudget {
  readonly measured: readonly Measured[]
  /** Not held against the limits: it ran before the version that they were made for. */
  readonly older: readonly Measured[]
  readonly base: readonly Measured[] | undefined
  #head: ComparedSet | undefined
  #baseSet: ComparedSet | undefined

  constructor(
    readonly budget: Budget,
    readonly input: GateInput,
  ) {
    const { counted, older } = measuredFor(budget, input.head.measured)
    this.measured = counted
    this.older = older
    this.base = input.base?.measured.filter((each) => appliesTo(budget, each))
  }

  results(): LimitCheck[] {
    const { budget } = this
    const limits = limitsOf(budget)
    const havePricesChanged = limits.length > 0 && this.#havePricesChanged()
    return [
      ...limits.map(([limit, allowed]) => this.#limit(limit, allowed, havePricesChanged)),
      ...(budget.models ? [this.#models(budget.models)] : []),
    ]
  }

  #limit(limit: NumericLimit, allowed: number, havePricesChanged: boolean): LimitCheck {
    const { budget, input, measured } = this
    const position = budget.limits[limit]?.position ?? budget.position
    const held = limitVerdict(budget.scope, limit, allowed, input.gate, measured, position.line)
    const stops = stoppedBy(limit, position.line, measured).length
    const stale = staleSentences(budget, measured, havePricesChanged)
    const isSettled = held.verdict === 'over' || held.verdict === 'indeterminate'
    const verdict: GateVerdict = stale.length > 0 && !isSettled ? 'stale' : held.verdict
    const grown = verdict !== 'indeterminate' && this.#isGrown(limit)
    const isDearer = verdict === 'stale' && havePricesChanged && isCost(limit)
    const isExplained = verdict === 'over' || verdict === 'near' || grown || isDearer
    const known = { ...held, ...(isExplained ? this.#growth(limit, havePricesChanged) : {}) }
    const why = [
      ...(stops > 0 ? [stopSentence(stops, measured.length, this.#words.noun)] : []),
      ...(verdict === 'indeterminate' ? this.#doubts(limit) : []),
      ...(held.verdict === 'near' ? nearSentences(limit, held.value, allowed, verdict) : []),
      ...stale,
      ...(verdict === 'stale' ? [DERIVE_AGAIN] : []),
      ...(isExplained ? growthSentences(limit, known, this.#words) : []),
      ...(verdict === 'fine' ? [] : olderSentences(budget, this.older)),
    ]
    const isWorse = verdict === 'over' || grown
    const { scope } = budget
    return { scope, limit, allowed, ...known, verdict, why, position, isWorse, ...this.#newestRun() }
  }

  #doubts(limit: NumericLimit | 'models'): string[] {
    const { budget, input, measured, older } = this
    if (measured.length === 0) return older.length > 0 ? [] : [neverRan(budget.scope)]
    return limit === 'models' ? [] : doubtSentences(budget, limit, input.gate, measured)
  }

  /** Models are known or not: no percentile says more. */
  #models({ values, position }: NonNullable<Budget['models']>): LimitCheck {
    const { budget, measured } = this
    const others = this.#otherModels(values)
    const verdict = measured.length === 0 ? 'indeterminate' : others.length > 0 ? 'over' : 'fine'
    return {
      ...{ scope: budget.scope, limit: 'models' as const, allowed: values, value: others, position },
      ...{ n: measured.length, verdict, isWorse: verdict === 'over' },
      why: [
        ...this.#doubts('models'),
        ...(others.length > 0
          ? [`${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} called and not allowed`]
          : []),
        ...(verdict === 'fine' ? [] : olderSentences(budget, this.older)),
      ],
      ...this.#newestRun(),
    }
  }

  /** Models that were called and are not allowed, neither by the name that was asked for nor by the one that answered. */
  #otherModels(allowed: readonly string[]): string[] {
    const called = new Set(this.measured.flatMap(({ use }) => Object.keys(use)))
    const others = [...called].filter((model) => !isAllowed(allowed, model))
    if (others.length === 0) return []
    const asked = callsOf(this.head).filter(
      ({ askedModel }) => askedModel !== undefined && isAllowed(allowed, askedModel),
    )
    const aliases = new Set(asked.map(({ model }) => model))
    return others.filter((model) => !aliases.has(model)).sort()
  }

  #growth(
    limit: NumericLimit,
    havePricesChanged: boolean,
  ): Pick<LimitCheck, 'baseline' | 'cost' | 'tokens' | 'entered' | 'cause'> {
    const { head } = this
    const base = this.baseSet
    const { baseline } = this.budget
    const cost = base
      ? deltaAgainstRuns(base, head)
      : baseline && deltaAgainstMeans(baseline, head, listPrices(callsOf(head)), havePricesChanged)
    return present({
      baseline: this.#baselineOf(limit),
      cost,
      tokens: tokensDelta(limit, head, base ?? baseline?.perInvocation),
      entered: enteredText(limit, this.measured, this.base ?? baseline),
      cause: causeOf(limit, head, base),
    })
  }

  /** The percentile that is held against the limit, or the largest, of the other runs, else of the file. */
  #baselineOf(limit: NumericLimit): number | undefined {
    const { gate } = this.input
    const { scope, limits, baseline } = this.budget
    const isLargest = scope.kind === 'run' || scope.kind === 'day'
    if (!this.base) return isLargest ? undefined : baseline?.values[limit]?.[gate.percentile]
    const allowed = limits[limit]?.value ?? 0
    return limitVerdict(scope, limit, allowed, { ...gate, minInvocations: 0 }, this.base).value ?? undefined
  }

  get #words() {
    return { baseName: this.base ? 'base' : 'baseline', noun: nounOf(this.budget.scope.kind) }
  }

  /** Worse on average than the baseline by more than 1 %, and by more than the spread explains. */
  #isGrown(limit: NumericLimit): boolean {
    const base = this.#baseSample(limit)
    if (!base) return false
    const head = sampleOf(knownValues(this.measured, limit))
    const difference = isFloor(limit) ? base.mean - head.mean : head.mean - base.mean
    if (difference <= Math.abs(base.mean) * LEAST_GROWTH) return false
    return testDifference(base, head)?.isSignificant === true
  }

  #baseSample(limit: NumericLimit) {
    if (this.base) return sampleOf(knownValues(this.base, limit))
    const { baseline } = this.budget
    const mean = baseline && meanOf(limit, baseline)
    return mean === undefined ? undefined : { n: baseline?.invocations ?? 1, mean, variance: null }
  }

  /** Of the baseline's models; of all that were called, where it does not say which it had. */
  #havePricesChanged(): boolean {
    const { prices, perInvocation } = this.budget.baseline ?? {}
    if (prices === undefined) return false
    const { priceOf } = this.input.head
    const calls = this.measured.flatMap(({ runId, calls: ids }) =>
      ids.flatMap((id) => priceOf(runId, id) ?? []),
    )
    const lists = listPrices(calls)
    const text = pricesText(lists, Object.keys(perInvocation ?? Object.fromEntries(lists)))
    return text !== undefined && `sha256:${this.input.hashOf(text)}` !== prices
  }

  get head(): ComparedSet {
    this.#head ??= setOf(this.measured, this.input.head)
    return this.#head
  }

  get baseSet(): ComparedSet | undefined {
    const { base } = this.input
    if (base && this.base) this.#baseSet ??= setOf(this.base, base)
    return this.#baseSet
  }

  #newestRun(): Pick<LimitCheck, 'runId'> {
    const newest = this.measured.reduce<Measured | undefined>(
      (latest, each) => (latest && latest.startedAt >= each.startedAt ? latest : each),
      undefined,
    )
    // A day is of many runs.
    return newest === undefined || newest.runId === '' ? {} : { runId: newest.runId }
  }
}

/** Less than this is not worth a word. */
const LEAST_GROWTH = 0.01

function isAllowed(allowed: readonly string[], model: string): boolean {
  const slash = model.indexOf('/')
  return isAllowedModel(allowed, model.slice(0, slash), model.slice(slash + 1))
}

function setOf(measured: readonly Measured[], { callsOf: ofRun }: RecordedRuns): ComparedSet {
  return {
    units: measured.map(({ runId, id, calls }) => {
      const known = ofRun(runId)
      return { id: `${runId} ${id}`, calls: calls.flatMap((spanId) => known.get(spanId) ?? []) }
    }),
  }
}

function callsOf({ units }: ComparedSet): ComparedCall[] {
  return units.flatMap(({ calls }) => calls)
}

function knownValues(measured: readonly Measured[], limit: NumericLimit): number[] {
  return measured.flatMap(({ values }) => {
    const { value = null, atLeast } = values[limit] ?? {}
    return value === null || atLeast ? [] : [value]
  })
}

/** The mean of the baseline, where the file has what it takes. */
function meanOf(limit: NumericLimit, { perInvocation }: NonNullable<Budget['baseline']>): number | undefined {
  const uses = Object.values(perInvocation ?? {})
  if (uses.length === 0) return undefined
  const sum = (of: (use: (typeof uses)[number]) => number) => uses.reduce((total, use) => total + of(use), 0)
  const input = () => sum((use) => use.uncachedInput + use.cacheRead + use.cacheWrite)
  if (limit === 'costUsd')
    return uses.some(({ usd }) => usd === null) ? undefined : sum(({ usd }) => usd ?? 0)
  if (limit === 'inputTokens') return input()
  if (limit === 'outputTokens') return sum(({ output }) => output)
  return limit === 'totalTokens' ? input() + sum(({ output }) => output) : undefined
}
