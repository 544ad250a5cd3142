// Writes to a cache that nobody read as long as they were held: only where none of those from one place in the program ever was. Pure.

import type { CacheCause } from '../cache-causes'
import { isOfConversation } from './prompt-parts'
import type { SentCall } from './sent-call'
import type { SentPrompts } from './sent-prompts'
import type { Miss, Verdict } from './verdict'

export interface WritesSoFar {
  /** Ms since the epoch at which the latest call that is known ended. */
  readonly now: number
  /** True where no more calls come. */
  readonly isOver: boolean
  readonly prompts: SentPrompts
  readonly verdicts: ReadonlyMap<SentCall, Verdict>
}

/** Nothing else can be done about these. */
const WITHOUT_FIX: ReadonlySet<CacheCause> = new Set(['below-minimum', 'evicted', 'unknown'])

/**
 * Calls whose write was for nothing. While an entry may still be read nothing is said of it; a place whose entries are read sometimes
 * (each turn of a conversation but the last) does well; and where there is another cause, its fix would have them read.
 */
export function unreadWrites(calls: readonly SentCall[], known: WritesSoFar): Map<SentCall, Miss> {
  const { prompts, verdicts } = known
  const placeOf = ({ place, call }: SentCall) => `${call.model}\n${place}`
  const writers = calls.filter(({ written, breakpoints }) => written > 0 && breakpoints.length > 0)
  const served = writers.filter((writer) => prompts.readLater.has(writer))
  const blamed = calls.filter((sent) => !WITHOUT_FIX.has(verdicts.get(sent)?.miss?.cause ?? 'unknown'))
  const others = new Set([...served, ...blamed].map(placeOf))
  return new Map(
    writers
      .filter((writer) => !others.has(placeOf(writer)) && isForNothing(writer, known))
      .map((writer) => [writer, missOf(writer)]),
  )
}

function isForNothing({ call, lifetime }: SentCall, { now, isOver }: WritesSoFar): boolean {
  if (!isOver && now - call.startedAt <= lifetime.idleMs) return false
  // Whether a conversation goes on, nobody knows when its latest turn is sent.
  return !call.prompt.blocks.some(isOfConversation)
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
