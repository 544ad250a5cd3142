// The spans of a run as a tree that may still change: what hangs where, who lasts how long, and which spans are to be written anew.

import { present } from '../model/present'
import { RecentMap } from '../model/recent-map'
import type { CallRecord, SpanRecord } from '../model/record'
import { SharedValues } from '../model/shared-values'
import type { ParentBasis } from '../model/span'
import { Children } from './children'

/** Beyond so many spans, those that nobody came back to for longest are known by the store alone. */
const REMEMBERED_SPANS = 20_000
/** Nobody nests deeper; what does is not followed further. */
const MOST_DEPTH = 200

type LightSpan = Omit<SpanRecord, 'call'>

export class Tree {
  readonly #spans = new RecentMap<string, LightSpan>(REMEMBERED_SPANS)
  readonly #children = new Children(REMEMBERED_SPANS)
  /** The calls of a run mostly say the same of themselves, agents and steps nothing. */
  readonly #attributes = new SharedValues<SpanRecord['attributes']>()
  #changed = new Map<string, SpanRecord>()

  constructor(
    readonly rootId: string,
    /** For spans that are forgotten here. */
    readonly isStored: (id: string) => boolean,
    /** The agent of calls that are in none. */
    readonly agentOfRun: () => string | undefined,
  ) {}

  get(id: string | undefined): LightSpan | undefined {
    return id === undefined ? undefined : this.#spans.get(id)
  }

  has(id: string): boolean {
    return this.#spans.has(id) || this.isStored(id)
  }

  childrenOf(id: string): readonly string[] {
    return this.#children.of(id)
  }

  /** A span as the store has it: nothing to write. */
  restore({ call: _, ...span }: SpanRecord): void {
    this.#set({ ...span, attributes: this.#attributes.one(span.attributes) })
  }

  /** Adds a span or says anew what it is; its times only widen, and so do those of its ancestors. */
  put(span: SpanRecord): void {
    const { call, ...light } = span
    const before = this.#spans.get(span.id)
    const startedAt = Math.min(span.startedAt, before?.startedAt ?? span.startedAt)
    const endedAt = Math.max(span.endedAt, before?.endedAt ?? span.endedAt)
    const attributes = this.#attributes.one(light.attributes)
    this.#write({ ...light, startedAt, endedAt, attributes }, call)
    this.cover(span.parentId, startedAt, endedAt)
  }

  /** Has a span and its ancestors last at least from one moment to the other. */
  cover(id: string | undefined, startedAt: number, endedAt: number): void {
    let span = this.get(id)
    for (let depth = 0; span && depth < MOST_DEPTH; depth++) {
      const isWide = startedAt >= span.startedAt && endedAt <= span.endedAt
      if (!isWide)
        this.#write({
          ...span,
          startedAt: Math.min(startedAt, span.startedAt),
          endedAt: Math.max(endedAt, span.endedAt),
        })
      span = this.get(span.parentId)
    }
  }

  /**
   * Hangs a span under another one, whose agent and step are its own from then on; does not where that would close a circle, or
   * where the other one lies so deep that nobody can tell.
   */
  move(id: string, parentId: string, parentBasis: ParentBasis): boolean {
    const span = this.get(id)
    if (!span || this.isWithin(parentId, id) || this.ancestorsOf(parentId).length >= MOST_DEPTH) return false
    this.#write({ ...span, parentId, parentBasis })
    this.cover(parentId, span.startedAt, span.endedAt)
    this.relabel(id)
    return true
  }

  /** Has a call or a tool, and what hangs under it, bear the agent and the step of its place. Agents and steps say themselves what they are. */
  relabel(id: string, depth = 0): void {
    const span = this.get(id)
    if (!span || depth > MOST_DEPTH || span.kind === 'agent' || span.kind === 'step') return
    const above = this.get(span.parentId)
    const { agent: _, step: __, ...rest } = span
    const agent = above?.agent ?? this.agentOfRun()
    const { step } = above ?? {}
    if (agent !== span.agent || step !== span.step) this.#write({ ...rest, ...present({ agent, step }) })
    for (const child of this.childrenOf(id)) this.relabel(child, depth + 1)
  }

  /** Changes what a span says of itself, not where it hangs. */
  describe(id: string, said: Partial<Omit<LightSpan, 'id' | 'parentId'>>): void {
    const span = this.get(id)
    if (span) this.#write({ ...span, ...said })
  }

  /** Takes a span out that nothing hangs under. */
  remove(id: string): void {
    const span = this.get(id)
    if (!span || this.childrenOf(id).length > 0) return
    this.#children.delete(span.parentId ?? '', id)
    this.#spans.delete(id)
    // One that was never written need not be taken away.
    if (this.#changed.delete(id) && !this.isStored(id)) return
    this.#changed.set(id, { ...span, isGone: true })
  }

  /** Whether a span is the other one or hangs somewhere below it. */
  isWithin(id: string, ancestorId: string): boolean {
    return id === ancestorId || this.ancestorsOf(id).some((span) => span.id === ancestorId)
  }

  /** From the parent up to the run, as far as they are known. */
  ancestorsOf(id: string): LightSpan[] {
    const ancestors: LightSpan[] = []
    let span = this.get(this.get(id)?.parentId)
    while (span && ancestors.length < MOST_DEPTH) {
      ancestors.push(span)
      span = this.get(span.parentId)
    }
    return ancestors
  }

  /** The nearest span of a kind, the span itself included. */
  nearest(id: string, kind: SpanRecord['kind']): LightSpan | undefined {
    const span = this.get(id)
    return span?.kind === kind ? span : this.ancestorsOf(id).find((ancestor) => ancestor.kind === kind)
  }

  /** Spans to write since the last time, parents before their children. */
  takeChanged(): SpanRecord[] {
    const changed = this.#changed
    this.#changed = new Map()
    const written: SpanRecord[] = []
    const write = (span: SpanRecord | undefined, depth: number) => {
      if (!span || !changed.delete(span.id)) return
      if (depth < MOST_DEPTH) write(changed.get(span.parentId ?? ''), depth + 1)
      written.push(span)
    }
    for (const span of [...changed.values()]) if (!span.isGone) write(span, 0)
    // Last: what hung there is written at its new place by then.
    return [...written, ...changed.values()]
  }

  #write(span: LightSpan, call?: CallRecord): void {
    this.#set(span)
    const said = call ?? this.#changed.get(span.id)?.call
    this.#changed.set(span.id, said ? { ...span, call: said } : span)
  }

  #set(span: LightSpan): void {
    const before = this.#spans.get(span.id)
    if (before && before.parentId !== span.parentId) this.#children.delete(before.parentId ?? '', span.id)
    this.#spans.set(span.id, span)
    if (span.parentId !== undefined) this.#children.add(span.parentId, span.id)
  }
}
