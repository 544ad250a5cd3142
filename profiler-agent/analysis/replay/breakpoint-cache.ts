// Caches that keep a prefix only where a breakpoint ends it: Anthropic's, and OpenAI's from gpt-5.6 on.

import { perTtl } from '../../model/usage'
import { bucketOfLifetime } from './input-bill'
import type { CacheAnswer, Passage } from './passage'
import { type Life, renewed, stateOf, type Use } from './prefix-tree'

/** Reads the longest entry that a breakpoint sees, and writes those that lie behind it. */
export function askBreakpoints(passage: Passage): CacheAnswer {
  const { total, tokensOf, trail, breakpoints, use } = passage
  const hit = longestHit(passage)
  const read = tokensOf(hit + 1)
  const write = perTtl(() => 0)
  let end = read
  for (const { index, lifetime } of breakpoints) {
    if (index <= hit) renew(trail.entryAt(index + 1), use)
    else {
      // Each breakpoint pays for the tokens since the one before it, at its own lifetime.
      const upTo = tokensOf(index + 1)
      write[bucketOfLifetime(lifetime.name)] += upTo - end
      end = upTo
      trail.write(index + 1, lifetime, use)
    }
  }
  if (hit >= 0) renew(trail.entryAt(hit + 1), use)
  return {
    ...{ read, write, fresh: total - end, hitBlocks: hit + 1 },
    breakpoints: breakpoints.map(({ index }) => index + 1),
  }
}

/** A read renews, free of charge, the entry that it hits and those at its own earlier marks. */
function renew(entry: Life | undefined, use: Use): void {
  if (entry && stateOf(entry, use.at) === 'live') renewed(entry, entry.hold, use)
}

/** Index of the block at whose end that entry stands; -1 where there is none. */
function longestHit({ rule, trail, breakpoints, use }: Passage): number {
  let longest = -1
  for (const { index } of breakpoints) {
    const last = Math.max(longest, rule.lookBackBlocks === null ? -1 : index - rule.lookBackBlocks)
    let entries = 0
    for (const { place, life } of trail.entriesUpTo(index + 1)) {
      if (place - 1 <= last) break
      if (rule.lookBackBreakpoints !== null && ++entries > rule.lookBackBreakpoints) break
      if (stateOf(life, use.at) !== 'live') continue
      longest = place - 1
      break
    }
  }
  return longest
}
