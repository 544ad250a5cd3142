// What a violation looks like: a regression, an attack, or an intent that should be split. Says nothing where the numbers do not.

import type { NumericLimit } from '../../model/budget'
import type { LooksLike } from '../../model/escalation'
import { percentilesOf } from '../../model/percentiles'
import { formatShare } from '../../model/quantity'
import { isFloor } from '../measure/percentiles'
import { amountOf } from './limit-texts'

/** One invocation (step, workflow, run) as far as its size tells something. */
export interface Sample {
  readonly id: string
  readonly value: number
  readonly startedAt: number
  /** Tokens of its largest prompt. */
  readonly input: number
  readonly tenant?: string
  readonly session?: string
}

export interface Judged {
  readonly limit: NumericLimit
  readonly allowed: number
  /** Of this run and of those before it. */
  readonly samples: readonly Sample[]
  /** Id of the largest violation in this run. */
  readonly worst: string
  /** Typical value before, as the baseline has it. */
  readonly baseline?: number
}

/** More say nothing more. */
const LATEST = 1_000

export function looksLike(judged: Judged): LooksLike | undefined {
  if (isFloor(judged.limit)) return undefined
  const samples = judged.samples
    .toSorted((left, right) => left.startedAt - right.startedAt)
    .slice(-LATEST)
    .filter(({ value }) => value > 0)
  const known = { ...judged, samples }
  return attack(known) ?? split(known) ?? regression(known)
}

/** So many times as large as everything else is not how a program changes. */
const ATTACK_FACTOR = 5
const FEWEST_OTHERS = 5

/** One tenant, session or input many times larger than all others. */
function attack({ limit, allowed, samples, worst }: Judged): LooksLike | undefined {
  const largest = samples.find(({ id }) => id === worst)
  if (!largest) return undefined
  for (const [what, of] of SOURCES) {
    const source = of(largest)
    if (source === undefined) continue
    const others = samples.filter((each) => of(each) !== source)
    const next = largestOf(others)
    // Where others are over, too, it is none of one alone.
    if (others.length < FEWEST_OTHERS || next > allowed || largest.value < ATTACK_FACTOR * next) continue
    const own = samples.filter((each) => of(each) === source && each.value > allowed)
    // What took many steps with a usual input went round in circles.
    const isByInput =
      largest.input >= ATTACK_FACTOR * largestOf(others.map(({ input }) => ({ value: input })))
    if (own.length < 2 && !isByInput) continue
    const name = what === 'input' ? 'one input' : `${what} ${source}`
    const text = (value: number) => amountOf(limit, value)
    const why = `${name} came to ${text(largest.value)}, ${times(largest.value / next)} the ${text(next)} of the largest of all ${others.length} others`
    return { is: 'attack', why }
  }
  return undefined
}

const SOURCES: readonly (readonly [string, (sample: Sample) => string | undefined])[] = [
  ['tenant', ({ tenant }) => tenant],
  ['session', ({ session }) => session],
  ['input', ({ id }) => id],
]

const FEWEST_OF_GROUP = 4
const LEAST_PART = 0.15
/** Of the means, in standard deviations of the groups: well apart from 2 on (Ashman's D). */
const APART = 4
const LEAST_FACTOR = 1.5

/** Two groups, one within the limit and one beyond it, mixed in time. */
function split({ limit, allowed, samples }: Judged): LooksLike | undefined {
  const within = samples.filter(({ value }) => value <= allowed)
  const beyond = samples.filter(({ value }) => value > allowed)
  const fewest = Math.max(FEWEST_OF_GROUP, LEAST_PART * samples.length)
  if (within.length < fewest || beyond.length < fewest || !isMixed(within, beyond)) return undefined
  const [low, high] = [statisticsOf(within), statisticsOf(beyond)]
  const distance = (Math.SQRT2 * (high.mean - low.mean)) / Math.hypot(low.deviation, high.deviation)
  if (distance < APART || high.median < LEAST_FACTOR * low.median) return undefined
  const text = (value: number) => amountOf(limit, value)
  const why = `there are two groups with nothing in between: ${within.length} at about ${text(low.median)}, ${beyond.length} at about ${text(high.median)}`
  return { is: 'split', why }
}

/** Each group began before the other one ended; what only came later is a change. */
function isMixed(within: readonly Sample[], beyond: readonly Sample[]): boolean {
  const halfOf = (samples: readonly Sample[]) => samples[Math.floor(samples.length / 2)]?.startedAt ?? 0
  const last = (samples: readonly Sample[]) => samples.at(-1)?.startedAt ?? 0
  return halfOf(beyond) < last(within) && halfOf(within) < last(beyond)
}

const FEWEST_OVER = 3
/** Of the latest ones, so many are over. */
const MOST_OF_LATEST = 0.8
/** The largest of them beside the smallest: alike. */
const LARGEST_SPREAD = 2

/** What was typical was within the limit, and the latest are nearly all over it by a similar factor. */
function regression({ limit, allowed, samples, baseline }: Judged): LooksLike | undefined {
  const first = changePoint(samples, allowed)
  const latest = samples.slice(first)
  const over = latest.filter(({ value }) => value > allowed).map(({ value }) => value)
  if (over.length < FEWEST_OVER || over.length < MOST_OF_LATEST * latest.length) return undefined
  const before = samples.slice(0, first).map(({ value }) => value)
  const typical = baseline ?? (before.length < FEWEST_OVER ? undefined : percentilesOf(before)?.p50)
  if (typical === undefined || typical <= 0 || typical > allowed) return undefined
  if (largestOf(over.map((value) => ({ value }))) > LARGEST_SPREAD * Math.min(...over)) return undefined
  const now = percentilesOf(over)?.p50 ?? 0
  const text = (value: number) => amountOf(limit, value)
  const part = over.length === latest.length ? 'all' : formatShare(over.length / latest.length)
  const why = `typical was ${text(typical)}, within the limit; of the latest ${latest.length}, ${part} are over it, at about ${text(now)} (${times(now / typical)})`
  return { is: 'regression', why }
}

/** Where those that are over begin to be most of what follows. */
function changePoint(samples: readonly { readonly value: number }[], allowed: number): number {
  let best = samples.length
  let most = 0
  let surplus = 0
  for (let index = samples.length - 1; index >= 0; index--) {
    surplus += (samples[index]?.value ?? 0) > allowed ? 1 : -4
    if (surplus < most) continue
    most = surplus
    best = index
  }
  return best
}

function statisticsOf(samples: readonly Sample[]) {
  const values = samples.map(({ value }) => value)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  // Groups of equal values are apart by whatever is between them.
  return {
    mean,
    deviation: Math.max(Math.sqrt(variance), mean * 0.01),
    median: percentilesOf(values)?.p50 ?? 0,
  }
}

function largestOf(samples: readonly { readonly value: number }[]): number {
  return samples.reduce((largest, { value }) => Math.max(largest, value), 0)
}

/** `1.7 ×`, `12 ×`. */
function times(factor: number): string {
  return `${factor < 10 ? factor.toFixed(1).replace(/\.0$/, '') : Math.round(factor)} ×`
}
