// Why a cache was missed, in words. Pure.

import { formatCount, formatDuration, formatPlural } from '../../model/quantity'
import { arrayOf, objectOf, textOf } from '../../wire/json'
import type { MissGroup } from './miss-group'
import { VOLATILE_KINDS, type VolatileKind } from './volatile-spans'

/** Behind "…, because". */
export function reasonOf({ cause, misses: [{ sent, miss }] }: MissGroup): string {
  const { details } = miss
  const count = (value: unknown) => formatCount(Number(value))
  switch (cause) {
    case 'missing-breakpoint':
      return 'the prompt has no cache breakpoint'
    case 'misplaced-breakpoint':
      return `no cache breakpoint ends the stable part (${miss.path})`
    case 'look-back-overflow':
      return `the breakpoint is ${count(details.blocksBack)} blocks behind the last one that was written, and ${count(details.looksBack)} are looked at`
    case 'expired':
      return `they came back after ${formatDuration(Number(details.ageMs))}, when the cache (${details.lifetime}) had forgotten them`
    case 'parallel-fan-out':
      return 'equal prompts were sent at once, before the first of them could be read from the cache'
    case 'volatile-prefix':
      return `${volatileReason(details)}${othersToo(details)}`
    case 'unstable-serialisation':
      return `the JSON at ${miss.path} is written differently each time (${objectOf(details.writing).difference})`
    case 'tools-reordered':
      return 'the tools stand in another order each time'
    case 'tools-changed':
      return `the list of tools changes${toolNames(details)}`
    case 'system-changed':
      return `the system prompt changes${miss.path === undefined ? '' : ` (${miss.path})`}`
    case 'history-edited':
      return `${HISTORY[textOf(details.kind) ?? ''] ?? 'earlier messages are changed'} (${miss.path ?? miss.part})`
    case 'settings-changed':
      return `${miss.part} changes${values(details)}`
    case 'routing-affinity':
      return affinityReason(details)
    case 'below-minimum':
      return `the cache of ${sent.call.model} takes ${count(details.minimumTokens)} tokens or more`
    case 'evicted':
      return 'the provider no longer held them, although nothing had changed'
    default:
      return 'the provider read less than it had, and nothing says why'
  }
}

const HISTORY: Readonly<Record<string, string>> = {
  edited: 'earlier messages are edited',
  truncated: 'the oldest messages are dropped',
  compacted: 'earlier messages are summed up',
  'thinking-stripped': 'the thinking in earlier messages is taken out',
}

function volatileReason({ volatile }: Readonly<Record<string, unknown>>): string {
  const { kind, path, at, before, after } = objectOf(volatile)
  const name = VOLATILE_KINDS[isKind(kind) ? kind : 'text']
  const where = `${name} at character ${formatCount(Number(at) + 1)} of ${path}`
  const both = textOf(before) && textOf(after) ? ` (${quote(before)} → ${quote(after)})` : ''
  return `${where} changes with every call${both}`
}

function othersToo({ alsoVolatile }: Readonly<Record<string, unknown>>): string {
  const count = arrayOf(alsoVolatile).length
  return count === 0 ? '' : `, as ${count === 1 ? 'does' : 'do'} ${formatPlural(count, 'more text')}`
}

function isKind(kind: unknown): kind is VolatileKind {
  return typeof kind === 'string' && Object.hasOwn(VOLATILE_KINDS, kind)
}

function toolNames(details: Readonly<Record<string, unknown>>): string {
  const told = (['added', 'removed', 'changed'] as const).flatMap((what) => {
    const names = arrayOf(details[what])
    return names.length === 0
      ? []
      : [`${what} ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}`]
  })
  return told.length === 0 ? '' : ` (${told.join('; ')})`
}

function values({ before, after }: Readonly<Record<string, unknown>>): string {
  if (before === undefined && after === undefined) return ''
  return ` (${before ?? 'not set'} → ${after ?? 'not set'})`
}

function affinityReason({
  affinity,
  key,
  earlierKey,
  requestsAMinute,
}: Readonly<Record<string, unknown>>): string {
  const name = String(affinity ?? 'cache key')
  if (requestsAMinute !== undefined)
    return `${requestsAMinute} requests a minute with one prefix and key are more than one cache takes`
  return earlierKey === undefined && key === null
    ? `requests without ${name} are sent to different caches`
    : `the requests carry different values of ${name}`
}

function quote(text: unknown): string {
  const line = String(text).replace(/\s+/g, ' ').trim()
  return line.length > 40 ? `"${line.slice(0, 39)}…"` : `"${line}"`
}
