// Call stacks as folded lines, `outer;inner;model weight`, which flamegraph.pl, inferno and speedscope read.

import type { CallStacks } from '../profile/call-stacks'
import { framesOf, type StackWeight, weightOf } from './stack-weights'

/** One line for each different stack, in the order of the first call; weights are whole pico-dollars, tokens or microseconds. */
export function foldedExport({ calls }: CallStacks, weight: StackWeight): string {
  const lines = new Map<string, number>()
  for (const call of calls) {
    const stack = framesOf(call)
      .map(({ name }) => inLine(name))
      .join(';')
    lines.set(stack, (lines.get(stack) ?? 0) + weightOf(call, weight))
  }
  return [...lines]
    .filter(([, sum]) => sum > 0)
    .map(([stack, sum]) => `${stack} ${sum}\n`)
    .join('')
}

/** What would end a frame or a line stands as another character. */
function inLine(name: string): string {
  return name.replaceAll(';', ':').replace(/\s+/g, ' ')
}
