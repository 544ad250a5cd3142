// Two prompts of one conversation of which the later one does not just go on: messages were edited, dropped, summed up or stripped. Pure.

import type { AnalysedBlock } from '../finding-input'
import type { Divergence, PromptPair } from './divergence'
import { isOfConversation, tokensOf } from './prompt-parts'
import { textDivergence } from './text-divergence'
import { blockDifference } from './walk'

export type HistoryChange = 'edited' | 'truncated' | 'compacted' | 'thinking-stripped'

/** Fewer tokens in common, none of them a model's, may be chance: the same short question in two conversations. */
const LEAST_SHARED_TOKENS = 200

/** `undefined` where nothing behind the first difference is in both: that is another conversation. */
export function historyDivergence(pair: PromptPair): Divergence | undefined {
  const { earlier, later, at, textOf } = pair
  const text = textDivergence(pair, 'messages')
  if (text) return text
  const shared = alignment(pair)
  const [first] = shared
  if (!first) return undefined
  const blocks = shared.flatMap(({ inLater }) => later[inLater] ?? [])
  const isConversation = blocks.some(isOfConversation)
  const tokens = tokensOf(blocks)
  if (!isConversation && tokens < LEAST_SHARED_TOKENS) return undefined
  const removed = earlier.slice(at, first.inEarlier)
  const added = later.slice(at, first.inLater)
  const stableTokens = tokensOf(later, 0, at) + tokens
  const place = placeOf(earlier[at], later[at])
  // What no model wrote is no history: the calls put their own text in front of what they all send.
  if (!isConversation && !removed.some(isOfConversation)) {
    const difference = blockDifference(earlier[at], later[at], textOf)
    const text = difference?.what === 'content' ? difference.text : { kind: 'text', at: 0 }
    const volatile = { path: later[at]?.path, ...text }
    return {
      ...{ cause: 'volatile-prefix', part: 'messages', ...place, at, stableTokens, isConversation },
      variants: [{ earlier: earlier[at]?.hash ?? '', later: later[at]?.hash ?? '', volatileShare: 1 }],
      details: { volatile },
    }
  }
  return {
    ...{ cause: 'history-edited', part: 'messages', ...place, at, stableTokens, isConversation },
    variants: [],
    details: {
      kind: changeOf(removed, added),
      removedBlocks: removed.length,
      addedBlocks: added.length,
      keptBlocks: blocks.length,
    },
  }
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

function changeOf(removed: readonly AnalysedBlock[], added: readonly AnalysedBlock[]): HistoryChange {
  if (added.length === 0)
    return removed.every(({ kind }) => kind === 'reasoning') ? 'thinking-stripped' : 'truncated'
  return removed.length > added.length ? 'compacted' : 'edited'
}
