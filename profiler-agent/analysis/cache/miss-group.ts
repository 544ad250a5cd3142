// Misses with one cause, at one place in the program and in one part of the prompt: what becomes one finding. Pure.

import type { PicoUsd } from '../../model/money'
import type { CacheCause } from '../cache-causes'
import type { JudgedCall } from './call-book'
import { labelOf, type SentCall, stackOf } from './sent-call'
import type { Miss } from './verdict'

export interface MissedCall {
  readonly sent: SentCall
  readonly miss: Miss
}

export interface MissGroup {
  readonly cause: CacheCause
  readonly part: string
  /** As in SentCall. */
  readonly place: string
  /** By start, never empty. */
  readonly misses: readonly [MissedCall, ...MissedCall[]]
}

/** `judged`: calls of one provider by start. */
export function missGroups(judged: readonly JudgedCall[]): MissGroup[] {
  const misses = judged.flatMap(({ sent, verdict: { miss } }) => (miss ? [{ sent, miss }] : []))
  const groups = Map.groupBy(misses, ({ sent, miss }) => `${miss.cause}\n${miss.part}\n${sent.place}`)
  return [...groups.values()].flatMap(([first, ...others]) =>
    first
      ? [
          {
            cause: first.miss.cause,
            part: first.miss.part,
            place: first.sent.place,
            misses: [first, ...others],
          },
        ]
      : [],
  )
}

/** What the group's missed tokens were billed more than reads of them. */
export function lossOf({ misses }: MissGroup): PicoUsd {
  return misses.reduce((sum, missed) => sum + lossOfCall(missed), 0)
}

function lossOfCall({ sent, miss }: MissedCall): PicoUsd {
  const { prices, byBucket } = sent.call.cost
  const written = Math.min(miss.tokens, sent.written)
  const writePrice = sent.written === 0 ? 0 : byBucket.cacheWrite / sent.written
  const billed = written * writePrice + (miss.tokens - written) * prices.uncachedInput
  return Math.max(0, Math.round(billed - miss.tokens * prices.cacheRead))
}

/** The calls of the group, and those whose cache they could have read. */
export function callsOf({ misses }: MissGroup): Set<SentCall> {
  return new Set(misses.flatMap(({ sent, miss }) => [miss.earlier, sent]))
}

/** All calls that the code makes which makes these, `calls` being those of the provider: what is changed there changes them all. */
export function callsOfMaker(group: MissGroup, calls: readonly SentCall[]): Set<SentCall> {
  const own = callsOf(group)
  const makers = new Set([...own].map(makerOf))
  return new Set([...own, ...calls.filter((sent) => makers.has(makerOf(sent)))])
}

/** Agents of several kinds may share a function: prompts that begin in the same way are of one kind. */
function makerOf(sent: SentCall): string {
  const known = knownMakers.get(sent)
  if (known !== undefined) return known
  const { model, prompt } = sent.call
  const maker = JSON.stringify([model, sent.place, stackOf(sent), labelOf(sent), prompt.blocks[0]?.hash])
  knownMakers.set(sent, maker)
  return maker
}

const knownMakers = new WeakMap<SentCall, string>()
