// A run measured while it grows: each call counts in its invocation, its step, its workflows and its run, once, wherever it moves.

import type { Measured, MeasuredKind, MeasuredValue, NumericLimit } from '../../model/budget'
import { present } from '../../model/present'
import { Conversation } from './conversation'
import {
  type CountedCall,
  type CountedTool,
  countedCall,
  countedTool,
  type MeasurableSpan,
  type StoppedCall,
  stoppedCall,
} from './counted-call'
import { type CalledModel, ScopeSums } from './scope-sums'
import { SpanTree } from './span-tree'

/** What is measured of a run as a whole. */
export interface MeasuredRun {
  readonly id: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly endedAt?: number
}

interface Node {
  readonly span: MeasurableSpan
  readonly call: CountedCall | undefined
  readonly tool: CountedTool | undefined
}

interface Talk {
  readonly toolCalls: number
  readonly growth: number
  readonly isLowerBound: boolean
}

/** One thing that limits may hold for: a run, an invocation, a step, or an invocation with everything under it. */
interface Scope {
  readonly kind: Exclude<MeasuredKind, 'day'>
  readonly id: string
  sums: ScopeSums
  conversation: Conversation
  /** Agent spans in it. */
  agents: Set<string>
  /** The largest of its conversations: its own, or those of the agents in it. */
  talk: Talk
  /** One of the agents in it said less than before, so that the largest is to be looked for. */
  isTalkStale: boolean
  /** Something left it or changed: it is summed anew when somebody asks. */
  isStale: boolean
}

const SCOPES_OF_KIND: Partial<Record<MeasurableSpan['kind'], readonly Scope['kind'][]>> = {
  agent: ['agent', 'workflow'],
  step: ['step'],
}

export class RunMeasure {
  readonly #tree = new SpanTree<Node>()
  readonly #scopes = new Map<string, Scope>()
  #changed = new Set<string>()
  #endedAt: number
  readonly #whole: Scope
  /** Calls that a budget refused, or whose reply it ended. */
  readonly stops = new Map<string, StoppedCall>()

  constructor(public run: MeasuredRun) {
    this.#endedAt = run.startedAt
    this.#whole = this.#makeScope('run', run.id)
  }

  /** Takes spans as they stand now, parents before their children where they are new; `isGone` takes one away. */
  put(span: MeasurableSpan & { readonly isGone?: true }): void {
    if (span.isGone) this.#remove(span.id)
    else if (span.kind === 'run' || span.id === this.run.id) this.#cover(span)
    else this.#putSpan(span)
  }

  #putSpan(span: MeasurableSpan): void {
    const before = this.#tree.get(span.id)
    const whole = before ? saidAgain(before.span, span) : span
    this.#cover(whole)
    const stop = stoppedCall(whole)
    if (stop) this.stops.set(whole.id, stop)
    const node = { span: whole, call: countedCall(whole), tool: countedTool(whole) }
    if (before && !isCountedAlike(before, node)) this.#leave(span.id)
    if (before && isPlacedAlike(before.span, whole)) this.#update(before, node)
    else this.#place(node)
  }

  /** All that is measured: the run, then invocations, steps and workflows in the order in which they were first seen. */
  all(): Measured[] {
    return [...this.#scopes.values()].flatMap((scope) => this.#measured(scope) ?? [])
  }

  /** What changed since it was last asked for. */
  takeChanged(): Measured[] {
    const changed = this.#changed
    this.#changed = new Set()
    return [...changed].flatMap((key) => {
      const scope = this.#scopes.get(key)
      return scope ? (this.#measured(scope) ?? []) : []
    })
  }

  /** Nothing comes any more, or does again: then `undefined`. */
  end(endedAt: number | undefined): void {
    if (this.run.endedAt === endedAt) return
    this.run = { id: this.run.id, startedAt: this.run.startedAt, ...present({ endedAt }) }
    for (const key of this.#scopes.keys()) this.#changed.add(key)
  }

  /** The run. */
  whole(): Measured {
    return this.#measuredRun(this.#whole)
  }

  span(id: string): MeasurableSpan | undefined {
    return this.#tree.get(id)?.span
  }

  call(id: string): CountedCall | undefined {
    return this.#tree.get(id)?.call
  }

  /** What a span counts in, from the inside out. */
  around(id: string): Measured[] {
    return this.#scopesOf(id).flatMap((scope) => this.#measured(scope) ?? [])
  }

  /** The models that were called in what was measured. */
  modelsIn({ kind, id }: Pick<Measured, 'kind' | 'id'>): Iterable<CalledModel> {
    return this.#scopes.get(keyOf(kind, id))?.sums.models.values() ?? []
  }

  #update(before: Node, node: Node): void {
    const { id } = node.span
    this.#tree.set(node)
    if (!isContainer(node.span)) return
    // What hangs below is called after it.
    for (const each of isNamedAlike(before.span, node.span) ? [id] : this.#tree.below(id)) this.#markOwn(each)
  }

  /** Puts a span where it belongs now, with all that hangs under it, also what came before it. */
  #place(node: Node): void {
    const { id, kind } = node.span
    this.#recount(this.#tree.below(id), () => {
      this.#tree.set(node)
      for (const made of SCOPES_OF_KIND[kind] ?? []) this.#makeScope(made, id)
    })
  }

  #remove(id: string): void {
    if (!this.#tree.get(id)) return
    this.#leave(id)
    this.#tree.delete(id)
    this.stops.delete(id)
    for (const kind of ['agent', 'workflow', 'step'] as const) this.#scopes.delete(keyOf(kind, id))
  }

  /** Has the scopes that a span counts in summed anew. */
  #leave(id: string): void {
    for (const scope of this.#scopesOf(id)) this.#goStale(scope)
  }

  #goStale(scope: Scope): void {
    scope.isStale = true
    this.#mark(scope)
    if (scope.kind === 'agent') for (const around of this.#scopesOf(scope.id)) around.isTalkStale = true
  }

  /** Counts a part of the tree where it belongs after a change; where it belonged before and no more is summed anew. */
  #recount(ids: readonly string[], change: () => void): void {
    const known = ids.filter((id) => this.#tree.get(id))
    const before = new Map(known.map((id) => [id, this.#scopesOf(id)]))
    change()
    for (const id of ids) {
      const node = this.#tree.get(id)
      if (!node) continue
      if (isContainer(node.span)) this.#markOwn(id)
      const was = before.get(id) ?? []
      const now = this.#scopesOf(id)
      this.#count(
        node,
        now.filter((scope) => !was.includes(scope)),
      )
      for (const scope of was.filter((each) => !now.includes(each))) this.#goStale(scope)
    }
  }

  #count(node: Node, scopes: readonly Scope[]): void {
    const { id, kind } = node.span
    for (const scope of scopes) {
      this.#mark(scope)
      if (scope.isStale) continue
      add(scope, node)
      if (kind === 'agent') scope.agents.add(id)
    }
    if (node.call || node.tool) this.#hear(this.#scopesOf(id))
  }

  /** What was said in an invocation is known to all that is around it. */
  #hear(scopes: readonly Scope[]): void {
    const own = scopes.find(({ kind }) => kind === 'agent')
    if (!own) return
    const talk = talkOf(own.conversation)
    const isLess = own.isStale || larger(talk, own.talk) !== talk
    own.talk = talk
    for (const scope of scopes) {
      if (isOne(scope)) continue
      if (isLess) scope.isTalkStale = true
      else scope.talk = larger(scope.talk, talk)
    }
  }

  #makeScope(kind: Scope['kind'], id: string): Scope {
    const key = keyOf(kind, id)
    const known = this.#scopes.get(key)
    if (known) return known
    const scope = newScope(kind, id)
    this.#scopes.set(key, scope)
    this.#changed.add(key)
    return scope
  }

  #mark({ kind, id }: Scope): void {
    this.#changed.add(keyOf(kind, id))
    // Agents further down count to an invocation's own limit of them.
    if (kind === 'workflow') this.#changed.add(keyOf('agent', id))
  }

  #markOwn(id: string): void {
    for (const kind of ['agent', 'workflow', 'step'] as const)
      if (this.#scopes.has(keyOf(kind, id))) this.#changed.add(keyOf(kind, id))
  }

  /**
   * Where a span counts: in the steps around it up to its agent, in that invocation, in the workflow of each agent above it, in
   * the run. An agent counts as an agent in all that is above it, and in its own.
   */
  #scopesOf(id: string): Scope[] {
    const scopes: (Scope | undefined)[] = []
    let isOwn = true
    for (const { id: at, kind } of this.#tree.upFrom(id)) {
      if (kind === 'step' && isOwn) scopes.push(this.#scopes.get(keyOf('step', at)))
      if (kind !== 'agent') continue
      if (isOwn) scopes.push(this.#scopes.get(keyOf('agent', at)))
      scopes.push(this.#scopes.get(keyOf('workflow', at)))
      isOwn = false
    }
    scopes.push(this.#scopes.get(keyOf('run', this.run.id)))
    return scopes.filter((scope) => scope !== undefined)
  }

  #cover({ endedAt }: MeasurableSpan): void {
    if (endedAt > this.#endedAt) this.#endedAt = endedAt
    this.#changed.add(keyOf('run', this.run.id))
  }

  #measured(scope: Scope): Measured | undefined {
    if (scope.isStale) this.#sumAnew(scope)
    if (scope.kind === 'run') return this.#measuredRun(scope)
    const span = this.#tree.get(scope.id)?.span
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
      ...{ use: scope.sums.use, calls: scope.sums.calls },
    }
  }

  #measuredRun(scope: Scope): Measured {
    if (scope.isStale) this.#sumAnew(scope)
    const { id, startedAt } = this.run
    const endedAt = this.run.endedAt ?? this.#endedAt
    const values = this.#valuesOf(scope, endedAt - startedAt)
    return {
      ...{ kind: 'run' as const, runId: id, id, startedAt, endedAt },
      isOver: this.run.endedAt !== undefined,
      values: { ...values, ...present({ costUsdPerRun: values.costUsd }) },
      ...{ use: scope.sums.use, calls: scope.sums.calls },
    }
  }

  #valuesOf(scope: Scope, durationMs: number): Partial<Record<NumericLimit, MeasuredValue>> {
    const { toolCalls, growth, isLowerBound } = this.#talkOf(scope)
    return {
      ...scope.sums.values(),
      toolCalls: { value: toolCalls },
      contextGrowthPerStep: isLowerBound ? { value: growth, atLeast: true } : { value: growth },
      agents: { value: this.#agentsIn(scope) },
      durationMs: { value: Math.max(0, durationMs) },
    }
  }

  /** A specialist's conversation is its own: the largest of those in the scope counts. */
  #talkOf(scope: Scope): Talk {
    if (isOne(scope)) return talkOf(scope.conversation)
    if (!scope.isTalkStale) return scope.talk
    scope.talk = SILENCE
    for (const id of scope.agents) {
      const conversation = this.#conversationOf(id)
      if (conversation) scope.talk = larger(scope.talk, talkOf(conversation))
    }
    scope.isTalkStale = false
    return scope.talk
  }

  #conversationOf(agentId: string): Conversation | undefined {
    const scope = this.#scopes.get(keyOf('agent', agentId))
    if (scope?.isStale) this.#sumAnew(scope)
    return scope?.conversation
  }

  /** Agents under an invocation count to its limit of agents, as they do in its workflow. */
  #agentsIn(scope: Scope): number {
    if (scope.kind !== 'agent') return scope.agents.size
    const workflow = this.#scopes.get(keyOf('workflow', scope.id))
    if (workflow?.isStale) this.#sumAnew(workflow)
    return workflow?.agents.size ?? 1
  }

  #sumAnew(scope: Scope): void {
    scope.sums = new ScopeSums()
    scope.conversation = new Conversation()
    scope.agents = new Set()
    scope.isStale = false
    scope.isTalkStale = true
    const ids = scope.kind === 'run' ? this.#tree.ids : this.#tree.below(scope.id)
    for (const id of ids) {
      const node = this.#tree.get(id)
      if (!node || !this.#scopesOf(id).includes(scope)) continue
      add(scope, node)
      if (node.span.kind === 'agent') scope.agents.add(id)
    }
  }

  #agentAround({ id }: MeasurableSpan): MeasurableSpan | undefined {
    return this.#tree.upFrom(id).find(({ kind }) => kind === 'agent')
  }

  /** An agent that an agent of its name started belongs to that one's workflow. */
  #isWithinItsLike({ id, name }: MeasurableSpan): boolean {
    return this.#tree
      .upFrom(id)
      .slice(1)
      .some((above) => above.kind === 'agent' && above.name === name)
  }
}

function keyOf(kind: MeasuredKind, id: string): string {
  return `${kind} ${id}`
}

function newScope(kind: Scope['kind'], id: string): Scope {
  return {
    ...{ kind, id, isStale: false, agents: new Set<string>(), talk: SILENCE, isTalkStale: false },
    ...{ sums: new ScopeSums(), conversation: new Conversation() },
  }
}

const SILENCE: Talk = { toolCalls: 0, growth: 0, isLowerBound: false }

function isOne({ kind }: Scope): boolean {
  return kind === 'agent' || kind === 'step'
}

function talkOf({ toolCalls, growth }: Conversation): Talk {
  return { toolCalls, growth: growth.tokens, isLowerBound: growth.isLowerBound }
}

/** The first where it is the larger one in everything. */
function larger(left: Talk, right: Talk): Talk {
  const isLarger =
    left.toolCalls >= right.toolCalls &&
    left.growth >= right.growth &&
    (left.isLowerBound || !right.isLowerBound)
  if (isLarger) return left
  return {
    toolCalls: Math.max(left.toolCalls, right.toolCalls),
    growth: Math.max(left.growth, right.growth),
    isLowerBound: left.isLowerBound || right.isLowerBound,
  }
}

function add(scope: Scope, { call, tool }: Node): void {
  if (call) {
    scope.sums.add(call)
    scope.conversation.addCall(call)
  }
  if (tool) {
    scope.sums.addTool(tool)
    scope.conversation.addTool(tool)
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

function isPlacedAlike(before: MeasurableSpan, after: MeasurableSpan): boolean {
  return before.parentId === after.parentId && (before.kind === after.kind || !isContainer(before, after))
}

function isContainer(...spans: readonly MeasurableSpan[]): boolean {
  return spans.some(({ kind }) => kind === 'agent' || kind === 'step')
}

function isNamedAlike(before: MeasurableSpan, after: MeasurableSpan): boolean {
  return (
    before.name === after.name &&
    before.agent === after.agent &&
    before.agentVersion === after.agentVersion &&
    before.intent === after.intent
  )
}

function isCountedAlike(before: Node, after: Node): boolean {
  return isSame(before.call, after.call) && isSame(before.tool, after.tool)
}

function isSame(before: object | undefined, after: object | undefined): boolean {
  return before === after || JSON.stringify(before) === JSON.stringify(after)
}
