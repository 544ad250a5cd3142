// Percentiles and ratios as the bench prints them.

/** Nearest-rank percentile of numbers, 0 to 1. */
export function percentile(values, share) {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** One line of the bench: ours beside the baseline, and how many times it: measured as such, or of the two values. */
export function figure(name, unit, value, baseline, baselineIs, ratio = value / baseline) {
  const round = (number) => Math.round(number * 1000) / 1000
  return {
    name,
    unit,
    value: round(value),
    baseline: round(baseline),
    ratio: round(ratio),
    baselineIs,
  }
}
