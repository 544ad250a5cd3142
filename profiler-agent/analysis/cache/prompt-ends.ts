// Where each block of a prompt ends, in tokens: what a prompt has in common with the one before is not added up again. Pure.

import { commonBeginning } from '../../model/common-beginning'
import type { AnalysedPrompt } from '../finding-input'

export class PromptEnds {
  #latest: Pick<AnalysedPrompt, 'blocks' | 'hiddenTokens'> = { blocks: [], hiddenTokens: 0 }
  #ends: readonly number[] = []

  /** Tokens of the prompt up to and with each block. */
  of({ blocks, hiddenTokens }: Pick<AnalysedPrompt, 'blocks' | 'hiddenTokens'>): readonly number[] {
    const { blocks: before, hiddenTokens: hiddenBefore } = this.#latest
    const same = hiddenTokens === hiddenBefore ? commonBeginning(blocks, before) : 0
    if (same === blocks.length && same === before.length) return this.#ends
    const ends = this.#ends.slice(0, same)
    let end = ends.at(-1) ?? hiddenTokens
    for (let index = same; index < blocks.length; index++) {
      end += blocks[index]?.tokens ?? 0
      ends.push(end)
    }
    this.#latest = { blocks, hiddenTokens }
    this.#ends = ends
    return ends
  }
}
