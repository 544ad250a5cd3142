// What each text in the prompts and replies of a run cost over all calls that carried it. Texts are known by hash; who has them hands in how they begin.

import { present } from '../model/present'
import type { PromptShare } from '../model/run-questions'
import type { ModelCall, Segment, SegmentCache } from '../model/span'

/** Kind `overhead`: what the calls cost beyond the parts of their prompts and replies. */
export const NOT_IN_PARTS = 'not in the prompt parts'

interface Sums {
  readonly first: Segment
  calls: number
  lastCall: string
  tokens: number
  picoUsd: number | null
  readonly picoUsdByCache: Record<SegmentCache, number>
  readonly tokensByCache: Record<SegmentCache, number>
  dearest: { readonly spanId: string; readonly path: string; readonly picoUsd: number }
}

/** Tokens and cost of all shares sum to those of the calls that were added, exactly. */
export class TextCosts {
  readonly #texts = new Map<string, Sums>()

  /** `segments` are left out where they add up to more than the call: wrong parts are worse than none. */
  add(spanId: string, call: Omit<ModelCall, 'segments'>, segments: readonly Segment[]): void {
    const left = leftOver(call, segments)
    const fits = left.tokens >= 0 && left.picoUsd >= 0
    for (const segment of fits ? segments : []) this.#addPart(spanId, segment)
    const rest = fits ? left : leftOver(call, [])
    if (rest.tokens > 0 || rest.picoUsd > 0)
      this.#addPart(spanId, { ...REST, tokens: rest.tokens, picoUsd: call.cost && rest.picoUsd })
  }

  /** The most expensive first. `beginOf` gives the beginning of a text, `undefined` where it is not kept. */
  finish(beginOf: (hash: string) => string | undefined): PromptShare[] {
    const costOf = ({ picoUsd }: Sums) => picoUsd ?? 0
    const sorted = [...this.#texts.values()].sort((a, b) => costOf(b) - costOf(a) || b.tokens - a.tokens)
    return sorted.map((sums) => shareOf(sums, beginOf))
  }

  #addPart(spanId: string, segment: Segment): void {
    const { kind, name = '', hash, tokens, picoUsd, cache, path } = segment
    const key = `${kind} ${hash} ${name}`
    const sums = this.#texts.get(key) ?? nothing(segment, spanId)
    this.#texts.set(key, sums)
    // One text may stand in a call several times, or be cut in two by the end of what was cached.
    if (sums.lastCall !== spanId) sums.calls++
    sums.lastCall = spanId
    sums.tokens += tokens
    sums.tokensByCache[cache] += tokens
    if (picoUsd === null) return
    sums.picoUsd = (sums.picoUsd ?? 0) + picoUsd
    sums.picoUsdByCache[cache] += picoUsd
    if (picoUsd > sums.dearest.picoUsd) sums.dearest = { spanId, path, picoUsd }
  }
}

const REST = {
  path: 'rest',
  kind: 'overhead',
  name: NOT_IN_PARTS,
  cache: 'none',
  hash: '',
  estimate: true,
} as const

function nothing(first: Segment, spanId: string): Sums {
  return {
    ...{ first, calls: 0, lastCall: '', tokens: 0, picoUsd: null },
    picoUsdByCache: { read: 0, write: 0, fresh: 0, none: 0 },
    tokensByCache: { read: 0, write: 0, fresh: 0, none: 0 },
    dearest: { spanId, path: first.path, picoUsd: -1 },
  }
}

/** Of what is known of the call; negative where the parts add up to more. */
function leftOver({ usage, cost }: Omit<ModelCall, 'segments'>, segments: readonly Segment[]) {
  let tokens = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
  let picoUsd = cost?.picoUsd ?? 0
  for (const segment of segments) {
    tokens -= segment.tokens
    picoUsd -= segment.picoUsd ?? 0
  }
  return { tokens, picoUsd }
}

function shareOf(sums: Sums, beginOf: (hash: string) => string | undefined): PromptShare {
  const { first, calls, tokens, picoUsd, picoUsdByCache, tokensByCache, dearest } = sums
  const { kind, hash, name } = first
  const text = hash === '' ? undefined : beginOf(hash)
  const { spanId, path } = dearest
  return {
    ...{ kind, name: name ?? text ?? path, ...present({ text }), hash, calls, tokens, picoUsd },
    ...{ picoUsdByCache, tokensByCache, spanId, path },
  }
}
