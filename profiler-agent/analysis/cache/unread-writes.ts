// Writes to a cache that nobody read as long as they were held: only where none of those from one place in the program ever was. Pure.

import { isOfConversation } from './prompt-parts'
import type { SentCall } from './sent-call'
import type { SentPrompts } from './sent-prompts'
import type { Miss } from './verdict'

export interface Moment {
  /** Ms since the epoch at which the latest call that is known ended. */
  readonly now: number
  /** True where no more calls come. */
  readonly isOver: boolean
}

/**
 * Calls whose write was for nothing. While an entry may still be read nothing is said of it; and a place whose entries are read sometimes
 * (each turn of a conversation but the last) does well.
 */
export function unreadWrites(
  calls: readonly SentCall[],
  prompts: SentPrompts,
  { now, isOver }: Moment,
): Map<SentCall, Miss> {
  const places = Map.groupBy(
    calls.filter(({ written, breakpoints }) => written > 0 && breakpoints.length > 0),
    ({ place, call }) => `${call.model}\n${place}`,
  )
  const misses = new Map<SentCall, Miss>()
  for (const writers of places.values()) {
    if (writers.some((writer) => prompts.readLater.has(writer))) continue
    for (const writer of writers) {
      const isOpen = !isOver && now - writer.call.startedAt <= writer.lifetime.idleMs
      // Whether a conversation goes on, nobody knows when its latest turn is sent.
      const isOfConversations = writer.call.prompt.blocks.some(isOfConversation)
      if (!isOpen && !isOfConversations) misses.set(writer, missOf(writer))
    }
  }
  return misses
}

function missOf(writer: SentCall): Miss {
  const { breakpoints, call, written } = writer
  const marks = breakpoints.map((index) => call.prompt.blocks[index]?.path ?? '')
  const last = marks.at(-1)
  return {
    cause: 'write-never-read',
    part: 'breakpoint',
    tokens: written,
    reachable: 0,
    earlier: writer,
    ...(last === undefined ? {} : { path: last }),
    variants: [],
    details: { marks, breakpointAt: last },
  }
}
