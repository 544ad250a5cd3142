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
  /** What the limit stopped, as far as it is known. */
  readonly measured: Measured | undefined
}

/** A model that is not on the allow-list. */
export interface WrongModel {
  readonly model: string
  readonly callId: string
}

export class HeldLimit {
  readonly #overs = new Map<string, Over>()
  readonly #unknown = new Map<string, Measured>()
  readonly #samples = new Map<string, Sample>()
  /** Of a floor, which is held against what is over alone. */
  readonly #unfinished = new Map<string, Measured>()
  readonly stops = new Map<string, Stop>()
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
    for (const [id, over] of before.#overs) this.#overs.set(id, over)
  }

  holdsFor(measured: Measured): boolean {
    return appliesTo(this.budget, measured)
  }

  /** Takes the newest of what the limit holds for. */
  hold(measured: Measured): void {
    const { limit, allowed } = this
    if (limit === 'models' || typeof allowed !== 'number') return
    const held = measured.values[limit]
    this.#remember(measured, held)
    if (isFloor(limit)) {
      this.#unfinished.set(measured.id, measured)
      return
    }
    this.#judge(measured, held, limit, allowed)
  }

  /** Those that were over, the largest first. */
  overs(): Over[] {
    this.#judgeFloors()
    const sign = this.isFloor ? -1 : 1
    return [...this.#overs.values()].sort(
      (left, right) => sign * ((right.held.value ?? 0) - (left.held.value ?? 0)),
    )
  }

  /** Those of which nobody can say whether they were over. */
  unknown(): Measured[] {
    return [...this.#unknown.values()].filter(({ id }) => !this.#overs.has(id))
  }

  get samples(): readonly Sample[] {
    return [...this.#samples.values()]
  }

  /** How many the limit was held against. */
  get count(): number {
    return this.#samples.size
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
      this.#overs.set(measured.id, { measured, held, isGuessed })
    }
    if (verdict === 'indeterminate' && isWorthAWord(limit, measured)) this.#unknown.set(measured.id, measured)
    else this.#unknown.delete(measured.id)
  }

  /** The first call of a conversation finds no cache: a floor is held against what has ended, or was followed by another one. */
  #judgeFloors(): void {
    const { limit, allowed } = this
    if (limit === 'models' || typeof allowed !== 'number') return
    if (!this.isFloor || this.#unfinished.size === 0) return
    const waiting = [...this.#unfinished.values()]
    const latest = waiting.reduce((most, { startedAt }) => Math.max(most, startedAt), 0)
    for (const measured of waiting) {
      if (!measured.isOver && measured.startedAt === latest) continue
      // What goes on after all is judged by its last state.
      this.#overs.delete(measured.id)
      this.#judge(measured, measured.values[limit], limit, allowed)
      if (measured.isOver) this.#unfinished.delete(measured.id)
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
