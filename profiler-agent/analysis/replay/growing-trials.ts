// Trials of fixes on a run that grows: they go on where they were, so that a call costs what is new in it. Where the evidence of a fix
// says something else of earlier calls than before, its trial begins anew.

import type { PicoUsd } from '../../model/money'
import { CacheReplay, type ReplayOptions } from './cache-replay'
import type { FixPlan } from './fix-plan'
import { GrowingPlan, SharedEvidence } from './growing-plan'
import type { ReplayCall, ReplayedInput } from './replay-call'
import { type CallSaving, FixTrial } from './saving'

export interface TrialQuestion {
  /** Of one name, later questions are about the same calls and more. */
  readonly name: string
  /** In the order of their start. */
  readonly calls: readonly ReplayCall[]
  /** Bills of these without fixes. */
  readonly asRecorded: readonly ReplayedInput[]
  /** Applied together. */
  readonly plans: readonly FixPlan[]
  /** False while more calls may come: then a trial need not be exact at every moment. */
  readonly isOver: boolean
}

export interface TrialAnswer {
  readonly picoUsd: PicoUsd
  /** Of the calls that were tried. */
  readonly calls: readonly CallSaving[]
}

/** All trials of one run. */
export class GrowingTrials {
  readonly #recorded = new Map<string, GrowingReplay>()
  readonly #trials = new Map<string, GrowingTrial>()
  readonly #asked = new Set<string>()
  readonly #evidence = new SharedEvidence()

  constructor(readonly options: ReplayOptions) {}

  /** What the plans save. */
  ask(question: TrialQuestion): TrialAnswer {
    const { name } = question
    this.#asked.add(name)
    const trial = this.#trials.get(name) ?? new GrowingTrial(this.options, this.#evidence)
    this.#trials.set(name, trial)
    return trial.ask(question)
  }

  /** Bills of calls without fixes; of one name, later calls are the same and more. */
  asRecorded(name: string, calls: readonly ReplayCall[]): readonly ReplayedInput[] {
    const replay = this.#recorded.get(name) ?? new GrowingReplay(this.options)
    this.#recorded.set(name, replay)
    return replay.of(calls)
  }

  /** Lets go of trials that nobody asked for since the last time. */
  forgetOthers(): void {
    for (const name of this.#trials.keys()) if (!this.#asked.has(name)) this.#trials.delete(name)
    this.#asked.clear()
  }
}

/** True where a list that is only ever added to, in the order of starts, begins with what was taken of it. */
function goesOn(calls: readonly ReplayCall[], count: number, last: ReplayCall | undefined): boolean {
  return calls.length >= count && calls[count - 1] === last
}

class GrowingReplay {
  #replay: CacheReplay
  #bills: ReplayedInput[] = []
  #last: ReplayCall | undefined

  constructor(readonly options: ReplayOptions) {
    this.#replay = new CacheReplay(options)
  }

  of(calls: readonly ReplayCall[]): readonly ReplayedInput[] {
    if (!goesOn(calls, this.#bills.length, this.#last)) {
      this.#replay = new CacheReplay(this.options)
      this.#bills = []
    }
    for (const call of calls.slice(this.#bills.length)) this.#bills.push(this.#replay.add(call))
    this.#last = calls.at(-1)
    return this.#bills
  }
}

/** While a run goes on, a trial that has to begin anew does so when the run is this much longer; until then its result is scaled. */
const GROWTH = 1.1

interface Running {
  readonly trial: FixTrial
  readonly plans: readonly GrowingPlan[]
  readonly savings: CallSaving[]
  /** Calls that there were when it began. */
  readonly begunWith: number
  last: ReplayCall | undefined
  picoUsd: PicoUsd
}

class GrowingTrial {
  #running: Running | undefined

  constructor(
    readonly options: ReplayOptions,
    readonly evidence: SharedEvidence,
  ) {}

  ask({ calls, asRecorded, plans, isOver }: TrialQuestion): TrialAnswer {
    const known = this.#running
    const isGoingOn =
      known !== undefined && goesOn(calls, known.savings.length, known.last) && grow(known.plans, plans)
    if (known && !isGoingOn && !isOver && calls.length < known.begunWith * GROWTH)
      return scaled(known, calls.length)
    const running = known && isGoingOn ? known : this.#begun(plans, calls.length)
    this.#running = running
    for (let index = running.savings.length; index < calls.length; index++) {
      const call = calls[index]
      if (!call) continue
      const saving = running.trial.add(call, asRecorded[index])
      for (const plan of running.plans) plan.tried(call)
      running.savings.push(saving)
      running.picoUsd += saving.picoUsd
    }
    running.last = calls.at(-1)
    return { picoUsd: running.picoUsd, calls: running.savings }
  }

  #begun(plans: readonly FixPlan[], begunWith: number): Running {
    const growing = plans.map((plan) => new GrowingPlan(plan, this.evidence))
    const trial = new FixTrial(
      growing.map(({ plan }) => plan),
      this.options,
    )
    return { trial, plans: growing, savings: [], begunWith, last: undefined, picoUsd: 0 }
  }
}

function grow(plans: readonly GrowingPlan[], next: readonly FixPlan[]): boolean {
  return plans.length === next.length && plans.every((plan, index) => plan.grow(next[index]))
}

function scaled({ savings, picoUsd }: Running, calls: number): TrialAnswer {
  return { picoUsd: (picoUsd * calls) / Math.max(1, savings.length), calls: savings }
}
