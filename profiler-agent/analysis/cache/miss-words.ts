// What a finding says of a cache miss: why, and what to do, in words. Pure.

import { formatCount, formatDuration } from '../../model/quantity'
import { arrayOf, objectOf, textOf } from '../../wire/json'
import type { CacheCause, CacheFix } from '../cache-causes'
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
      return volatileReason(details)
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
      return `the prompt is too short for the cache of ${sent.call.model}`
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

/** In front of "saves". */
export function remedyOf(
  fix: CacheFix,
  cause: CacheCause,
  provider: string,
  places: readonly string[],
): string {
  const where = places.length > 0 && cause !== 'expired' ? ` at ${places.map(placeName).join(' and ')}` : ''
  switch (fix) {
    case 'add-breakpoint':
      return cause === 'missing-breakpoint'
        ? `A ${markName(provider)} mark at the end of the stable part${where === '' ? '' : ` (${where.slice(4)})`}`
        : `Another ${markName(provider)} mark${where}`
    case 'move-breakpoint':
      return `Moving the ${markName(provider)} mark to ${places.map(placeName).join(' and ')}`
    case 'drop-breakpoint':
      return 'Sending them without a cache breakpoint'
    case 'longer-ttl':
      return `A lifetime of ${places[0]}`
    case 'warm-first':
      return 'Awaiting the first answer of the first call'
    case 'cache-key':
      return 'One stable key for all of them'
    case 'move-volatile':
      return 'Moving it behind the stable part'
    case 'sort-keys':
      return 'Writing it with sorted keys'
    case 'sort-tools':
      return 'Sorting them by name'
    case 'freeze-tools':
      return 'Declaring the same tools in every call'
    case 'freeze-system':
      return 'Keeping it the same and saying the rest in a message'
    case 'append-only':
      return 'Only adding to the messages'
    case 'keep-settings':
      return 'Keeping it the same'
    default:
      return fix satisfies never
  }
}

function placeName(place: string): string {
  if (place === 'last') return 'the end of the last message'
  return place === 'system' ? 'the end of the system prompt' : 'the end of the tools'
}

function markName(provider: string): string {
  if (provider === 'openai') return 'prompt_cache_breakpoint'
  return provider === 'bedrock' ? 'cachePoint' : 'cache_control'
}

/** Behind "if". */
export const ASSUMPTIONS: Readonly<Record<CacheFix, string>> = {
  'add-breakpoint': 'the end of the stable part of the prompt carried a cache breakpoint',
  'move-breakpoint': 'the cache breakpoint stood at the end of the stable part of the prompt',
  'drop-breakpoint': 'these calls wrote nothing to the cache',
  'longer-ttl': 'the cache kept the prompt for the longer lifetime in all these calls',
  'warm-first': 'the first of the calls had begun to answer before the others were sent',
  'cache-key': 'all these calls carried one key and reached one cache',
  'move-volatile': 'the start of the prompt were the same in all calls',
  'sort-keys': 'the JSON were written in the same way in all calls',
  'sort-tools': 'the tools stood in the same order in all calls',
  'freeze-tools': 'all these calls declared the same tools',
  'freeze-system': 'the system prompt were the same in all calls',
  'append-only': 'each call sent the earlier messages unchanged',
  'keep-settings': 'the parameter were the same in all calls',
}

/** What to do, as a title. */
export const TITLES: Readonly<Record<CacheFix, string>> = {
  'add-breakpoint': 'Mark the end of the stable part with',
  'move-breakpoint': 'Move the breakpoint to',
  'drop-breakpoint': 'Take the cache breakpoint away',
  'longer-ttl': 'Ask for a lifetime of',
  'warm-first': 'Send one call first and the others once it begins to answer',
  'cache-key': 'Send one stable key with all these calls',
  'move-volatile': 'Move the changing text behind the stable part of the prompt',
  'sort-keys': 'Write the JSON with sorted keys',
  'sort-tools': 'Sort the tools by name',
  'freeze-tools': 'Declare the same tools in every call of the conversation',
  'freeze-system': 'Keep the system prompt the same, and put what changes into a message',
  'append-only': 'Send earlier messages unchanged and only add new ones',
  'keep-settings': 'Keep the parameter the same in all calls',
}

export function titleOf(fix: CacheFix, provider: string, places: readonly string[], part: string): string {
  const ends = places.map(placeName).join(' and ')
  switch (fix) {
    case 'add-breakpoint':
      return `Mark ${ends === '' ? 'every 15th block' : ends} with ${markName(provider)}`
    case 'move-breakpoint':
      return `${TITLES[fix]} ${ends}`
    case 'longer-ttl':
      return `${TITLES[fix]} ${places[0]}`
    case 'keep-settings':
      return `Keep ${part} the same in all calls`
    default:
      return TITLES[fix]
  }
}
