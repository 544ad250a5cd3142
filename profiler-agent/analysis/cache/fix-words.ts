// What to do about a cache miss, in words: for the title of a fix, for its message, and what is assumed of it. Pure.

import type { CacheRule } from '../../rules/cache-rules'
import type { CacheCause, CacheFix } from '../cache-causes'

/** What is done where. */
export interface Deed {
  readonly fix: CacheFix
  readonly cause: CacheCause
  /** Where breakpoints go, or which lifetime is asked for. */
  readonly places: readonly string[]
  /** Of the prompt, or the parameter. */
  readonly part: string
  readonly rule: CacheRule
}

export function titleOf({ fix, places, part, rule }: Deed): string {
  switch (fix) {
    case 'add-breakpoint':
      return `Mark ${placeNames(places)} with ${markName(rule)}`
    case 'move-breakpoint':
      return `Move the breakpoint to ${placeNames(places)}`
    case 'drop-breakpoint':
      return rule.implicitBreakpoint
        ? 'Switch the cache off for these calls'
        : 'Take the cache breakpoint away'
    case 'longer-ttl':
      return `Ask for a lifetime of ${places[0]}`
    case 'warm-first':
      return rule.holds === 'whole-units'
        ? 'Send two calls one after the other first: the cache keeps what they have in common'
        : 'Send one call first and the others once it begins to answer'
    case 'cache-key':
      return `Send one stable ${rule.affinity ?? 'cache key'} with all these calls`
    case 'move-volatile':
      return `Move the changing text behind the stable part of the prompt${alsoMark(places, rule)}`
    case 'sort-keys':
      return `Write the JSON with sorted keys${alsoMark(places, rule)}`
    case 'sort-tools':
      return `Sort the tools by name${alsoMark(places, rule)}`
    case 'freeze-tools':
      return `Declare the same tools in all calls${alsoMark(places, rule)}`
    case 'freeze-system':
      return `Keep the system prompt the same, and put what changes into a message${alsoMark(places, rule)}`
    case 'append-only':
      return `Send earlier messages unchanged and only add new ones${alsoMark(places, rule)}`
    case 'keep-settings':
      return `Keep ${part} the same in all calls${alsoMark(places, rule)}`
    default:
      return fix satisfies never
  }
}

/** In front of "saves". */
export function remedyOf({ fix, cause, places, rule }: Deed): string {
  switch (fix) {
    case 'add-breakpoint':
      return cause === 'missing-breakpoint'
        ? `A ${markName(rule)} mark at the end of the stable part (${placeNames(places)})`
        : `Another ${markName(rule)} mark at ${placeNames(places)}`
    case 'move-breakpoint':
      return `Moving the ${markName(rule)} mark to ${placeNames(places)}`
    case 'drop-breakpoint':
      return 'Sending them without a cache breakpoint'
    case 'longer-ttl':
      return `A lifetime of ${places[0]}`
    case 'warm-first':
      return rule.holds === 'whole-units' ? 'Awaiting the first two calls' : 'Awaiting the first of them'
    case 'cache-key':
      return 'One stable key for all of them'
    case 'move-volatile':
      return `Moving it behind the stable part${alsoMark(places, rule)}`
    case 'sort-keys':
      return `Writing it with sorted keys${alsoMark(places, rule)}`
    case 'sort-tools':
      return `Sorting them by name${alsoMark(places, rule)}`
    case 'freeze-tools':
      return `Declaring the same tools in every call${alsoMark(places, rule)}`
    case 'freeze-system':
      return `Keeping it the same and saying the rest in a message${alsoMark(places, rule)}`
    case 'append-only':
      return `Only adding to the messages${alsoMark(places, rule)}`
    case 'keep-settings':
      return `Keeping it the same${alsoMark(places, rule)}`
    default:
      return fix satisfies never
  }
}

/** Where the fix is of use only with a breakpoint that is not there yet. */
function alsoMark(places: readonly string[], rule: CacheRule): string {
  return places.length === 0 ? '' : ` and setting a ${markName(rule)} mark at ${placeNames(places)}`
}

function placeNames(places: readonly string[]): string {
  return places.map(placeName).join(' and ')
}

function placeName(place: string): string {
  if (place === 'last') return 'the end of the last message'
  if (place === 'spread') return 'the last block and every 15th before it'
  return place === 'system' ? 'the end of the system prompt' : 'the end of the tools'
}

function markName({ provider }: CacheRule): string {
  return provider === 'openai' ? 'prompt_cache_breakpoint' : 'cache_control'
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
