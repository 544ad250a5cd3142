// What a fix has to know to be tried on recorded calls: which calls it changes, and the evidence by which it changes them. Types only.

import type { CacheFix } from '../cache-causes'
import type { ReplayBlock } from './replay-call'

/**
 * Where breakpoints would stand: after the tools, after the tools and system texts, on the last block, on the block with this path; or
 * `spread`: on the last block and every 15th before it, as many as there may be, so that a look-back over 20 blocks finds the next.
 */
export type BreakpointPlace = 'tools' | 'system' | 'last' | 'spread' | { readonly path: string }

interface Plan {
  readonly fix: CacheFix
  /** Calls that it changes; absent: all. */
  readonly spanIds?: ReadonlySet<string>
}

/** Adds marks to those that are there; past the rule's most, the earliest of the old ones go. `lifetime`: else the rule's default. */
export interface AddBreakpoint extends Plan {
  readonly fix: 'add-breakpoint'
  readonly places: readonly BreakpointPlace[]
  readonly lifetime?: string
}

/** Takes all marks away and sets these. */
export interface MoveBreakpoint extends Plan {
  readonly fix: 'move-breakpoint'
  readonly places: readonly BreakpointPlace[]
  readonly lifetime?: string
}

/** Takes marks away: those on blocks with these paths, else all, and the provider's own one with them. */
export interface DropBreakpoint extends Plan {
  readonly fix: 'drop-breakpoint'
  readonly paths?: ReadonlySet<string>
}

/** Asks for another lifetime in all marks and for the whole request; absent: the longest that the rule knows. */
export interface LongerTtl extends Plan {
  readonly fix: 'longer-ttl'
  readonly lifetime?: string
}

/** All calls carry one `prompt_cache_key`. */
export interface CacheKey extends Plan {
  readonly fix: 'cache-key'
  readonly key: string
}

/** Blocks that differ only in how they are written become one: exact hash → a hash that does not see the difference. */
export interface SortKeys extends Plan {
  readonly fix: 'sort-keys'
  readonly looseHashes: ReadonlyMap<string, string>
}

/** Tool definitions stand in one order, by hash. */
export interface SortTools extends Plan {
  readonly fix: 'sort-tools'
}

/** The first of several equal calls is awaited: what a call writes can be read at once. */
export interface WarmFirst extends Plan {
  readonly fix: 'warm-first'
}

/** What stays of a block when its changing text has moved to the end of the prompt. */
export interface StablePart {
  /** The same for all variants of the block. */
  readonly hash: string
  /** Share of the block's tokens that move, 0 to 1. */
  readonly volatileShare: number
}

/** Changing text stands behind everything else. By the block's exact hash. */
export interface MoveVolatile extends Plan {
  readonly fix: 'move-volatile'
  readonly stableParts: ReadonlyMap<string, StablePart>
}

/** All calls declare these tools, in this order; a call's tokens grow or shrink by what changes. */
export interface FreezeTools extends Plan {
  readonly fix: 'freeze-tools'
  readonly tools: readonly ReplayBlock[]
}

/** All calls begin with these system texts; what a call has instead of one of them moves to its end. */
export interface FreezeSystem extends Plan {
  readonly fix: 'freeze-system'
  readonly system: readonly ReplayBlock[]
}

/**
 * A call's prompt is that of the call it goes on from, unchanged, and its new blocks behind. `previous`: span id → span id of the call
 * before; calls that are not in it go on from the latest one whose last two blocks they have.
 */
export interface AppendOnly extends Plan {
  readonly fix: 'append-only'
  readonly previous: ReadonlyMap<string, string>
}

/** Parameters stay what they were: these replace the call's own of the same names; `null` takes one away. */
export interface KeepSettings extends Plan {
  readonly fix: 'keep-settings'
  readonly parameters: Readonly<Record<string, string | null>>
}

export type FixPlan =
  | AddBreakpoint
  | MoveBreakpoint
  | DropBreakpoint
  | LongerTtl
  | CacheKey
  | SortKeys
  | SortTools
  | WarmFirst
  | MoveVolatile
  | FreezeTools
  | FreezeSystem
  | AppendOnly
  | KeepSettings
