// What we do inside the user's program must never fail it.

/** Does `work`; what it throws is nobody's concern: the program goes on, and we know a little less of it. */
export function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // There is nobody to tell: standard error is the program's.
  }
}
