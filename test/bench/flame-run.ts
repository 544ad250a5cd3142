// The run of the flame graph's bench: as columns for our page, and the same picture as a file for speedscope.

import { at, type RunColumns } from '../../profiler-agent/profile/columns'
import { encodeColumns } from '../../profiler-agent/profile/columns-codec'
import { byWeight } from '../../profiler-agent/profile/profile'
import { spanTree } from '../../profiler-agent/profile/span-tree'
import { labelOf } from '../../profiler-agent/profile/tree'
import { largeRun, partsOfCall } from '../support/large-run'

/** What a `show` message carries, and the answers to the questions for parts of calls. */
export function benchRun(count: number) {
  const columns = largeRun(count)
  return {
    runId: columns.head.id,
    encoded: encodeColumns(columns),
    speedscope: () => speedscopeOf(columns),
    /** Ids end with the span's index. */
    partsOf: (spanIds: readonly string[]) =>
      spanIds.map((id) => partsOfCall(columns, Number(/\d+$/.exec(id)?.[0]))),
  }
}

/** https://www.speedscope.app/file-format-schema.json: each box is opened and closed at its place on the axis of cost. */
function speedscopeOf(columns: RunColumns): string {
  const tree = spanTree(columns)
  const { start, weight, total } = byWeight(tree, 'cost')
  const frames: { name: string }[] = []
  const frameOf = new Map<string, number>()
  const events: { type: 'O' | 'C'; frame: number; at: number }[] = []
  const open: { node: number; frame: number; end: number }[] = []
  const close = (beyond: number) => {
    while ((open.at(-1)?.node ?? -1) >= beyond) {
      const { frame = 0, end = 0 } = open.pop() ?? {}
      events.push({ type: 'C', frame, at: end })
    }
  }
  for (let node = 0; node < tree.count; node++) {
    if (at(weight, node) === 0) continue
    const parent = at(tree.parent, node)
    while (open.length > 0 && open.at(-1)?.node !== parent) close(open.at(-1)?.node ?? 0)
    const name = labelOf(tree, node)
    const frame = frameOf.get(name) ?? frames.length
    if (!frameOf.has(name)) {
      frameOf.set(name, frame)
      frames.push({ name })
    }
    events.push({ type: 'O', frame, at: at(start, node) })
    open.push({ node, frame, end: at(start, node) + at(weight, node) })
  }
  close(0)
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    shared: { frames },
    profiles: [{ type: 'evented', name: 'bench', unit: 'none', startValue: 0, endValue: total, events }],
  })
}
