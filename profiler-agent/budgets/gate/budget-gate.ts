// The gate that calls pass while budgets block: reserves what each may use, refuses what does not fit, ends streams that use more. Counters only; reads no prompt.

import type { Budget } from '../../model/budget'
import type { Admission, BudgetRefusal, CallGate, CallHold, GatedCall } from '../../model/call-gate'
import type { Attribution } from '../../model/exchange'
import type { DeclaredSpan, RunRecord } from '../../model/record'
import { type Account, Accounts, type Place } from './accounts'
import { acts, hasContentLimit, hasMoneyLimit, mayConcern } from './acting'
import { CallPlaces } from './call-places'
import type { GateTools } from './gate-tools'
import { holdingsOf } from './holdings'
import {
  contentRoom,
  doubtOf,
  type Excess,
  excessOf,
  type Holding,
  isEstimated,
  outputExcess,
  sumExcessOf,
} from './limit-check'
import { type OutputBounds, outputBounds, usualOutput } from './output-bounds'
import { RecentCalls } from './recent-calls'
import { refusalOf, stoppedRefusal, violationOf } from './refusal'
import { type Reservation, Reservations, streamedSums } from './reservations'
import type { ReadCall, SpentUpdate } from './spent'
import { Visit } from './visit'
import { Waiters } from './waiters'

/** So long a call waits for calls that have ended to be read, before it is refused because of what was reserved for them. */
const READ_WAIT_MS = 2_000
/** So long for the program to declare the span that its call names. */
const DECLARED_WAIT_MS = 150

const PASSES: Admission = { passes: true }

export class BudgetGate implements CallGate {
  readonly #accounts = new Accounts()
  readonly #reservations = new Reservations(this.#accounts)
  readonly #places = new CallPlaces(this.#accounts, this.#reservations)
  readonly #recent: RecentCalls
  readonly #waiters: Waiters
  readonly #stopped = new Set<string>()

  constructor(readonly tools: GateTools) {
    this.#recent = new RecentCalls(tools.bytes)
    this.#waiters = new Waiters(tools.within)
  }

  get isIdle(): boolean {
    return this.#stopped.size === 0 && !this.#budgets().some(acts)
  }

  concerns(runId: string, attribution: Attribution): boolean {
    if (this.#stopped.has(runId)) return true
    return this.#budgets().some((budget) => acts(budget) && mayConcern(budget, attribution))
  }

  admit(call: GatedCall): Admission | Promise<Admission> {
    try {
      if (this.#stopped.has(call.runId)) return { passes: false, refusal: stoppedRefusal(call.runId) }
      const file = this.tools.budgets()
      if (!file) return PASSES
      const { labelsOf, bytes } = this.tools
      const visit = new Visit(call, file, labelsOf(call), this.#recent, bytes)
      const missing = this.#missing(visit)
      return missing.length === 0 ? this.#decided(visit) : this.#afterFinding(visit, missing)
    } catch (error) {
      return this.#openFor(error)
    }
  }

  /** From now on every call of the run is refused. */
  stop(runId: string): void {
    this.#stopped.add(runId)
    this.#waiters.wake()
  }

  describe(run: Pick<RunRecord, 'id' | 'defaults'>): void {
    this.#places.describe(run)
  }

  declare(span: DeclaredSpan): void {
    this.#places.declare(span)
    this.#waiters.wake()
  }

  /** Takes what the worker read; `ids` are the calls that are read by now, or never will be. Twice does nothing more. */
  told(update: SpentUpdate | undefined, ids: readonly string[]): void {
    for (const account of update?.accounts ?? []) this.#accounts.identify(account)
    for (const account of update?.accounts ?? []) this.#accounts.tell(account)
    for (const call of update?.calls ?? []) this.#read(call)
    if (update?.day) this.#accounts.tellDay(update.day)
    for (const id of ids) this.#reservations.release(id)
    this.#waiters.wake()
  }

  /** Calls that ended so long ago and were not read: what became of them is to be found out. */
  unread(ms: number): string[] {
    return this.#reservations.unreadSince(this.tools.now() - ms).map(({ id }) => id)
  }

  /** For how many calls something is reserved. */
  get reservedCalls(): number {
    return this.#reservations.count
  }

  /** Runs of those calls. */
  get reservedRuns(): readonly string[] {
    return this.#reservations.runIds
  }

  /** What is known of an agent, step or run. */
  account(runId: string, id: string): Account | undefined {
    return this.#accounts.find(runId, id)
  }

  #read(call: ReadCall): void {
    const held = this.#reservations.find(call.id)
    this.#recent.read(call, this.#places.read(call, held?.place))
    // A reply that broke off: its provider bills what streamed, and never says how much that was.
    if (held && held.streamed > 0 && call.output === null)
      this.#reservations.keep(call.id, streamedSums(held, call))
  }

  #budgets(): readonly Budget[] {
    return this.tools.budgets()?.budgets ?? []
  }

  /** What has to be found out before anything can be decided; mostly nothing. */
  #missing(visit: Visit): Promise<unknown>[] {
    const { call, file, labels, extension } = visit
    const acting = file.budgets.filter((budget) => acts(budget) && mayConcern(budget, labels))
    const hasWorkflow = acting.some(({ scope }) => scope.kind === 'workflow')
    return [
      this.tools.spentOf(call.runId),
      hasWorkflow && this.#places.isParentMissing(call) ? this.#untilDeclared(call) : undefined,
      extension?.isWhole ? undefined : this.#askBody(visit, acting),
      acting.some(hasContentLimit) ? this.#askContent(visit) : undefined,
      acting.some(hasMoneyLimit) ? this.#askPrices(visit) : undefined,
    ].filter((each) => each !== undefined)
  }

  async #untilDeclared(call: GatedCall): Promise<void> {
    await this.#waiters.until(() => !this.#places.isParentMissing(call), DECLARED_WAIT_MS)
    this.#places.awaited(call)
  }

  #askBody(visit: Visit, acting: readonly Budget[]): Promise<void> | undefined {
    return this.tools.bodyLabelsOf(visit.call, visit.labels, acting)?.then((labels) => {
      visit.labels = labels
    })
  }

  async #askContent(visit: Visit): Promise<void> {
    const room = contentRoom(this.#found(visit, false).holdings)
    const needs = { tokens: room < Number.POSITIVE_INFINITY, room: Math.max(0, room) }
    visit.content = await this.tools.contentOf(visit.call, needs)
  }

  #askPrices(visit: Visit): Promise<void> | undefined {
    const prices = this.tools.pricesOf(visit.call, visit.input)
    if (prices instanceof Promise)
      return prices.then((known) => {
        visit.prices = known
      })
    visit.prices = prices
    return undefined
  }

  async #afterFinding(visit: Visit, missing: readonly Promise<unknown>[]): Promise<Admission> {
    try {
      await Promise.all(missing)
      return await this.#decided(visit)
    } catch (error) {
      return this.#openFor(error)
    }
  }

  #decided(visit: Visit): Admission | Promise<Admission> {
    const first = this.#decide(visit)
    if ('passes' in first) return first
    const mayChange = isUnread(first) || isEstimated(first)
    return mayChange ? this.#reconsidered(visit, first) : this.#squeezed(visit, false)
  }

  /**
   * No call is refused because of one that ended and was not read yet, which may have used much less than was reserved (and, near a
   * limit, none passes: it may have used more), nor by half its bytes where nothing else is under way: then it is counted.
   */
  async #reconsidered(visit: Visit, first: Excess): Promise<Admission> {
    try {
      let decision: Admission | Excess = first
      const isSettled = () => {
        decision = this.#decide(visit)
        return 'passes' in decision || !isUnread(decision)
      }
      const isLate = isUnread(first) && !(await this.#untilRead(isSettled))
      visit.hasWaited = true
      if (isLate) decision = this.#decide(visit)
      if (!('passes' in decision) && isEstimated(decision)) {
        visit.look(await this.tools.promptTokensOf(visit.call))
        decision = this.#decide(visit)
      }
      return 'passes' in decision ? decision : this.#squeezed(visit, isLate)
    } catch (error) {
      return this.#openFor(error)
    }
  }

  #untilRead(isSettled: () => boolean): Promise<boolean> {
    this.tools.hurry()
    return this.#waiters.until(isSettled, READ_WAIT_MS)
  }

  /** The last word: with a lower cap where that may be lowered. */
  #squeezed(visit: Visit, isLate: boolean): Admission {
    const found = this.#found(visit, true)
    const excess = excessOf(
      found.holdings,
      visit.demand(found.place, found.bounds.reserved, this.tools.now()),
    )
    if (!excess?.holding.isSure) return this.#admitted(visit, found)
    return { passes: false, refusal: this.#refusal(visit, excess, { isCut: false, isLate }) }
  }

  /** Passes and reserves, or says which limit it would pass. Asked anew whenever something was read: others may have taken the room. */
  #decide(visit: Visit): Admission | Excess {
    const { runId } = visit.call
    if (this.#stopped.has(runId)) return { passes: false, refusal: stoppedRefusal(runId) }
    const found = this.#found(visit, false)
    const demand = visit.demand(found.place, found.bounds.reserved, this.tools.now())
    const excess = excessOf(found.holdings, demand)
    // Where nobody knows whether the limit is about this agent, the calls before may tell.
    if (excess && (excess.holding.isSure || isUnread(excess))) return excess
    // Near a limit those that ended may have used more than was reserved for them.
    const doubt = visit.hasWaited ? undefined : doubtOf(found.holdings, demand)
    return doubt ?? this.#admitted(visit, found)
  }

  #found(visit: Visit, maySqueeze: boolean): Found {
    const { call, labels, extension, isChat } = visit
    const place = this.#places.placeOf({ call, labels, extension, isChat })
    const day = this.tools.dayOf(call.startTime)
    const holdings = holdingsOf(visit.file.budgets, place, this.#accounts, day)
    const bounds = outputBounds({
      ...{ holdings, maySqueeze },
      requested: isChat ? call.outputCap : 0,
      usual: isChat && call.outputCap === undefined ? usualOutput(holdings) : undefined,
      input: visit.sums(0),
      prices: visit.prices ?? null,
    })
    return { place, holdings, bounds }
  }

  #admitted(visit: Visit, { place, holdings, bounds }: Found): Admission {
    const { call, content } = visit
    const sums = visit.sums(bounds.reserved)
    const held = this.#reservations.add(call.id, place, sums, visit.prices ?? null)
    if (place.agent) this.#accounts.count(place.agent)
    if (content) for (const balance of this.#accounts.balancesOf(place)) balance.content.add(content)
    const { id, model, body } = call
    const { input, output } = sums
    const recent = {
      id,
      model,
      body,
      input,
      output,
      isRead: false,
      isFailed: false,
      agent: place.agent,
      inputPrice: undefined,
      startedAt: call.startTime,
    }
    this.#recent.add(visit.key, recent, visit.extension)
    const hold: CallHold = {
      output: (tokens) => this.#grown(visit, held, { holdings, bounds }, tokens),
      ended: () => {
        this.#reservations.end(held, this.tools.now())
        if (this.#waiters.isAnybodyWaiting) this.tools.hurry()
      },
    }
    return { passes: true, hold, ...(bounds.cap === undefined ? {} : { outputCap: bounds.cap }) }
  }

  /** A reply that has grown past what was reserved takes more, where there is more; past what it may have it is ended. */
  #grown(
    visit: Visit,
    held: Reservation,
    { holdings, bounds }: Omit<Found, 'place'>,
    tokens: number,
  ): BudgetRefusal | undefined {
    try {
      const { runId } = visit.call
      held.streamed = tokens
      if (this.#stopped.has(runId)) return stoppedRefusal(runId)
      const tooLong = bounds.end && outputExcess(bounds.end.holding, tokens)
      const more = visit.moreOutput(tokens - held.sums.output)
      const excess = tooLong ?? (more && sumExcessOf(holdings, { sums: more, isPaid: visit.isPaid }))
      if (excess) return this.#refusal(visit, excess, { isCut: true, isLate: false })
      if (more) this.#reservations.grow(held, more)
    } catch (error) {
      this.tools.failed(error)
    }
    return undefined
  }

  #refusal(visit: Visit, excess: Excess, how: { isCut: boolean; isLate: boolean }): BudgetRefusal {
    const { call, file } = visit
    const violation = violationOf(excess, call.id, file.path, this.tools.now())
    if (violation) this.tools.violated(how.isCut ? { ...violation, isCut: true } : violation)
    const refusal = refusalOf(excess, { file: file.path, ...how })
    return how.isCut ? refusal : { ...refusal, avoided: visit.avoided }
  }

  #openFor(error: unknown): Admission {
    this.tools.failed(error)
    return PASSES
  }
}

/** Where a call belongs and what it is held against. */
interface Found {
  readonly place: Place
  readonly holdings: readonly Holding[]
  readonly bounds: OutputBounds
}

/** Whether a call that ended and was not read yet counts in what is exceeded. */
function isUnread({ holding: { balance } }: Excess): boolean {
  return balance.unread > 0
}
