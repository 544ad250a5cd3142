// The prompt of a call of a saved run: its parts without their texts, which a run file does not hold. Pure.

import type { CallPrompt, PromptBlock } from '../model/run-questions'
import type { Run, Segment } from '../model/span'

/** `null` for a span that has no call, or no parts: what nobody was billed for. */
export function savedPrompt({ spans }: Pick<Run, 'spans'>, spanId: string): CallPrompt | null {
  const call = spans.find(({ id }) => id === spanId)?.modelCall
  if (call === undefined || call.segments.length === 0) return null
  const { segments, billed, cacheSettings } = call
  return {
    isBilled: billed,
    blocks: segments.filter((segment) => !isOfReply(segment)).map(blockOf),
    reply: segments.filter(isOfReply).map(blockOf),
    ...(cacheSettings?.unseen === undefined ? {} : { unseen: cacheSettings.unseen }),
  }
}

function isOfReply({ path }: Segment): boolean {
  return /^output(\[|$)/.test(path)
}

function blockOf({ path, kind, name, hash, tokens, picoUsd, cache }: Segment): PromptBlock {
  return {
    ...{ path, kind, hash, text: null, characters: null, tokens, picoUsd, cache },
    ...(name === undefined ? {} : { name }),
  }
}
