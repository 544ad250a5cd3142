// Why a prefix that could have been read was not, where a provider caches only up to breakpoints: none, at the wrong place, or too far back. Pure.

import type { CacheCause } from '../cache-causes'
import type { Reached } from './reach'
import { hasOtherKey, type SentCall, settingChange, standingOf } from './sent-call'
import type { SentPath } from './sent-path'
import { isLonger } from './verdict'

export interface EntryReach {
  /** Blocks of the longest prefix that an earlier call wrote and that a breakpoint of this one sees; 0 where there is none. */
  readonly seen: number
  /** Of the longest one that is there, seen or not. */
  readonly written: number
  /** The call that wrote it. */
  readonly writer?: SentCall
}

/** Entries that earlier calls left in the prompt's path, by what the provider said that it wrote. */
export function entryReach(sent: SentCall, path: SentPath, within: number): EntryReach {
  let seen = 0
  let written = 0
  let writer: SentCall | undefined
  for (let blocks = Math.min(within, path.length); blocks > 0 && seen === 0; blocks--) {
    const found = writerOf(sent, path.marked(blocks))
    if (!found) continue
    if (written === 0) {
      written = blocks
      writer = found
    }
    if (isSeen(sent, blocks)) seen = blocks
  }
  return { seen, written, ...(writer ? { writer } : {}) }
}

function writerOf(sent: SentCall, marked: Iterable<SentCall>): SentCall | undefined {
  for (const earlier of marked) {
    const isReadable = standingOf(earlier, sent) === 'ready' && !hasOtherKey(earlier, sent)
    if (isReadable && earlier.read + earlier.written > 0 && !settingChange(earlier, sent)) return earlier
  }
  return undefined
}

/** A breakpoint on a block looks at so many blocks, the one that it stands on among them. */
function isSeen({ breakpoints, rule }: SentCall, blocks: number): boolean {
  const { lookBackBlocks } = rule
  return breakpoints.some(
    (index) => index >= blocks - 1 && (lookBackBlocks === null || index - (blocks - 1) < lookBackBlocks),
  )
}

export interface MarkFault {
  readonly cause: CacheCause
  readonly details: Readonly<Record<string, unknown>>
}

/** `undefined` where the breakpoints are right and the provider should have read the prefix. */
export function markFault(sent: SentCall, ready: Reached, path: SentPath): MarkFault | undefined {
  const { breakpoints, ends, rule, call } = sent
  const { seen, written, writer } = entryReach(sent, path, ready.blocks)
  const seenTokens = ends[seen - 1] ?? 0
  if (!isLonger(ready.tokens, seenTokens, rule.incrementTokens)) return undefined
  const stable = call.prompt.blocks[ready.blocks - 1]?.path
  const marks = breakpoints.map((index) => call.prompt.blocks[index]?.path ?? '')
  const details = { breakpointAt: stable, marks }
  if (breakpoints.length === 0) return { cause: 'missing-breakpoint', details }
  const writtenTokens = ends[written - 1] ?? 0
  if (writer && isLonger(writtenTokens, seenTokens, rule.incrementTokens))
    return {
      cause: 'look-back-overflow',
      details: {
        ...details,
        blocksBack: (breakpoints.at(-1) ?? 0) - (written - 1),
        looksBack: rule.lookBackBlocks,
      },
    }
  if (ready.earlier.breakpoints.length === 0) return { cause: 'missing-breakpoint', details }
  return { cause: 'misplaced-breakpoint', details }
}
