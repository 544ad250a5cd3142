// Where the spans of a run count: each call once in its invocation, its step, its workflows and its run, wherever it moves.

import type { MeasuredKind } from '../../model/budget'
import type { Conversation } from './conversation'
import type { MeasurableSpan } from './counted-call'
import {
  addTo,
  type CountedSpan,
  empty,
  hasOwnTalk,
  larger,
  newScope,
  type Scope,
  SILENCE,
  type Talk,
  talkOf,
} from './scope'
import { SpanTree } from './span-tree'

const SCOPES_OF_KIND: Partial<Record<MeasurableSpan['kind'], readonly Scope['kind'][]>> = {
  agent: ['agent', 'workflow'],
  step: ['step'],
}

/** Sums are kept up to date call by call; only where something leaves a scope is that one summed anew. */
export class RunScopes {
  readonly tree = new SpanTree<CountedSpan>()
  /** Of each agent and step. */
  readonly #scopes = new Map<string, readonly Scope[]>()
  #changed = new Set<Scope>()
  #removed = new Set<string>()
  readonly whole: Scope

  constructor(readonly runId: string) {
    this.whole = newScope('run', runId)
    this.#changed.add(this.whole)
  }

  get(kind: MeasuredKind, id: string): Scope | undefined {
    return kind === 'run' ? this.whole : this.#scopes.get(id)?.find((scope) => scope.kind === kind)
  }

  get all(): Scope[] {
    return [this.whole, ...[...this.#scopes.values()].flat()]
  }

  /** Those of which something is another now than when this was last asked. */
  takeChanged(): Scope[] {
    const changed = this.#changed
    this.#changed = new Set()
    return [...changed]
  }

  /** Ids of spans that had scopes and were taken away since this was last asked. */
  takeRemoved(): Iterable<string> {
    const removed = this.#removed
    this.#removed = new Set()
    return removed
  }

  changeAll(): void {
    for (const scope of this.all) this.#changed.add(scope)
  }

  changeWhole(): void {
    this.#mark(this.whole)
  }

  /** Takes a span as it stands now, new or not. */
  put(node: CountedSpan): void {
    const { id } = node.span
    const before = this.tree.get(id)
    if (before && !isCountedAlike(before, node)) this.#leave(id)
    if (before && isPlacedAlike(before.span, node.span)) this.#update(before, node)
    else this.#place(node)
  }

  #update(before: CountedSpan, node: CountedSpan): void {
    const { id } = node.span
    this.tree.set(node)
    if (!isContainer(node.span)) return
    // What hangs below is called after it.
    for (const each of isNamedAlike(before.span, node.span) ? [id] : this.tree.below(id)) this.#markOwn(each)
  }

  /** Puts a span where it belongs now, with all that hangs under it, also what came before it. */
  #place(node: CountedSpan): void {
    const { id, kind } = node.span
    this.#recount(this.tree.below(id), () => {
      this.tree.set(node)
      this.#makeScopes(id, SCOPES_OF_KIND[kind] ?? [])
    })
  }

  remove(id: string): void {
    if (!this.tree.get(id)) return
    this.#leave(id)
    this.tree.delete(id)
    this.#dropScopes(id)
  }

  /** Has the scopes that a span counts in summed anew. */
  #leave(id: string): void {
    for (const scope of this.scopesOf(id)) this.#goStale(scope)
  }

  #goStale(scope: Scope): void {
    scope.isStale = true
    this.#mark(scope)
    if (scope.kind === 'agent') for (const around of this.scopesOf(scope.id)) around.isTalkStale = true
  }

  /** Counts a part of the tree where it belongs after a change; where it belonged before and no more is summed anew. */
  #recount(ids: readonly string[], change: () => void): void {
    const known = ids.filter((id) => this.tree.get(id))
    const before = new Map(known.map((id) => [id, this.scopesOf(id)]))
    change()
    for (const id of ids) {
      const node = this.tree.get(id)
      if (!node) continue
      if (isContainer(node.span)) this.#markOwn(id)
      const was = before.get(id) ?? []
      const now = this.scopesOf(id)
      for (const scope of now) if (!was.includes(scope)) this.#count(node, scope)
      if (node.call || node.tool) this.#hear(now)
      for (const scope of was.filter((each) => !now.includes(each))) this.#goStale(scope)
    }
  }

  #count(node: CountedSpan, scope: Scope): void {
    this.#mark(scope)
    if (!scope.isStale) addTo(scope, node)
  }

  /** What was said in an invocation is known to all that is around it. */
  #hear(scopes: readonly Scope[]): void {
    const own = scopes.find(({ kind }) => kind === 'agent')
    if (!own) return
    const talk = talkOf(own.conversation)
    const isLess = own.isStale || larger(talk, own.talk) !== talk
    own.talk = talk
    for (const scope of scopes) {
      if (hasOwnTalk(scope)) continue
      if (isLess) scope.isTalkStale = true
      else scope.talk = larger(scope.talk, talk)
    }
  }

  #makeScopes(id: string, kinds: readonly Scope['kind'][]): void {
    const known = this.#scopes.get(id) ?? []
    if (known.length === kinds.length && known.every(({ kind }) => kinds.includes(kind))) return
    this.#dropScopes(id)
    this.#scopes.set(
      id,
      kinds.map((kind) => newScope(kind, id)),
    )
    this.#markOwn(id)
  }

  #dropScopes(id: string): void {
    const known = this.#scopes.get(id)
    if (!known) return
    for (const scope of known) this.#changed.delete(scope)
    this.#scopes.delete(id)
    this.#removed.add(id)
  }

  #mark(scope: Scope): void {
    this.#changed.add(scope)
    // Agents further down count to an invocation's own limit of them.
    if (scope.kind === 'workflow') this.#markOwn(scope.id)
  }

  #markOwn(id: string): void {
    for (const scope of this.#scopes.get(id) ?? []) this.#changed.add(scope)
  }

  /**
   * Where a span counts: in the steps around it up to its agent, in that invocation, in the workflow of each agent above it, in
   * the run. An agent counts as an agent in all that is above it, and in its own.
   */
  scopesOf(id: string): Scope[] {
    const scopes: Scope[] = []
    let isOwn = true
    for (const { id: at, kind } of this.tree.upFrom(id)) {
      for (const scope of this.#scopes.get(at) ?? [])
        if (isOwn || scope.kind === 'workflow') scopes.push(scope)
      if (kind === 'agent') isOwn = false
    }
    scopes.push(this.whole)
    return scopes
  }

  /** The scope with its sums as they are now. */
  fresh(scope: Scope): Scope {
    if (scope.isStale) this.#sumAnew(scope)
    return scope
  }

  /** A specialist's conversation is its own: the largest of those in the scope counts. */
  talkOf(scope: Scope): Talk {
    if (hasOwnTalk(scope)) return talkOf(scope.conversation)
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
    const scope = this.get('agent', agentId)
    return scope && this.fresh(scope).conversation
  }

  /** Agents under an invocation count to its limit of agents, as they do in its workflow. */
  agentsIn(scope: Scope): number {
    if (scope.kind !== 'agent') return scope.agents.size
    const workflow = this.get('workflow', scope.id)
    return workflow ? this.fresh(workflow).agents.size : 1
  }

  #sumAnew(scope: Scope): void {
    empty(scope)
    const ids = scope.kind === 'run' ? this.tree.ids : this.tree.below(scope.id)
    for (const id of ids) {
      const node = this.tree.get(id)
      if (node && this.scopesOf(id).includes(scope)) addTo(scope, node)
    }
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

function isCountedAlike(before: CountedSpan, after: CountedSpan): boolean {
  return isSame(before.call, after.call) && isSame(before.tool, after.tool)
}

function isSame(before: object | undefined, after: object | undefined): boolean {
  return before === after || JSON.stringify(before) === JSON.stringify(after)
}
