// What the search for the places of findings needs to know of a stored run: its folder, and the lines and prompts of its calls.

import { present } from './model/present'
import { hasModelCall } from './model/totals'
import type { PlacedRun } from './places/finding-places'
import { readContent, readPrompts, readRun, readSpans } from './store/reader'
import type { Store } from './store/store'

/** `undefined` for a run that is not stored, or belongs to no folder: an imported recording. */
export function placedRun(store: Store, runId: string): PlacedRun | undefined {
  const root = readRun(store, runId)?.root
  if (root === undefined) return undefined
  const spans = new Map(readSpans(store, runId).map((span) => [span.id, span]))
  let prompts: ReturnType<typeof readPrompts> | undefined
  return {
    root,
    callOf: (spanId) => {
      const span = spans.get(spanId)
      if (!span || !hasModelCall(span)) return undefined
      return {
        frames: span.callSite?.stack ?? [],
        provider: span.modelCall.provider,
        ...present({ agent: span.agent }),
        prompt: () => {
          prompts ??= readPrompts(store, runId)
          return (prompts.get(spanId)?.prompt ?? []).map(({ path, name, hash }) => ({
            ...present({ path, name }),
            text: () => readContent(store, hash),
          }))
        },
      }
    },
  }
}
