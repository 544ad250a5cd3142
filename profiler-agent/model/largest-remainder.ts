// Shares a whole number out by weights, so that the shares are whole and sum to it exactly.

/** Whole numbers in proportion to the weights that sum to the total exactly; ties go to the earlier one. */
export function largestRemainder(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((left, right) => left + right, 0)
  if (sum <= 0 || total <= 0) return weights.map(() => 0)
  const exact = weights.map((weight) => (weight / sum) * total)
  const whole = exact.map(Math.floor)
  const missing = total - whole.reduce((left, right) => left + right, 0)
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((left, right) => right.remainder - left.remainder || left.index - right.index)
  for (let given = 0; given < missing; given++) {
    const index = byRemainder[given % byRemainder.length]?.index ?? 0
    whole[index] = (whole[index] ?? 0) + 1
  }
  return whole
}
