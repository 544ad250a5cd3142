// One usage out of the usages of a stream's chunks. They are cumulative, but not every chunk has every field.

import type { JsonObject } from '../wire/json'
import { mergeUsage } from './anthropic-usage'
import { addsUp } from './gemini-usage'

/**
 * The last usage, where it tells of output and adds up to its own total; counts start anew when Google runs tools
 * between two chunks, so that earlier fields would be too much. Else each field as it came last. `undefined` without any.
 */
export function usageOfChunks(usages: readonly JsonObject[]): JsonObject | undefined {
  const last = usages.at(-1)
  if (last === undefined || usages.length === 1) return last
  const merged = usages.reduce(mergeUsage)
  return addsUp(last) ? { ...withoutCounts(merged), ...last } : merged
}

/** What is left says how the call was served, such as `trafficType`. */
function withoutCounts(raw: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(raw).filter(([key]) => !/(Count|Details|_count|_details)$/.test(key)),
  )
}
