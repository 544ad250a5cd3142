// How the limits of a budget file stand in the light of everything recorded: runs are measured once and again only when they changed.

import type { BudgetFile } from './budgets/file/budget-file'
import { limitUses } from './budgets/measure/limit-uses'
import type { MeasuredAgent } from './feed/protocol'
import { measuredDays, measuredRuns } from './measured-runs'
import type { LimitUse, Measured, MeasuredValue } from './model/budget'
import { picoOfUsd, usdOf } from './model/money'
import { isNumberedStep } from './model/step-name'
import type { StoredRun } from './store/reader'

/** The oldest beyond these are left out: an editor asks often. */
const MOST_RUNS = 1_000
/** Measured in one go; then whatever else the worker has to do comes in between. */
const RUNS_AT_ONCE = 5
/** A run that goes on is measured again after so many times what that took: it must not keep calls from being stored. */
const REST = 10

export interface LimitSources {
  /** Newest first. */
  readonly runs: (limit: number) => readonly StoredRun[]
  readonly store: Parameters<typeof measuredRuns>[0]
  readonly isActive: (run: StoredRun) => boolean
}

export interface LimitAnswer {
  readonly limits: readonly LimitUse[]
  readonly agents: readonly MeasuredAgent[]
}

interface KnownRun {
  readonly stamp: string
  readonly measured: readonly Measured[]
  /** By `performance.now()`. */
  readonly goodUntil: number
}

export class LimitAnswers {
  #known = new Map<string, KnownRun>()
  #measuring: Promise<void> = Promise.resolve()

  constructor(readonly sources: LimitSources) {}

  /** Takes long only the first time, and then in steps. */
  async of({ budgets, gate }: Pick<BudgetFile, 'budgets' | 'gate'>): Promise<LimitAnswer> {
    const withDays = budgets.some(
      ({ scope, limits }) => scope.kind === 'day' && Object.keys(limits).length > 0,
    )
    // One after the other: a second question at the same time would measure the same runs again. Whoever asked hears of a failure.
    const before = this.#measuring.catch(() => undefined)
    this.#measuring = before.then(() => this.#measure(withDays))
    await this.#measuring
    const measured = [...this.#known.values()].flatMap((run) => run.measured)
    const days = daysOf(measured)
    const others = measured.filter(({ kind }) => kind !== 'day')
    return { limits: limitUses(budgets, gate, [...others, ...days]), agents: agentsOf(others) }
  }

  /** How one run alone stands to the limits that it was measured for; those of a day are over all runs and not among them. */
  ofRun({ budgets, gate }: Pick<BudgetFile, 'budgets' | 'gate'>, run: StoredRun): LimitUse[] {
    const measured = measuredRuns(this.sources.store, [run], this.sources.isActive)
    return limitUses(budgets, gate, measured).filter(({ n }) => n > 0)
  }

  async #measure(withDays: boolean): Promise<void> {
    const { runs, isActive } = this.sources
    const next = new Map<string, KnownRun>()
    let fresh = 0
    for (const run of runs(MOST_RUNS)) {
      const isGoingOn = isActive(run)
      const stamp = `${run.revision} ${run.rewrites} ${isGoingOn} ${withDays}`
      const known = this.#known.get(run.id)
      if (known?.stamp === stamp || (known && isGoingOn && performance.now() < known.goodUntil)) {
        next.set(run.id, known)
        continue
      }
      next.set(run.id, this.#measured(run, stamp, withDays))
      if (++fresh % RUNS_AT_ONCE === 0) await new Promise(setImmediate)
    }
    this.#known = next
  }

  /** Without the calls, which limits do not look at; the days of the run are among what is measured, as far as they are its own. */
  #measured(run: StoredRun, stamp: string, withDays: boolean): KnownRun {
    const { store, isActive } = this.sources
    const started = performance.now()
    const days = withDays ? measuredDays(store, [run]) : []
    const measured = [...measuredRuns(store, [run], isActive), ...days].map((each) => ({
      ...each,
      calls: [],
      use: {},
    }))
    const ended = performance.now()
    return { stamp, measured, goodUntil: ended + (ended - started) * REST }
  }
}

/** The days of all runs together, out of those of each. */
function daysOf(measured: readonly Measured[]): Measured[] {
  const days = Map.groupBy(
    measured.filter(({ kind }) => kind === 'day'),
    ({ id }) => id,
  )
  return [...days.values()].flatMap((ofRuns) => {
    const [first] = ofRuns
    const costUsdPerDay = sumOfUsd(ofRuns.map(({ values }) => values.costUsdPerDay))
    return first === undefined ? [] : [{ ...first, values: { costUsdPerDay } }]
  })
}

/** What is not known of one makes the sum a lower bound. In pico-dollars parts add up exactly. */
function sumOfUsd(parts: readonly (MeasuredValue | undefined)[]): MeasuredValue {
  const known = parts.flatMap((part) => (part?.value == null ? [] : [part.value]))
  if (known.length === 0) return { value: null }
  const value = usdOf(known.reduce((sum, each) => sum + picoOfUsd(each), 0))
  const isWhole = parts.every((part) => part !== undefined && part.value !== null && part.atLeast !== true)
  return isWhole ? { value } : { value, atLeast: true }
}

function agentsOf(measured: readonly Measured[]): MeasuredAgent[] {
  const named = Map.groupBy(
    measured.filter(({ kind, agent }) => agent !== undefined && (kind === 'agent' || kind === 'step')),
    ({ agent }) => agent ?? '',
  )
  return [...named]
    .map(([agent, all]) => ({
      agent,
      intents: namesIn(all.map(({ intent }) => intent)),
      steps: namesIn(all.map(({ step }) => step)).filter((step) => !isNumberedStep(step)),
    }))
    .sort((left, right) => (left.agent < right.agent ? -1 : 1))
}

function namesIn(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names)].filter((name) => name !== undefined).sort()
}
