// All violated limits of one run as findings, kept up to date while the run grows. Reads no files and no store.

import { budgetRule, type Measured, type NumericLimit } from '../../model/budget'
import type { LooksLike, Violation } from '../../model/escalation'
import type { Finding } from '../../model/finding'
import { present } from '../../model/present'
import type { CallSite } from '../../model/span'
import type { BudgetFile } from '../file/budget-file'
import { isAllowedModel } from '../gate/allowed-models'
import { appliesTo, scopeKey } from '../measure/budgets-for'
import type { StoppedCall } from '../measure/counted-call'
import type { RunMeasure } from '../measure/run-measure'
import { type HeldLimit, heldLimits, type Over, type Stop } from './held-limit'
import { looksLike } from './looks-like'
import { type Spender, type Spending, spendingOf } from './places'
import { evidenceOf, MOST_IDS, severityOf, spanIdsOf } from './violation-evidence'
import { unknownText, violationText } from './violation-text'

export interface BudgetFindingsInput {
  readonly runId: string
  readonly measure: RunMeasure
  readonly hashOf: (text: string) => string
  /** What runs before this one measured, to know what was typical; asked once a violated limit. */
  readonly earlier?: () => readonly Measured[]
  /** The local calendar day of a moment as it stands, everything in the data folder included. */
  readonly dayAt?: (moment: number) => Measured | undefined
  /** Told of each violation with `onExceed: escalate` as often as findings are asked for. */
  readonly violated?: (violation: Violation) => void
}

/** A budget file and where it stands, relative to the run's root where inside it. */
export interface HeldFile {
  readonly path: string
  readonly file: Pick<BudgetFile, 'budgets'>
}

/** Of a violation, reckoned again only when it has grown by so much: a long run would be gone through for each of its calls. */
const GROWN_BY = 1.1

/** What was found out about a violation the last time. */
interface Known {
  readonly size: number
  readonly isOver: boolean
  readonly spending: Spending
  readonly looksLike: LooksLike | undefined
}

export class BudgetFindings {
  #file: HeldFile['file'] | undefined
  #path = ''
  #limits: HeldLimit[] = []
  readonly #known = new Map<string, Known>()
  readonly #seenStops = new Set<string>()
  #earlier: readonly Measured[] | undefined

  constructor(readonly input: BudgetFindingsInput) {}

  /** Throws nothing that reading a well-formed file could cause. */
  findings({ path, file }: HeldFile): Finding[] {
    const { measure, dayAt } = this.input
    const isNew = file !== this.#file || path !== this.#path
    if (isNew) this.#holdTo(file, path)
    const changed = measure.takeChanged()
    for (const id of measure.takeRemoved()) for (const held of this.#limits) held.drop(id)
    for (const measured of isNew ? measure.all() : changed) this.#hold(measured)
    const hasDay = this.#limits.some(({ budget }) => budget.scope.kind === 'day')
    const day = hasDay ? dayAt?.(measure.whole().endedAt) : undefined
    if (day) this.#hold(day)
    this.#holdStops(isNew)
    return this.#limits.flatMap((held) => this.#finding(held, path) ?? [])
  }

  /** Limits that stand as they stood keep what they found. */
  #holdTo(file: HeldFile['file'], path: string): void {
    const before = new Map(this.#limits.map((held) => [held.key, held]))
    this.#file = file
    this.#path = path
    this.#limits = file.budgets.flatMap(heldLimits)
    for (const held of this.#limits) {
      const same = before.get(held.key)
      if (same) held.goOnFrom(same)
    }
    this.#known.clear()
    this.#seenStops.clear()
  }

  #hold(measured: Measured): void {
    for (const held of this.#limits) {
      if (!held.holdsFor(measured)) {
        // What is called otherwise by now is none of it any more.
        if (held.budget.scope.kind === measured.kind) held.drop(measured.id)
        continue
      }
      held.hold(measured)
      if (held.limit === 'models') this.#holdModels(held, measured)
    }
  }

  #holdModels(held: HeldLimit, measured: Measured): void {
    const { allowed } = held
    if (typeof allowed === 'number') return
    for (const { provider, request, response, callId } of this.input.measure.modelsIn(measured)) {
      // The gate knows only what is asked for; a router may answer with what is behind that name.
      const isAllowed = [request, response].some((model) => isAllowedModel(allowed, provider, model))
      const model = `${provider}/${request}`
      if (!isAllowed && !held.wrongModels.has(model)) held.wrongModels.set(model, { model, callId })
    }
  }

  #holdStops(isNew: boolean): void {
    const { stops } = this.input.measure
    if (stops.size === this.#seenStops.size && !isNew) return
    for (const [spanId, stop] of stops) {
      if (this.#seenStops.has(spanId)) continue
      this.#seenStops.add(spanId)
      const held = this.#stoppedBy(spanId, stop)
      const call = this.input.measure.span(spanId)?.modelCall
      const model = call && `${call.provider}/${call.requestModel}`
      held?.limit.stop({ ...stop, spanId, ...present({ model }) }, held.measured)
    }
  }

  /** The limit whose line the message of the gate names, else the innermost of that name. */
  #stoppedBy(
    spanId: string,
    { rule, message }: StoppedCall,
  ): { readonly limit: HeldLimit; readonly measured: Measured | undefined } | undefined {
    const limits = this.#limits.filter(({ limit }) => budgetRule(limit) === rule)
    const around = this.input.measure.around(spanId)
    const holding = limits.map((limit) => ({ limit, measured: around.find((each) => limit.holdsFor(each)) }))
    const line = Number(/:(\d+)\)/.exec(message)?.[1])
    const named = holding.filter(({ limit }) => limit.position.line === line)
    return (
      named.find(({ measured }) => measured !== undefined) ??
      named[0] ??
      holding.findLast(({ measured }) => measured !== undefined) ??
      holding[0]
    )
  }

  #finding(held: HeldLimit, path: string): Finding | undefined {
    const overs = held.overs()
    const { stops } = held
    if (overs.length === 0 && stops.length === 0 && held.wrongModels.size === 0)
      return this.#indeterminate(held, path)
    const { spending, looksLike: like } = this.#knownOf(held, overs)
    const message = violationText({ held, overs, stops, spending, looksLike: like })
    this.#escalate(held, overs, path, like)
    // What was refused before anything was spent stands where it was asked for.
    const place = spending.place ?? this.#placeOf(stops)
    return {
      ...this.#head(held, path),
      severity: severityOf(held, overs, stops),
      message,
      spanIds: spanIdsOf(held, spending, stops),
      ...(place ? { location: { file: place.file, line: place.line, column: place.column ?? 1 } } : {}),
      evidence: evidenceOf(held, overs, stops, spending, like),
    }
  }

  #placeOf(stops: readonly Stop[]): CallSite | undefined {
    for (const { spanId } of stops) {
      const callSite = this.input.measure.span(spanId)?.callSite
      if (callSite) return callSite
    }
    return undefined
  }

  #head(held: HeldLimit, path: string) {
    const { limit, budget, position } = held
    const rule = budgetRule(limit)
    return {
      id: this.input.hashOf(`${rule}\n${scopeKey(budget.scope)}\n${path}`).slice(0, 16),
      rule,
      runId: this.input.runId,
      relatedLocations: [{ file: path, ...position, message: 'The limit is set here' }],
    }
  }

  #indeterminate(held: HeldLimit, path: string): Finding | undefined {
    const unknown = held.unknown()
    const [first] = unknown
    if (!first || held.limit === 'models') return undefined
    const { limit, budget, allowed } = held
    const unpriced = new Set(
      unknown.flatMap(({ use }) => Object.keys(use).filter((model) => (use[model]?.unpricedCalls ?? 0) > 0)),
    )
    return {
      ...this.#head(held, path),
      severity: 'info',
      message: unknownText(held, unknown.length, [...unpriced].sort()),
      spanIds: first.calls.slice(0, MOST_IDS),
      evidence: present({
        ...{ verdict: 'indeterminate', scope: budget.scope, limit, allowed },
        value: first.values[limit]?.value ?? null,
        invocations: unknown.slice(0, MOST_IDS).map(({ id }) => id),
        unpriced: unpriced.size > 0 ? [...unpriced].sort() : undefined,
      }),
    }
  }

  #knownOf(held: HeldLimit, overs: readonly Over[]): Known {
    const spenders = this.#idsOf(held, overs)
    const size = spenders.size() + held.count + held.overCount
    const isOver = this.input.measure.run.endedAt !== undefined
    const known = this.#known.get(held.key)
    if (known && known.isOver === isOver && size < known.size * GROWN_BY) return known
    const fresh = {
      ...{ size, isOver },
      spending: spendingOf(held.limit, spenders.calls()),
      looksLike: this.#looksLike(held, overs),
    }
    this.#known.set(held.key, fresh)
    return fresh
  }

  /** The calls that a violation is made of. */
  #idsOf(held: HeldLimit, overs: readonly Over[]) {
    const measured = overs.length > 0 ? overs.map((over) => over.measured) : held.stopped
    const isDay = held.budget.scope.kind === 'day'
    const lists = (isDay ? [this.input.measure.whole()] : measured).map(({ calls }) => calls)
    const wrong = [...held.wrongModels.values()].map(({ callId }) => callId)
    return {
      size: () => lists.reduce((sum, calls) => sum + calls.length, wrong.length),
      // An invocation is there once for each of its calls that was refused.
      calls: () => [...new Set([...wrong, ...lists.flat()])].flatMap((id) => this.#spender(id) ?? []),
    }
  }

  #spender(id: string): Spender | undefined {
    const { measure } = this.input
    const call = measure.call(id)
    return call && { call, callSite: measure.span(id)?.callSite }
  }

  #looksLike(held: HeldLimit, overs: readonly Over[]): LooksLike | undefined {
    const { limit, allowed, budget } = held
    const [worst] = overs
    if (!worst || limit === 'models' || typeof allowed !== 'number' || budget.scope.kind === 'day')
      return undefined
    this.#earlier ??= this.input.earlier?.() ?? []
    const before = this.#earlier.flatMap((measured) => sampleOf(measured, limit, held) ?? [])
    const baseline = budget.baseline?.values[limit]?.p50
    return looksLike({
      ...{ limit, allowed, samples: [...before, ...held.samples], worst: worst.measured.id },
      ...present({ baseline }),
    })
  }

  #escalate(held: HeldLimit, overs: readonly Over[], path: string, like: LooksLike | undefined): void {
    const { budget, limit, allowed, position } = held
    const { violated, runId } = this.input
    if (!violated || budget.onExceed !== 'escalate' || budget.escalation === undefined) return
    // Where a call was refused, the gate has told it.
    const isToldByGate = new Set(held.stopped.map(({ id }) => id))
    // The worst are told of again: somebody may have said by now who is to hear of them.
    for (const { measured, held: value, isGuessed } of new Set([...overs, ...held.takeNew()])) {
      if (isGuessed || value.value === null || isToldByGate.has(measured.id)) continue
      violated({
        ...{
          escalation: budget.escalation,
          scope: budget.scope,
          instance: measured.id,
          runId,
          limit,
          allowed,
        },
        ...{ value: value.value, file: path, line: position.line, at: measured.endedAt },
        ...(value.atLeast ? { atLeast: true } : {}),
        ...present({ agent: measured.agent, agentVersion: measured.agentVersion }),
        ...present({ intent: measured.intent, step: measured.step, looksLike: like }),
      })
    }
  }
}

function sampleOf(measured: Measured, limit: NumericLimit, { budget }: HeldLimit) {
  const value = measured.values[limit]?.value ?? null
  if (value === null || !appliesTo(budget, measured)) return undefined
  const { id, startedAt, tenant, session, values } = measured
  return {
    id,
    startedAt,
    value,
    input: values.inputTokensPerCall?.value ?? 0,
    ...present({ tenant, session }),
  }
}
