// How far the times of two calls may be off. One fact.

/** One thing comes after another; clocks of two processes that stand together may disagree by this much. */
export const CLOCK_TOLERANCE_MS = 50
