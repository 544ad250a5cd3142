// Spans of one run by id, with what hangs where. Measures nothing.

import type { MeasurableSpan } from './counted-call'

/** Nobody nests deeper. */
const MOST_DEPTH = 250

export class SpanTree<Node extends { readonly span: MeasurableSpan }> {
  readonly #nodes = new Map<string, Node>()
  readonly #children = new Map<string, Set<string>>()

  get(id: string): Node | undefined {
    return this.#nodes.get(id)
  }

  get ids(): Iterable<string> {
    return this.#nodes.keys()
  }

  /** Adds a node, or puts it in the place of the one before, maybe under another parent. What hung under it stays there. */
  set(node: Node): void {
    const { id, parentId } = node.span
    const before = this.#nodes.get(id)
    this.#nodes.set(id, node)
    if (before && before.span.parentId === parentId) return
    this.#children.get(before?.span.parentId ?? '')?.delete(id)
    if (parentId === undefined) return
    const siblings = this.#children.get(parentId)
    if (siblings) siblings.add(id)
    else this.#children.set(parentId, new Set([id]))
  }

  delete(id: string): void {
    const node = this.#nodes.get(id)
    this.#children.get(node?.span.parentId ?? '')?.delete(id)
    this.#nodes.delete(id)
  }

  /** The span itself and those above it; of a circle, as in a damaged tree, each once. */
  upFrom(id: string): MeasurableSpan[] {
    const path: MeasurableSpan[] = []
    let node = this.#nodes.get(id)
    while (node && path.length < MOST_DEPTH && !path.includes(node.span)) {
      path.push(node.span)
      node = node.span.parentId === undefined ? undefined : this.#nodes.get(node.span.parentId)
    }
    return path
  }

  /** Ids of the span itself and all below it, also where the span is not known yet. */
  below(id: string): string[] {
    const found = new Set([id])
    for (const at of found) for (const child of this.#children.get(at) ?? []) found.add(child)
    return [...found]
  }
}
