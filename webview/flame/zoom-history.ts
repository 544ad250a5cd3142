// What was on screen before, to go back to and forth again. Pure.

import type { Viewport } from './viewport'

const LONGEST = 100

export class ZoomHistory {
  readonly #before: Viewport[] = []
  readonly #after: Viewport[] = []

  /** A gesture ended that began at `from`. */
  add(from: Viewport) {
    this.#before.push(from)
    if (this.#before.length > LONGEST) this.#before.shift()
    this.#after.length = 0
  }

  get canUndo(): boolean {
    return this.#before.length > 0
  }

  get canRedo(): boolean {
    return this.#after.length > 0
  }

  /** What to show instead of `now`; `undefined` at the beginning. */
  undo(now: Viewport): Viewport | undefined {
    return step(this.#before, this.#after, now)
  }

  redo(now: Viewport): Viewport | undefined {
    return step(this.#after, this.#before, now)
  }

  clear() {
    this.#before.length = 0
    this.#after.length = 0
  }
}

function step(from: Viewport[], to: Viewport[], now: Viewport): Viewport | undefined {
  const target = from.pop()
  if (target !== undefined) to.push(now)
  return target
}
