// The calendar day where the profiler runs: what budgets of a day and reports by day go by.

/** `2026-11-20` by the local calendar; `moment` is ms since the epoch. */
export function localDay(moment: number): string {
  const date = new Date(moment)
  const part = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`
}

/** The local calendar day of a moment: its name, when it began, and when it ends; ms since the epoch. */
export function dayRange(moment: number): {
  readonly day: string
  readonly start: number
  readonly end: number
} {
  const date = new Date(moment)
  const midnight = (days: number) =>
    new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime()
  return { day: localDay(moment), start: midnight(0), end: midnight(1) }
}
