// What hangs under which span, by ids, the latest of it. Knows no spans.

import { RecentMap } from '../model/recent-map'

export class Children {
  /** Most spans hold one other: a set for each would take more room than the spans. */
  readonly #byParent: RecentMap<string, string | Set<string>>

  constructor(
    /** So many parents, and so many children of one: the many agents of a long run, or the many steps of one. */
    readonly most: number,
  ) {
    this.#byParent = new RecentMap(most)
  }

  /** In the order in which they came. */
  of(parentId: string): readonly string[] {
    const known = this.#byParent.get(parentId)
    if (known === undefined) return []
    return typeof known === 'string' ? [known] : [...known]
  }

  add(parentId: string, id: string): void {
    const known = this.#byParent.get(parentId)
    if (known === id) return
    if (known === undefined) this.#byParent.set(parentId, id)
    else if (typeof known === 'string') this.#byParent.set(parentId, new Set([known, id]))
    else addLatest(known, id, this.most)
  }

  delete(parentId: string, id: string): void {
    const known = this.#byParent.get(parentId)
    if (known === id) this.#byParent.delete(parentId)
    else if (known instanceof Set) known.delete(id)
  }
}

/** The first are forgotten, several at a time. */
function addLatest(siblings: Set<string>, id: string, most: number): void {
  siblings.add(id)
  if (siblings.size <= most) return
  for (const oldest of siblings) {
    if (siblings.size <= most * 0.9) return
    siblings.delete(oldest)
  }
}
