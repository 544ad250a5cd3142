// A plan whose evidence grows while it is tried: what it says of calls that were tried already must stay as it was.

import type { FixPlan, StablePart } from './fix-plan'
import type { ReplayBlock, ReplayCall } from './replay-call'

export class GrowingPlan {
  /** Its sets and maps are those below. */
  readonly plan: FixPlan
  readonly #spanIds: Set<string> | undefined
  readonly #evidence: Map<string, StablePart | string> | undefined
  readonly #constant: string
  readonly #blocks: readonly ReplayBlock[]
  /** Span ids of calls that were tried; for evidence by hash, the hashes in their prompts too. */
  readonly #tried = new Set<string>()
  #latest: readonly ReplayBlock[] = []

  constructor(plan: FixPlan) {
    this.#spanIds = plan.spanIds && new Set(plan.spanIds)
    const evidence = evidenceOf(plan)
    this.#evidence = evidence && new Map(evidence)
    this.#constant = constantOf(plan)
    this.#blocks = blocksOf(plan)
    this.plan = {
      ...plan,
      ...(this.#spanIds ? { spanIds: this.#spanIds } : {}),
      ...(this.#evidence ? { [EVIDENCE[plan.fix] ?? '']: this.#evidence } : {}),
    }
  }

  /** A call was tried with what the plan says by now. */
  tried({ spanId, prompt }: ReplayCall): void {
    this.#tried.add(spanId)
    if (!this.#evidence || this.plan.fix === 'append-only') return
    for (const [index, block] of prompt.blocks.entries())
      if (block !== this.#latest[index]) this.#tried.add(block.hash)
    this.#latest = prompt.blocks
  }

  /** Takes over what a later plan says besides; false where it says something else of calls that were tried. Then this one is of no more use. */
  grow(next: FixPlan | undefined): boolean {
    if (next?.fix !== this.plan.fix || constantOf(next) !== this.#constant) return false
    const blocks = blocksOf(next)
    if (blocks.length !== this.#blocks.length) return false
    if (!blocks.every(({ hash }, index) => hash === this.#blocks[index]?.hash)) return false
    return this.#growSpanIds(next.spanIds) && this.#growEvidence(evidenceOf(next))
  }

  #growSpanIds(next: ReadonlySet<string> | undefined): boolean {
    const own = this.#spanIds
    if (!own || !next) return own === next
    for (const id of next) {
      if (own.has(id)) continue
      if (this.#tried.has(id)) return false
      own.add(id)
    }
    return own.size === next.size
  }

  #growEvidence(next: ReadonlyMap<string, StablePart | string> | undefined): boolean {
    const own = this.#evidence
    if (!own || !next) return own === next
    for (const [key, said] of next) {
      const before = own.get(key)
      if (before === undefined && this.#tried.has(key)) return false
      if (before === undefined) own.set(key, said)
      else if (!isSame(before, said)) return false
    }
    return own.size === next.size
  }
}

function isSame(left: StablePart | string, right: StablePart | string): boolean {
  if (typeof left === 'string' || typeof right === 'string') return left === right
  return left.hash === right.hash && left.volatileShare === right.volatileShare
}

/** The field of a plan that says something by hash, or by span id. */
const EVIDENCE: Readonly<Partial<Record<FixPlan['fix'], string>>> = {
  'move-volatile': 'stableParts',
  'sort-keys': 'looseHashes',
  'append-only': 'previous',
}

function evidenceOf(plan: FixPlan): ReadonlyMap<string, StablePart | string> | undefined {
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
