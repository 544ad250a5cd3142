// Call stacks as a speedscope file with one profile each by cost, tokens and time.
// Source: https://www.speedscope.app/file-format-schema.json, read 2026-11-22; it knows no currency, so costs are plain numbers whose name says the unit.

import type { Frame } from '../model/span'
import type { CallStacks, StackedCall } from '../profile/call-stacks'
import { framesOf, STACK_WEIGHTS, type StackWeight, unpricedNote, weightOf } from './stack-weights'

const PICO_USD_PER_MICRO_USD = 1e6

interface Shared {
  readonly index: Map<string, number>
  readonly frames: object[]
}

/** `name` is that of the whole file, `exporter` that of the program that wrote it. */
export function speedscopeExport(
  stacks: CallStacks,
  { name, exporter }: { readonly name: string; readonly exporter: string },
): string {
  const shared: Shared = { index: new Map(), frames: [] }
  const samples = stacks.calls.map((call) => framesOf(call).map((frame) => indexOf(frame, shared)))
  return `${JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name,
    exporter,
    activeProfileIndex: 0,
    shared: { frames: shared.frames },
    profiles: STACK_WEIGHTS.map((weight) => profile(stacks, samples, weight)),
  })}\n`
}

function profile(stacks: CallStacks, samples: readonly (readonly number[])[], weight: StackWeight): object {
  const weights = stacks.calls.map((call) => inUnit(call, weight))
  return {
    type: 'sampled',
    name: profileName(stacks, weight),
    unit: weight === 'time' ? 'milliseconds' : 'none',
    startValue: 0,
    endValue: weights.reduce((sum, value) => sum + value, 0),
    samples,
    weights,
  }
}

function profileName(stacks: CallStacks, weight: StackWeight): string {
  if (weight !== 'cost') return weight
  const unpriced = unpricedNote(stacks)
  return `cost in micro-USD${unpriced === undefined ? '' : ` (${unpriced})`}`
}

function inUnit(call: StackedCall, weight: StackWeight): number {
  if (weight === 'time') return call.durationMs
  const value = weightOf(call, weight)
  return weight === 'cost' ? value / PICO_USD_PER_MICRO_USD : value
}

function indexOf({ name, place }: { name: string; place?: Frame }, { index, frames }: Shared): number {
  const known = index.get(name)
  if (known !== undefined) return known
  index.set(name, frames.length)
  const column = place?.column
  frames.push({
    name,
    ...(place && { file: place.file, line: place.line, ...(column !== undefined && { col: column }) }),
  })
  return frames.length - 1
}
