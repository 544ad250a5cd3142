// Work that may take long, in steps: done at once where it is short, else a little of it in each turn of the event loop.

/** Work that may be interrupted at each `yield`. Where it yields a promise, it goes on when that is fulfilled, and throws where it is rejected. */
export type Steps<T> = Generator<Promise<unknown> | undefined, T, undefined>

/** What is done in one turn of the event loop. */
const TURN_MS = 2

/** All of it in this turn; for work that waits for no promise. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** What it comes to: at once where one turn is enough. Throws and rejects with what the work throws. */
export function inTurns<T>(steps: Steps<T>): T | Promise<T> {
  const until = performance.now() + TURN_MS
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    if (step.value !== undefined || performance.now() > until) return goOn(steps, step.value)
  }
}

async function goOn<T>(steps: Steps<T>, first: Promise<unknown> | undefined): Promise<T> {
  let awaited = first
  for (;;) {
    let step: IteratorResult<Promise<unknown> | undefined, T>
    try {
      await (awaited ?? new Promise(setImmediate))
      step = turn(steps)
    } catch (error) {
      step = steps.throw(error)
    }
    if (step.done) return step.value
    awaited = step.value
  }
}

/** Steps of one turn, or until something has to be waited for. */
function turn<T>(steps: Steps<T>): IteratorResult<Promise<unknown> | undefined, T> {
  const until = performance.now() + TURN_MS
  for (;;) {
    const step = steps.next()
    if (step.done || step.value !== undefined || performance.now() > until) return step
  }
}
