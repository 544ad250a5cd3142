// Two prompts of one conversation of which the later one does not just go on: messages were edited, dropped, summed up or stripped. Pure.

import type { AnalysedBlock } from '../finding-input'
import type { Divergence, PromptPair } from './divergence'
import { isOfConversation, tokensOf } from './prompt-parts'
import { textDivergence } from './text-divergence'
import { blockDifference } from './walk'

export type HistoryChange = 'edited' | 'truncated' | 'compacted' | 'thinking-stripped'

/** Fewer tokens behind the change may be chance: the same short question twice. */
const LEAST_SHARED_TOKENS = 200

/** `undefined` where nothing behind the first difference is in both, or too little to tell: that is another conversation. */
export function historyDivergence(pair: PromptPair): Divergence | undefined {
  const { earlier, later, at } = pair
  const text = textDivergence(pair, 'messages')
  if (text) return text
  const shared = alignment(pair)
  const [first] = shared
  if (!first) return undefined
  const kept = shared.flatMap(({ inLater }) => later[inLater] ?? [])
  const change = {
    removed: earlier.slice(at, first.inEarlier),
    added: later.slice(at, first.inLater),
    stableTokens: tokensOf(later, 0, at) + tokensOf(kept),
  }
  if (!kept.some(isOfConversation)) return contentInFront(pair, change)
  return {
    ...divergenceAt(pair, change.stableTokens),
    cause: 'history-edited',
    isConversation: true,
    variants: [],
    details: {
      kind: kindOf(change),
      removedBlocks: change.removed.length,
      addedBlocks: change.added.length,
      keptBlocks: kept.length,
    },
  }
}

interface Change {
  readonly removed: readonly AnalysedBlock[]
  readonly added: readonly AnalysedBlock[]
  /** Of the later prompt: what stands in front of the change, and what both have behind it. */
  readonly stableTokens: number
}

/** What no model wrote is no history: the calls put text of their own in front of what they all send. */
function contentInFront(pair: PromptPair, { removed, added, stableTokens }: Change): Divergence | undefined {
  const { earlier, later, at, textOf } = pair
  if (removed.length !== added.length || [...removed, ...added].some(isOfConversation)) return undefined
  if (stableTokens - tokensOf(later, 0, at) < LEAST_SHARED_TOKENS) return undefined
  const difference = blockDifference(earlier[at], later[at], textOf)
  const text = difference?.what === 'content' ? difference.text : { kind: 'text', at: 0 }
  return {
    ...divergenceAt(pair, stableTokens),
    cause: 'volatile-prefix',
    isConversation: false,
    variants: added.map(({ hash }, index) => ({
      earlier: removed[index]?.hash ?? '',
      later: hash,
      volatileShare: 1,
    })),
    details: { volatile: { path: later[at]?.path, ...text } },
  }
}

function divergenceAt(pair: PromptPair, stableTokens: number) {
  const { earlier, later, at } = pair
  return { part: 'messages', ...placeOf(earlier[at], later[at]), at, stableTokens }
}

function placeOf(earlier: AnalysedBlock | undefined, later: AnalysedBlock | undefined) {
  return {
    ...(later ? { path: later.path } : {}),
    ...(earlier ? { earlierPath: earlier.path } : {}),
  }
}

interface Shared {
  readonly inEarlier: number
  readonly inLater: number
}

/** Blocks behind the first difference that are in both, in the same order. */
function alignment({ earlier, later, at }: PromptPair): Shared[] {
  const places = new Map<string, number[]>()
  for (let index = at; index < earlier.length; index++) {
    const hash = earlier[index]?.hash ?? ''
    const known = places.get(hash)
    if (known) known.push(index)
    else places.set(hash, [index])
  }
  const shared: Shared[] = []
  let from = at
  for (let inLater = at; inLater < later.length; inLater++) {
    const inEarlier = places.get(later[inLater]?.hash ?? '')?.find((index) => index >= from)
    if (inEarlier === undefined) continue
    shared.push({ inEarlier, inLater })
    from = inEarlier + 1
  }
  return shared
}

function kindOf({ removed, added }: Change): HistoryChange {
  if (added.length === 0)
    return removed.every(({ kind }) => kind === 'reasoning') ? 'thinking-stripped' : 'truncated'
  return removed.length > added.length ? 'compacted' : 'edited'
}
