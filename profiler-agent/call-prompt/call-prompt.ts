// The prompt of one stored call as its provider saw it: what each block came to, and what became of the request before.

import { present } from '../model/present'
import type { CallPrompt, PromptBlock } from '../model/run-questions'
import { hasModelCall } from '../model/totals'
import type { RunView } from '../run-view'
import { readCall } from '../store/one-call'
import { readFindings, readSpan } from '../store/reader'
import { promptBefore, requestBefore } from './before'
import { sharesOfBlocks } from './block-shares'
import { type PromptChanges, promptChanges } from './changes'
import { promptText } from './texts'

const NO_CHANGES: PromptChanges = { firstDivergence: null, changes: [], gone: [] }

/** `null` for a span that is not stored, or has no call. */
export async function callPrompt(view: RunView, runId: string, spanId: string): Promise<CallPrompt | null> {
  const { store } = view
  const span = readSpan(store, runId, spanId)
  const stored = readCall(store, runId, spanId)
  if (!span || !hasModelCall(span) || !stored) return null
  const { modelCall } = span
  const { prompt, reply } = sharesOfBlocks(
    stored,
    await view.blockShares(modelCall, stored),
    modelCall.billed,
  )
  const call = { runId, span, stored, findings: readFindings(store, runId) }
  const other = requestBefore(store, call)
  // Of a prompt whose beginning the provider holds there is only the end: nothing can be held against it.
  const isHeld = modelCall.cacheSettings?.unseen === 'held'
  const changes = other && (isHeld ? NO_CHANGES : promptChanges(other.stored.prompt, stored.prompt))
  return {
    isBilled: modelCall.billed,
    blocks: prompt.map(
      (block, index): PromptBlock => ({
        ...promptText(store, block),
        ...block.billed,
        ...present({ breakpoint: block.mark }),
        ...changes?.changes[index],
      }),
    ),
    reply: reply.map((block) => ({ ...promptText(store, block), ...block.billed })),
    ...present({ unseen: modelCall.cacheSettings?.unseen }),
    ...(other && changes ? { before: promptBefore(store, call, other, changes) } : {}),
  }
}
