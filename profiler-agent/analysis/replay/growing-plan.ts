// Plans whose evidence grows while they are tried: what they say of calls that were tried already must stay as it was.

import type { FixPlan, StablePart } from './fix-plan'
import type { ReplayBlock, ReplayCall } from './replay-call'

/** The calls that a plan is about. */
type SpanIds = ReadonlySet<string>
/** What it says of blocks by their hash, or of calls by their span id. */
type Notes = ReadonlyMap<string, StablePart | string>

/** Evidence of one kind as it grows. */
class Grown {
  readonly spanIds = new Set<string>()
  readonly notes = new Map<string, StablePart | string>()
  /** Span ids of calls that were tried with it, and the hashes in their prompts. */
  readonly #tried = new Set<string>()
  #latest: readonly ReplayBlock[] = []

  tried({ spanId, prompt: { blocks } }: ReplayCall): void {
    if (this.#tried.has(spanId)) return
    this.#tried.add(spanId)
    if (this.notes.size === 0) return
    for (let index = 0; index < blocks.length; index++) {
      const block = blocks[index]
      if (block && block !== this.#latest[index]) this.#tried.add(block.hash)
    }
    this.#latest = blocks
  }

  /** False where the later evidence says something else of what was tried. Then this one is of no more use. */
  take(next: SpanIds | Notes): boolean {
    return next instanceof Map ? this.#takeNotes(next) : this.#takeSpanIds(next)
  }

  #takeSpanIds(next: Iterable<unknown> & { readonly size: number }): boolean {
    for (const id of next) {
      if (typeof id !== 'string' || this.spanIds.has(id)) continue
      if (this.#tried.has(id)) return false
      this.spanIds.add(id)
    }
    return this.spanIds.size === next.size
  }

  #takeNotes(next: Notes): boolean {
    for (const [key, note] of next) {
      const before = this.notes.get(key)
      if (before === undefined && this.#tried.has(key)) return false
      if (before === undefined) this.notes.set(key, note)
      else if (!isSame(before, note)) return false
    }
    return this.notes.size === next.size
  }
}

function isSame(left: StablePart | string, right: StablePart | string): boolean {
  if (typeof left === 'string' || typeof right === 'string') return left === right
  return left.hash === right.hash && left.volatileShare === right.volatileShare
}

/** Evidence of the plans of one run; plans that are given the same share it, so that each of them is gone through once. */
export class SharedEvidence {
  readonly #grown = new WeakMap<SpanIds | Notes, Grown>()

  /** What `own` becomes with what `next` says besides; something new where that contradicts it. */
  grown(own: Grown | undefined, next: SpanIds | Notes): Grown {
    const known = this.#grown.get(next)
    if (known) return known
    const grown = own?.take(next) ? own : new Grown()
    if (grown !== own) grown.take(next)
    this.#grown.set(next, grown)
    return grown
  }
}

export class GrowingPlan {
  readonly plan: FixPlan
  readonly #spanIds: Grown | undefined
  readonly #notes: Grown | undefined
  readonly #constant: string
  readonly #blocks: readonly ReplayBlock[]

  constructor(
    plan: FixPlan,
    readonly evidence: SharedEvidence,
  ) {
    const notes = notesOf(plan)
    this.#spanIds = plan.spanIds && evidence.grown(undefined, plan.spanIds)
    this.#notes = notes && evidence.grown(undefined, notes)
    this.#constant = constantOf(plan)
    this.#blocks = blocksOf(plan)
    this.plan = {
      ...plan,
      ...(this.#spanIds ? { spanIds: this.#spanIds.spanIds } : {}),
      ...(this.#notes ? { [NOTES[plan.fix] ?? '']: this.#notes.notes } : {}),
    }
  }

  /** A call was tried with what the plan says by now. */
  tried(call: ReplayCall): void {
    this.#spanIds?.tried(call)
    this.#notes?.tried(call)
  }

  /** Takes over what a later plan says besides; false where it says something else of calls that were tried. */
  grow(next: FixPlan | undefined): boolean {
    if (next?.fix !== this.plan.fix || constantOf(next) !== this.#constant) return false
    return (
      isSameList(this.#blocks, blocksOf(next)) &&
      this.#goesOn(this.#spanIds, next.spanIds) &&
      this.#goesOn(this.#notes, notesOf(next))
    )
  }

  #goesOn(own: Grown | undefined, next: SpanIds | Notes | undefined): boolean {
    return own && next ? this.evidence.grown(own, next) === own : own === undefined && next === undefined
  }
}

function isSameList(left: readonly ReplayBlock[], right: readonly ReplayBlock[]): boolean {
  return left.length === right.length && left.every(({ hash }, index) => hash === right[index]?.hash)
}

/** The field of a plan that says something by hash, or by span id. */
const NOTES: Readonly<Partial<Record<FixPlan['fix'], string>>> = {
  'move-volatile': 'stableParts',
  'sort-keys': 'looseHashes',
  'append-only': 'previous',
}

function notesOf(plan: FixPlan): Notes | undefined {
  if (plan.fix === 'move-volatile') return plan.stableParts
  if (plan.fix === 'sort-keys') return plan.looseHashes
  return plan.fix === 'append-only' ? plan.previous : undefined
}

function blocksOf(plan: FixPlan): readonly ReplayBlock[] {
  if (plan.fix === 'freeze-tools') return plan.tools
  return plan.fix === 'freeze-system' ? plan.system : []
}

/** What must not change at all. */
function constantOf(plan: FixPlan): string {
  switch (plan.fix) {
    case 'add-breakpoint':
    case 'move-breakpoint':
      return JSON.stringify([plan.places, plan.lifetime])
    case 'drop-breakpoint':
      return JSON.stringify(plan.paths && [...plan.paths]) ?? ''
    case 'longer-ttl':
      return plan.lifetime ?? ''
    case 'cache-key':
      return plan.key
    case 'keep-settings':
      return JSON.stringify(plan.parameters)
    default:
      return ''
  }
}
