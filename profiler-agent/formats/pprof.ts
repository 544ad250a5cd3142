// Call stacks as a pprof profile (`go tool pprof`, Pyroscope, Grafana): calls, cost, tokens and time of every stack.
// Source: https://github.com/google/pprof/blob/main/proto/profile.proto, read 2026-11-22.

import { gzipSync } from 'node:zlib'
import { Function as Code, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format'
import type { Frame } from '../model/span'
import type { CallStacks } from '../profile/call-stacks'
import { framesOf, STACK_WEIGHTS, unpricedNote, weightOf } from './stack-weights'

/** Units of the values of a sample, beside the number of calls. Values are whole, so cost is exact to the pico-dollar. */
const UNITS = { cost: 'pico-USD', tokens: 'tokens', time: 'microseconds' } as const

/** Gzip-compressed, as the format asks. `startedAt`: ms since the epoch. */
export function pprofExport(stacks: CallStacks, startedAt: number): Uint8Array {
  const strings = new StringTable()
  const places = new Places(strings)
  const sample = stacks.calls.map(
    (call) =>
      new Sample({
        // Innermost first.
        locationId: framesOf(call)
          .map((frame) => places.idOf(frame))
          .reverse(),
        value: [1, ...STACK_WEIGHTS.map((weight) => weightOf(call, weight))],
      }),
  )
  const valueType = (type: string, unit: string) =>
    new ValueType({ type: strings.dedup(type), unit: strings.dedup(unit) })
  const unpriced = unpricedNote(stacks)
  const profile = new Profile({
    sampleType: [
      valueType('calls', 'count'),
      ...STACK_WEIGHTS.map((weight) => valueType(weight, UNITS[weight])),
    ],
    defaultSampleType: strings.dedup('cost'),
    sample,
    location: places.locations,
    function: places.functions,
    comment: unpriced === undefined ? [] : [strings.dedup(unpriced)],
    timeNanos: BigInt(startedAt) * 1_000_000n,
    stringTable: strings,
  })
  return gzipSync(profile.encode())
}

/** Locations and functions, one each for every different frame. */
class Places {
  readonly locations: Location[] = []
  readonly functions: Code[] = []
  readonly #ids = new Map<string, number>()

  constructor(readonly strings: StringTable) {}

  idOf({ name, place }: { name: string; place?: Frame }): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const id = this.#ids.size + 1
    this.#ids.set(name, id)
    const label = this.strings.dedup(place?.function ?? name)
    this.functions.push(
      new Code({ id, name: label, systemName: label, filename: this.strings.dedup(place?.file ?? '') }),
    )
    this.locations.push(new Location({ id, line: [new Line({ functionId: id, line: place?.line ?? 0 })] }))
    return id
  }
}
