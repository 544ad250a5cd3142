// Where the axis has marks, and what they say: round values in the unit, with just so many digits that neighbours differ. Pure.

import type { Unit } from '../../profiler-agent/profile/measures'

export interface AxisTick {
  readonly value: number
  readonly text: string
}

const PICO_PER_USD = 1e12
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000]
/** From a second on, time is not counted in tens. Milliseconds. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7].map((days) => days * DAY),
]

/** Marks from `min` to `max` (in the unit: pico-dollars, tokens, milliseconds), at most `most` and one more. */
export function ticksFor(unit: Unit, min: number, max: number, most: number): readonly AxisTick[] {
  if (!(max > min)) return []
  const step = stepFor(unit, (max - min) / most)
  const first = Math.ceil(min / step - 1e-9)
  const last = Math.floor(max / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const value = (first + index) * step
    return { value, text: tickText(unit, value, step) }
  })
}

function stepFor(unit: Unit, least: number): number {
  const isCounted = unit !== 'cost' && unit !== 'avoidable' && unit !== 'time'
  const round = roundStep(isCounted ? Math.max(1, least) : least)
  if (unit !== 'time' || round < SECOND) return round
  return TIME_STEPS.find((step) => step >= least) ?? roundStep(least / DAY) * DAY
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5].find((each) => each * power >= least * (1 - 1e-9)) ?? 10
  return factor * power
}

function tickText(unit: Unit, value: number, step: number): string {
  if (unit === 'cost' || unit === 'avoidable') return `$${digits(value / PICO_PER_USD, step / PICO_PER_USD)}`
  return unit === 'time' ? timeText(value, step) : countText(value, step)
}

const formats = new Map<number, Intl.NumberFormat>()

/** As many decimals as a step has. */
function digits(value: number, step: number): string {
  const decimals = Math.min(15, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))
  // Making a format costs more than a frame has time for.
  const format =
    formats.get(decimals) ??
    new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  formats.set(decimals, format)
  return format.format(value)
}

function countText(value: number, step: number): string {
  if (value === 0) return '0'
  if (step >= 100_000) return `${digits(value / 1e6, step / 1e6)}M`
  return step >= 100 && value >= 1000 ? `${digits(value / 1000, step / 1000)}k` : digits(value, step)
}

/** The largest units that there are, down to the one of the step: `2 d 6 h`, `1 min 30 s`, `12.25 s`, `350 ms`. */
function timeText(value: number, step: number): string {
  if (value === 0) return '0'
  if (value < SECOND) return `${digits(value, step)} ms`
  const days = Math.floor(value / DAY)
  const hours = Math.floor((value % DAY) / HOUR)
  const minutes = Math.floor((value % HOUR) / MINUTE)
  const seconds = (value % MINUTE) / SECOND
  const parts = [
    days > 0 ? `${days} d` : '',
    hours > 0 ? `${hours} h` : '',
    minutes > 0 ? `${minutes} min` : '',
    // A step of minutes and more leaves no seconds.
    step < MINUTE && (seconds > 0 || value < MINUTE) ? `${digits(seconds, step / SECOND)} s` : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}
