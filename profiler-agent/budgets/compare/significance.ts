// Whether two means differ by more than their spread explains: Welch's t-test. Knows nothing of money.

/** Values of one side, as far as a mean is held against another: `variance` is `null` for fewer than two values. */
export interface Sample {
  readonly n: number
  readonly mean: number
  readonly variance: number | null
}

export interface TestedDifference {
  /** How likely a difference at least as large is where both come from one distribution, 0 to 1. */
  readonly p: number
  readonly isSignificant: boolean
  /** 95 % confidence interval of the second mean less the first. */
  readonly interval: readonly [number, number]
}

/** Differences that come up less often than this by chance are significant. */
const SIGNIFICANCE = 0.05

export function sampleOf(values: readonly number[]): Sample {
  const n = values.length
  const mean = n === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { n, mean, variance: n < 2 ? null : squares / (n - 1) }
}

/**
 * Holds the mean of `head` against that of `base`. A side whose own spread is not known is taken to have the other's;
 * `null` where neither has one: a difference between two single values may be anything.
 */
export function testDifference(base: Sample, head: Sample): TestedDifference | null {
  const spread = standardError(base, head)
  if (!spread) return null
  const { error, freedom } = spread
  const difference = head.mean - base.mean
  // Rounding leaves a variance of values that are all equal, far below anything that was measured.
  if (error <= Math.abs(head.mean + base.mean) * 1e-12) {
    const isEqual = Math.abs(difference) <= error
    return { p: isEqual ? 1 : 0, isSignificant: !isEqual, interval: [difference, difference] }
  }
  const p = twoSided(difference / error, freedom)
  const reach = quantile(freedom) * error
  return { p, isSignificant: p < SIGNIFICANCE, interval: [difference - reach, difference + reach] }
}

/** Of the difference of the means, with its degrees of freedom (Welch–Satterthwaite). */
function standardError(
  base: Sample,
  head: Sample,
): { readonly error: number; readonly freedom: number } | undefined {
  if (base.n === 0 || head.n === 0) return undefined
  if (base.variance === null || head.variance === null) {
    const known = base.variance === null ? head : base
    if (known.variance === null) return undefined
    return {
      error: Math.sqrt(known.variance * (1 / base.n + 1 / head.n)),
      freedom: known.n - 1,
    }
  }
  const [one, other] = [base.variance / base.n, head.variance / head.n]
  const freedom = (one + other) ** 2 / (one ** 2 / (base.n - 1) + other ** 2 / (head.n - 1))
  return { error: Math.sqrt(one + other), freedom: Number.isNaN(freedom) ? 1 : freedom }
}

/** Probability of a value of Student's t at least as far from 0. */
export function twoSided(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
}

/** The t that is exceeded in either direction in five of a hundred cases. */
function quantile(freedom: number): number {
  let [low, high] = [0, 1]
  while (twoSided(high, freedom) > SIGNIFICANCE) high *= 2
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (twoSided(middle, freedom) > SIGNIFICANCE) low = middle
    else high = middle
  }
  return high
}

/** Regularised: 0 at 0, 1 at 1. By its continued fraction (Abramowitz and Stegun, 26.5.8), from the side where that converges. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x))
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a
  return 1 - (front * betaFraction(1 - x, b, a)) / b
}

/** Lentz's method; a few dozen terms do for any a and b that occur. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const nonZero = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-14) break
  }
  return fraction
}

/** Lanczos' approximation with g = 7 and nine terms, good to 15 digits for what is above 0. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

function logGamma(z: number): number {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z)
  const x = z - 1
  const t = x + 7.5
  const sum = LANCZOS.reduce((total, term, index) => total + (index === 0 ? term : term / (x + index)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum)
}
