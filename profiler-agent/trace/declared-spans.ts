// Spans that the program declared itself: where each hangs and what it bears, whatever the order in which they are told. Knows no calls.

import { present } from '../model/present'
import { RecentMap } from '../model/recent-map'
import type { DeclaredSpan, RunRecord, SpanRecord } from '../model/record'
import type { CallSite } from '../model/span'
import type { Tree } from './tree'

const REMEMBERED_SPANS = 20_000
const MOST_DEPTH = 200
const DAY_MS = 86_400_000
/** What a clock says beyond that is no time of this run. */
const MOST_BEFORE_MS = DAY_MS
const MOST_AFTER_MS = 30 * DAY_MS

interface Told {
  readonly span: DeclaredSpan
  readonly callSite: CallSite | undefined
}

export class DeclaredSpans {
  readonly #told = new RecentMap<string, Told>(REMEMBERED_SPANS)
  /** Ids of declared spans by the parent that they named. */
  readonly #children = new RecentMap<string, Set<string>>(REMEMBERED_SPANS)
  /** Spans whose parent is not known (yet). */
  readonly #missing = new RecentMap<string, true>(REMEMBERED_SPANS)

  constructor(readonly tree: Tree) {}

  has(id: string): boolean {
    return this.#told.has(id)
  }

  get(id: string): DeclaredSpan | undefined {
    return this.#told.get(id)?.span
  }

  /** Puts a span into the tree, and those that waited for it under it. */
  add(span: DeclaredSpan, callSite: CallSite | undefined, run: RunRecord): void {
    const site = callSite ?? this.#told.get(span.id)?.callSite
    this.#told.set(span.id, { span, callSite: site })
    if (span.parentId !== undefined) this.#expect(span.parentId, span.id)
    // What is above must stand before what hangs below, also where it was told before.
    const head = this.#circleOf(span)?.toSorted(byStart)[0] ?? span
    this.#place(head.id, run, new Set(), 0)
  }

  /** Hangs what named this span as its parent under it, now that it is there. */
  adopt(id: string, run: RunRecord): void {
    for (const child of this.#children.get(id) ?? []) this.#place(child, run, new Set([id]), 0)
  }

  /** Whether something above a span is not known yet, so that nobody can say what it lies in. */
  isAboveMissing(id: string): boolean {
    return [id, ...this.tree.ancestorsOf(id).map((span) => span.id)].some((above) => this.#missing.has(above))
  }

  #expect(parentId: string, childId: string): void {
    const children = this.#children.get(parentId)
    if (children) children.add(childId)
    else this.#children.set(parentId, new Set([childId]))
  }

  /** Its labels are those of its ancestors too, so that those below are told again with it, as far down as anything hangs on it. */
  #place(id: string, run: RunRecord, placed: Set<string>, depth: number): void {
    const told = this.#told.get(id)
    if (!told || placed.has(id) || depth > MOST_DEPTH + 1) return
    placed.add(id)
    const parentId = this.#parentOf(told.span, run.id)
    this.tree.put(recordOf(told, run, parentId, this.tree.get(parentId)))
    for (const child of this.tree.childrenOf(id)) if (!this.has(child)) this.tree.relabel(child)
    for (const child of this.#children.get(id) ?? []) this.#place(child, run, placed, depth + 1)
  }

  /** The parent that it named; the run where that is unknown, or where following the parents leads back to itself or to no end. */
  #parentOf(span: DeclaredSpan, runId: string): string {
    const { id, parentId = runId } = span
    this.#missing.delete(id)
    if (parentId === runId) return runId
    if (this.#isHeadOfCircle(span) || this.#isTooDeep(span) || this.tree.isWithin(parentId, id)) return runId
    if (this.tree.has(parentId) || this.#told.has(parentId)) return parentId
    this.#missing.set(id, true)
    return runId
  }

  /** A circle is cut at the same place whatever the order of its spans: above the one that began first. */
  #isHeadOfCircle(span: DeclaredSpan): boolean {
    return this.#circleOf(span)?.toSorted(byStart)[0] === span
  }

  /** Whether so many different spans stand above it that nobody follows them to the end. */
  #isTooDeep(span: DeclaredSpan): boolean {
    const above: DeclaredSpan[] = []
    let next = this.get(span.parentId ?? '')
    while (next && above.length <= MOST_DEPTH) {
      above.push(next)
      next = this.get(next.parentId ?? '')
    }
    // In a circle there are fewer than it takes steps.
    return above.length > MOST_DEPTH && new Set(above).size > MOST_DEPTH
  }

  /** The spans that following the parents leads through and back to this one; undefined where it leads to the run. */
  #circleOf(span: DeclaredSpan): DeclaredSpan[] | undefined {
    const circle = [span]
    let next = this.get(span.parentId ?? '')
    while (next && next !== span && circle.length < MOST_DEPTH) {
      circle.push(next)
      next = this.get(next.parentId ?? '')
    }
    return next === span ? circle : undefined
  }
}

function byStart(left: DeclaredSpan, right: DeclaredSpan): number {
  return left.startedAt - right.startedAt || (left.id < right.id ? -1 : 1)
}

function recordOf(
  { span, callSite }: Told,
  run: RunRecord,
  parentId: string,
  above: Omit<SpanRecord, 'call'> | undefined,
): SpanRecord {
  const { id, kind, name, attribution, outcome, status = 'ok' } = span
  const inherited = above?.kind === 'run' || above === undefined ? run.defaults : above
  const { intent, tenant, session } = { ...inherited, ...attribution }
  // The version of one agent says nothing of another in it.
  const isAnother = kind === 'agent' && above?.agent !== name
  const agentVersion = attribution.agentVersion ?? (isAnother ? run.defaults : inherited).agentVersion
  const tags = { ...run.tags, ...inherited.tags, ...attribution.tags }
  const agent = kind === 'agent' ? name : above?.agent
  const step = kind === 'step' ? name : kind === 'agent' ? undefined : above?.step
  const times = timesOf(span, run)
  return {
    id,
    runId: run.id,
    parentId,
    // A parent that is not there, or that leads in a circle, is no evidence.
    parentBasis: parentId === (span.parentId ?? run.id) ? 'header' : 'none',
    kind,
    name,
    startedAt: times.startedAt,
    endedAt: times.endedAt,
    status,
    ...present({ agentVersion, intent, tenant, session, outcome, callSite, agent, step }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    attributes: { ...span.attributes, ...(times.isClamped ? { 'costflame.clock.wrong': true } : {}) },
  }
}

/** The times that it gives, within what a run can last: some clocks are years away. */
function timesOf({ startedAt, endedAt = startedAt }: DeclaredSpan, run: RunRecord) {
  const clamped = (time: number) =>
    Math.min(Math.max(time, run.startedAt - MOST_BEFORE_MS), run.startedAt + MOST_AFTER_MS)
  const start = clamped(startedAt)
  return {
    startedAt: start,
    endedAt: Math.max(start, clamped(endedAt)),
    isClamped: start !== startedAt || clamped(endedAt) !== endedAt || endedAt < startedAt,
  }
}
