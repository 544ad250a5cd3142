// One limit of one budget and everything of one run that it holds for: which were over it, and by how much. What was over once stays so.

import type {
  Budget,
  BudgetPosition,
  LimitName,
  Measured,
  MeasuredValue,
  NumericLimit,
} from '../../model/budget'
import { appliesTo, scopeKey } from '../measure/budgets-for'
import type { StoppedCall } from '../measure/counted-call'
import { isFloor } from '../measure/percentiles'
import { verdictOf } from '../measure/verdict'
import type { Sample } from './looks-like'

/** Something that was over the limit. */
export interface Over {
  readonly measured: Measured
  readonly held: MeasuredValue
  /** Only a guess says so. */
  readonly isGuessed: boolean
}

export interface Stop extends StoppedCall {
  readonly spanId: string
  /** `provider/model` that was asked for. */
  readonly model?: string
}

/** A model that is not on the allow-list. */
export interface WrongModel {
  readonly model: string
  readonly callId: string
}

/** So many are told of; the others are counted. */
const MOST_OVERS = 50

export class HeldLimit {
  readonly #overs = new Map<string, Over>()
  /** Ids of those that are over without a guess. */
  readonly #sure = new Set<string>()
  #top: readonly Over[] = []
  #isTopStale = false
  #new: Over[] = []
  /** When the last one began. */
  #latest = 0
  readonly #unknown = new Map<string, Measured>()
  readonly #samples = new Map<string, Sample>()
  /** Of a floor: what changed since it was judged. */
  readonly #unfinished = new Map<string, Measured>()
  readonly #stops = new Map<string, Stop>()
  /** What was stopped, as it is now. */
  readonly #stopped = new Map<string, Measured>()
  readonly wrongModels = new Map<string, WrongModel>()

  constructor(
    readonly budget: Budget,
    readonly limit: LimitName,
    readonly position: BudgetPosition,
    readonly allowed: number | readonly string[],
  ) {}

  /** The same for the same limit with the same value. */
  get key(): string {
    return JSON.stringify([this.limit, scopeKey(this.budget.scope), this.allowed])
  }

  /** Takes over what the same limit found before the file was read again. */
  goOnFrom(before: HeldLimit): void {
    for (const over of before.#overs.values()) this.#add(over)
  }

  holdsFor(measured: Measured): boolean {
    return appliesTo(this.budget, measured)
  }

  /** Takes the newest of what the limit holds for. */
  hold(measured: Measured): void {
    const { limit, allowed } = this
    // A day is not among what is around a call.
    if (this.#stopped.has(measured.id) || this.budget.scope.kind === 'day')
      this.#stopped.set(measured.id, measured)
    if (limit === 'models' || typeof allowed !== 'number') return
    const held = measured.values[limit]
    this.#remember(measured, held)
    if (isFloor(limit)) {
      this.#unfinished.set(measured.id, measured)
      return
    }
    this.#judge(measured, held, limit, allowed)
  }

  /** A call that the limit refused or ended, and what it belongs to, as far as that is known. */
  stop(stop: Stop, measured: Measured | undefined): void {
    this.#stops.set(stop.spanId, stop)
    if (measured) this.#stopped.set(measured.id, measured)
  }

  get stops(): readonly Stop[] {
    return [...this.#stops.values()]
  }

  /** What was stopped, as it is now, the largest first. */
  get stopped(): readonly Measured[] {
    const { limit } = this
    if (this.#stops.size === 0) return []
    const used = ({ values }: Measured) => (limit === 'models' ? 0 : (values[limit]?.value ?? 0))
    return [...this.#stopped.values()].sort((left, right) => used(right) - used(left))
  }

  /** Forgets what is not there any more; that it was over is kept. */
  drop(id: string): void {
    this.#samples.delete(id)
    this.#unknown.delete(id)
    this.#unfinished.delete(id)
  }

  /** The worst of those that were over, the largest first (the lowest of a floor). */
  overs(): readonly Over[] {
    this.#judgeFloors()
    if (this.#isTopStale) this.#top = this.#sorted([...this.#overs.values()])
    this.#isTopStale = false
    return this.#top
  }

  /** Those that are over since this was last asked for. */
  takeNew(): readonly Over[] {
    const fresh = this.#new
    this.#new = []
    return fresh
  }

  /** How many were over. */
  get overCount(): number {
    return this.#overs.size
  }

  /** Whether a single one was over by more than a guess. */
  get isSure(): boolean {
    return this.#sure.size > 0
  }

  /** Those of which nobody can say whether they were over. */
  unknown(): Measured[] {
    return [...this.#unknown.values()].filter(({ id }) => !this.#overs.has(id))
  }

  get samples(): readonly Sample[] {
    return [...this.#samples.values()]
  }

  /** How many the limit was held against; never fewer than were over. */
  get count(): number {
    return Math.max(this.#samples.size, this.#overs.size)
  }

  get isFloor(): boolean {
    return this.limit !== 'models' && isFloor(this.limit)
  }

  #remember(measured: Measured, held: MeasuredValue | undefined): void {
    const { id, startedAt, tenant, session, values } = measured
    this.#samples.set(id, {
      ...{ id, startedAt, value: held?.value ?? 0, input: values.inputTokensPerCall?.value ?? 0 },
      ...(tenant === undefined ? {} : { tenant }),
      ...(session === undefined ? {} : { session }),
    })
  }

  #judge(measured: Measured, held: MeasuredValue | undefined, limit: NumericLimit, allowed: number): void {
    const judge = (value: MeasuredValue | undefined) => verdictOf({ limit, allowed, tolerance: 0 }, value)
    const verdict = judge(held)
    if (verdict === 'over' && held) {
      const isGuessed = held.guessed === true && judge({ value: held.sure ?? 0 }) !== 'over'
      this.#add({ measured, held, isGuessed })
    }
    if (verdict === 'indeterminate' && isWorthAWord(limit, measured)) this.#unknown.set(measured.id, measured)
    else this.#unknown.delete(measured.id)
  }

  /** Keeps the worst in order; all of them are sorted only where one of those got better. */
  #add(over: Over): void {
    const { id } = over.measured
    const before = this.#overs.get(id)
    this.#overs.set(id, over)
    if (!before && this.budget.onExceed === 'escalate') this.#new.push(over)
    if (over.isGuessed) this.#sure.delete(id)
    else this.#sure.add(id)
    if (before && this.#order(over, before) > 0) this.#isTopStale = true
    if (this.#isTopStale) return
    const last = this.#top.at(-1)
    if (this.#top.length >= MOST_OVERS && last && this.#order(over, last) > 0) return
    this.#top = this.#sorted([...this.#top.filter((each) => each.measured.id !== id), over])
  }

  #sorted(overs: readonly Over[]): Over[] {
    return overs.toSorted((left, right) => this.#order(left, right)).slice(0, MOST_OVERS)
  }

  /** Below 0 where the first is worse. */
  #order(left: Over, right: Over): number {
    const further = (right.held.value ?? 0) - (left.held.value ?? 0)
    return this.isFloor ? -further : further
  }

  /** The first call of a conversation finds no cache: a floor is held against what has ended, or was followed by another one. */
  #judgeFloors(): void {
    const { limit, allowed } = this
    if (limit === 'models' || typeof allowed !== 'number') return
    if (!this.isFloor || this.#unfinished.size === 0) return
    for (const measured of this.#unfinished.values())
      this.#latest = Math.max(this.#latest, measured.startedAt)
    for (const measured of [...this.#unfinished.values()]) {
      if (!measured.isOver && measured.startedAt === this.#latest) continue
      // What goes on after all is judged by its last state.
      if (this.#overs.delete(measured.id)) this.#isTopStale = true
      this.#sure.delete(measured.id)
      this.#judge(measured, measured.values[limit], limit, allowed)
      this.#unfinished.delete(measured.id)
    }
  }
}

/** A missing price stays missing; of all else more may be known when it is over. */
function isWorthAWord(limit: NumericLimit, { isOver, calls }: Measured): boolean {
  return calls.length > 0 && (limit.startsWith('costUsd') || isOver)
}

/** All limits that a budget sets, the allow-list included. */
export function heldLimits(budget: Budget): HeldLimit[] {
  const numeric = (Object.keys(budget.limits) as NumericLimit[]).flatMap((name) => {
    const limit = budget.limits[name]
    return limit ? [new HeldLimit(budget, name, limit.position, limit.value)] : []
  })
  const { models } = budget
  return models ? [...numeric, new HeldLimit(budget, 'models', models.position, models.values)] : numeric
}
