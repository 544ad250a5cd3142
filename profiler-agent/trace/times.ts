// How far the times of two calls may be off, and which of them came first.

/** One thing comes after another; clocks of two processes that stand together may disagree by this much. */
export const CLOCK_TOLERANCE_MS = 50

interface Times {
  readonly startedAt: number
  readonly endedAt: number
}

/** Whether one call may have been made because another had ended: not one that was made beside it, however soon it ended. */
export function mayFollow(call: Pick<Times, 'startedAt'>, ended: Times): boolean {
  const tolerance = Math.min(CLOCK_TOLERANCE_MS, (ended.endedAt - ended.startedAt) / 2)
  return call.startedAt >= ended.endedAt - tolerance
}
