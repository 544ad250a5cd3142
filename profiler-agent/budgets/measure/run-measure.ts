// A run measured while it grows: what its scopes come to, as everyone holds it against limits.

import type { Measured, MeasuredValue, NumericLimit } from '../../model/budget'
import { present } from '../../model/present'
import {
  type CountedCall,
  countedCall,
  countedTool,
  type MeasurableSpan,
  type StoppedCall,
  stoppedCall,
} from './counted-call'
import { RunScopes } from './run-scopes'
import type { Scope } from './scope'
import type { CalledModel } from './scope-sums'

/** What is measured of a run as a whole. */
export interface MeasuredRun {
  readonly id: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly endedAt?: number
}

export class RunMeasure {
  readonly #scopes: RunScopes
  #endedAt: number
  /** Calls that a budget refused, or whose reply it ended. */
  readonly stops = new Map<string, StoppedCall>()

  constructor(public run: MeasuredRun) {
    this.#endedAt = run.startedAt
    this.#scopes = new RunScopes(run.id)
  }

  /** Takes spans as they stand now, parents before their children where they are new; `isGone` takes one away. */
  put(span: MeasurableSpan & { readonly isGone?: true }): void {
    if (span.isGone) {
      this.#scopes.remove(span.id)
      this.stops.delete(span.id)
    } else if (span.kind === 'run' || span.id === this.run.id) this.#cover(span)
    else this.#putSpan(span)
  }

  #putSpan(span: MeasurableSpan): void {
    const before = this.#scopes.tree.get(span.id)
    const whole = before ? saidAgain(before.span, span) : span
    this.#cover(whole)
    const stop = stoppedCall(whole)
    if (stop) this.stops.set(whole.id, stop)
    this.#scopes.put({ span: whole, call: countedCall(whole), tool: countedTool(whole) })
  }

  /** All that is measured: the run, then invocations, steps and workflows in the order in which they were first seen. */
  all(): Measured[] {
    return this.#scopes.all.flatMap((scope) => this.#measured(scope) ?? [])
  }

  /** What changed since it was last asked for. */
  takeChanged(): Measured[] {
    return this.#scopes.takeChanged().flatMap((scope) => this.#measured(scope) ?? [])
  }

  /** Ids of what was measured and is not there any more, since this was last asked for. */
  takeRemoved(): Iterable<string> {
    return this.#scopes.takeRemoved()
  }

  /** Nothing comes any more, or does again: then `undefined`. */
  end(endedAt: number | undefined): void {
    if (this.run.endedAt === endedAt) return
    this.run = { id: this.run.id, startedAt: this.run.startedAt, ...present({ endedAt }) }
    this.#scopes.changeAll()
  }

  /** The run. */
  whole(): Measured {
    return this.#measuredRun(this.#scopes.whole)
  }

  span(id: string): MeasurableSpan | undefined {
    return this.#scopes.tree.get(id)?.span
  }

  call(id: string): CountedCall | undefined {
    return this.#scopes.tree.get(id)?.call
  }

  /** What a span counts in, from the inside out. */
  around(id: string): Measured[] {
    return this.#scopes.scopesOf(id).flatMap((scope) => this.#measured(scope) ?? [])
  }

  /** The models that were called in what was measured. */
  modelsIn({ kind, id }: Pick<Measured, 'kind' | 'id'>): Iterable<CalledModel> {
    return this.#scopes.get(kind, id)?.sums.models.values() ?? []
  }

  #cover({ endedAt }: MeasurableSpan): void {
    if (endedAt > this.#endedAt) this.#endedAt = endedAt
    this.#scopes.changeWhole()
  }

  #measured(scope: Scope): Measured | undefined {
    if (scope.kind === 'run') return this.#measuredRun(scope)
    const { sums } = this.#scopes.fresh(scope)
    const span = this.#scopes.tree.get(scope.id)?.span
    if (!span || (scope.kind === 'workflow' && this.#isWithinItsLike(span))) return undefined
    const agent = scope.kind === 'step' ? this.#agentAround(span) : span
    return {
      ...{ kind: scope.kind, runId: this.run.id, id: scope.id },
      ...present({
        agent: agent ? (agent.agent ?? agent.name) : span.agent,
        agentVersion: span.agentVersion ?? agent?.agentVersion,
        intent: span.intent ?? agent?.intent,
        step: scope.kind === 'step' ? span.name : undefined,
        tenant: span.tenant ?? agent?.tenant,
        session: span.session ?? agent?.session,
      }),
      ...{ startedAt: span.startedAt, endedAt: span.endedAt, isOver: this.run.endedAt !== undefined },
      values: this.#valuesOf(scope, span.endedAt - span.startedAt),
      ...{ use: sums.use, calls: sums.calls },
    }
  }

  #measuredRun(scope: Scope): Measured {
    const { sums } = this.#scopes.fresh(scope)
    const { id, startedAt } = this.run
    const endedAt = this.run.endedAt ?? this.#endedAt
    const values = this.#valuesOf(scope, endedAt - startedAt)
    return {
      ...{ kind: 'run' as const, runId: id, id, startedAt, endedAt },
      isOver: this.run.endedAt !== undefined,
      values: { ...values, ...present({ costUsdPerRun: values.costUsd }) },
      ...{ use: sums.use, calls: sums.calls },
    }
  }

  #valuesOf(scope: Scope, durationMs: number): Partial<Record<NumericLimit, MeasuredValue>> {
    const { toolCalls, growth, isLowerBound } = this.#scopes.talkOf(scope)
    return {
      ...scope.sums.values(),
      toolCalls: { value: toolCalls },
      contextGrowthPerStep: isLowerBound ? { value: growth, atLeast: true } : { value: growth },
      agents: { value: this.#scopes.agentsIn(scope) },
      durationMs: { value: Math.max(0, durationMs) },
    }
  }

  #agentAround({ id }: MeasurableSpan): MeasurableSpan | undefined {
    return this.#scopes.tree.upFrom(id).find(({ kind }) => kind === 'agent')
  }

  /** An agent that an agent of its name started belongs to that one's workflow. */
  #isWithinItsLike({ id, name }: MeasurableSpan): boolean {
    return this.#scopes.tree
      .upFrom(id)
      .slice(1)
      .some((above) => above.kind === 'agent' && above.name === name)
  }
}

/** As the store keeps a span that is written again: what it does not say stays, but where it hangs is said whole each time. */
function saidAgain(before: MeasurableSpan, after: MeasurableSpan): MeasurableSpan {
  const { parentId: _, agent: __, step: ___, ...kept } = before
  return {
    ...kept,
    ...present(after),
    attributes: { ...before.attributes, ...after.attributes },
    startedAt: Math.min(before.startedAt, after.startedAt),
    endedAt: Math.max(before.endedAt, after.endedAt),
  }
}
