// Keeps faults of the capture side away from the call: whatever a step throws is said once and goes no further.

export class Guard {
  readonly #reported = new Set<string>()

  constructor(readonly log: (message: string) => void) {}

  /** Result of `action`, or `undefined` if it threw. `step` names it for the log, where each step is reported once. */
  run<T>(step: string, action: () => T): T | undefined {
    try {
      return action()
    } catch (error) {
      this.report(step, error)
      return undefined
    }
  }

  /** Says once per step what went wrong. Never throws, even if the log does. */
  report(step: string, error: unknown): void {
    if (this.#reported.has(step)) return
    this.#reported.add(step)
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    try {
      this.log(`capture: ${step} failed; calls go on, their record may be missing or short: ${detail}`)
    } catch {
      // The log was the last one who could have been told.
    }
  }
}
