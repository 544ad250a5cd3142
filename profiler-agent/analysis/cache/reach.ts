// How far into a call's prompt a cache could have held it, and what kept it from that: the earlier calls that sent its start. Pure.

import type { PromptPair } from './divergence'
import { isOfConversation, type Part, partsOf } from './prompt-parts'
import { hasOtherKey, type SentCall, type SettingChange, settingChange, standingOf } from './sent-call'
import type { SentPath } from './sent-path'
import { sharedTextTokens } from './shared-text'

/** The longest prefix of one kind. */
export interface Reached {
  /** Whole blocks of the prompt. */
  readonly blocks: number
  /** Of these, and of the start of the next block where the cache holds parts of blocks. */
  readonly tokens: number
  /** The latest call that sent it. */
  readonly earlier: SentCall
  /** True where it is that call's whole prompt, whose length the provider reported. */
  readonly isExact: boolean
}

export interface Reach {
  /** Sent by a call whose cache this one could read. */
  readonly ready?: Reached
  /** Longer than `ready`: sent too long ago; by a call that was not yet answered; with another parameter; with another cache key. */
  readonly expired?: Reached
  readonly pending?: Reached
  readonly changed?: Reached & { readonly change: SettingChange }
  readonly otherKey?: Reached
}

/** Of more calls that sent a prefix, the latest are those that count. */
const MOST_CALLS = 32

/** `path`: the beginnings of the call's prompt that were sent before it. */
export function reachOf(sent: SentCall, path: SentPath, textOf: PromptPair['textOf']): Reach {
  const reach: { -readonly [Kind in keyof Reach]: Reach[Kind] } = {}
  const counted = (reached: Omit<Reached, 'tokens'>): Reached => ({
    ...reached,
    tokens: Math.min(
      (sent.ends[reached.blocks - 1] ?? 0) + sharedTextTokens(reached.earlier, sent, reached.blocks, textOf),
      mostShared(sent, reached.earlier),
    ),
  })
  // From the longest on: whatever is ready at a longer prefix is so at all shorter ones.
  for (let blocks = path.length; blocks > 0; blocks--) {
    // The same calls sent a longer one.
    if (!path.isEnd(blocks) && !isBoundary(sent, blocks)) continue
    let left = MOST_CALLS
    for (const earlier of path.calls(blocks)) {
      const reached = { blocks, earlier, isExact: earlier.call.prompt.blocks.length === blocks }
      const kind = kindOf(sent, reached)
      if (kind === 'ready' && isHeld(sent, path, blocks)) return { ...reach, ready: counted(reached) }
      if (kind === 'pending' || kind === 'expired' || kind === 'otherKey') reach[kind] ??= counted(reached)
      else if (typeof kind === 'object') reach.changed ??= { ...counted(reached), change: kind }
      if (--left === 0) break
    }
  }
  return reach
}

/** What two prompts share is no longer than the shorter one, by what was reported: the shares of their blocks are estimates. */
function mostShared(sent: SentCall, earlier: SentCall): number {
  return sent.call.model === earlier.call.model ? earlier.input : sent.input
}

type Kind = 'ready' | 'pending' | 'expired' | 'otherKey' | SettingChange | undefined

function kindOf(sent: SentCall, { earlier, blocks }: Pick<Reached, 'earlier' | 'blocks'>): Kind {
  const standing = standingOf(earlier, sent)
  const change = settingChange(earlier, sent)
  if (change && isWithin(sent, blocks, change.from))
    return standing === 'ready' && isEvident(change, sent, blocks) ? change : undefined
  if (hasOtherKey(earlier, sent)) return standing === 'ready' ? 'otherKey' : undefined
  return standing
}

/** Here other things begin to count. */
function isBoundary({ call, rule }: SentCall, blocks: number): boolean {
  const { system, messagesAt } = partsOf(call.prompt)
  return blocks === system.from || blocks === messagesAt || rule.holds !== undefined
}

/** True where a change that counts from a part on concerns a prefix of so many blocks. */
function isWithin(sent: SentCall, blocks: number, from: Part): boolean {
  const { system, messagesAt } = partsOf(sent.call.prompt)
  if (from === 'tools') return true
  return blocks > (from === 'system' ? system.from : messagesAt)
}

/** Other models are other agents, unless one goes on with what the other began. */
function isEvident({ parameter }: SettingChange, { call }: SentCall, blocks: number): boolean {
  return parameter !== 'model' || call.prompt.blocks.slice(0, blocks).some(isOfConversation)
}

/** Some caches hold a prefix only up to where an earlier prompt ended, or where two earlier ones parted. */
function isHeld(sent: SentCall, path: SentPath, blocks: number): boolean {
  if (sent.rule.holds !== 'whole-units') return true
  for (const earlier of path.calls(blocks)) if (earlier.call.prompt.blocks.length === blocks) return true
  return path.isParting(blocks)
}
