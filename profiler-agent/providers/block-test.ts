// Asks something of the blocks of prompts, and of each block only once: most prompts go on from the one before.

import type { Block } from '../model/call'
import { commonBeginning } from '../model/common-beginning'

/** Whether `test` holds for a block of a prompt. It must depend on the block alone. */
export function blockTest(test: (block: Block) => boolean): (prompt: readonly Block[]) => boolean {
  const known = new WeakMap<Block, boolean>()
  // Whoever remembers prompts keeps it; here it may go.
  let without = new WeakRef<readonly Block[]>([])

  const holds = (block: Block) => {
    const before = known.get(block)
    if (before !== undefined) return before
    const answer = test(block)
    known.set(block, answer)
    return answer
  }
  return (prompt) => {
    const isFound = prompt.slice(commonBeginning(prompt, without.deref() ?? [])).some(holds)
    if (!isFound) without = new WeakRef(prompt)
    return isFound
  }
}
