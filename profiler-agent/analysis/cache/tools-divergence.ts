// Two prompts that differ in their tools: the same ones in another order, another set, or one that is declared differently. Pure.

import type { AnalysedBlock } from '../finding-input'
import type { Divergence, PromptPair } from './divergence'
import { blocksIn, partsOf, tokensOf } from './prompt-parts'
import { textDivergence } from './text-divergence'
import { walkOn } from './walk'

/** Names of this many tools are told. */
const MOST_NAMES = 20

/** `undefined` where nothing else shows that both come from one agent: what stands around the tools is another prompt. */
export function toolsDivergence(pair: PromptPair): Divergence | undefined {
  const { earlier, later, at } = pair
  const before = blocksIn({ blocks: earlier }, 'tools')
  const after = blocksIn({ blocks: later }, 'tools')
  if (haveSameNames(before, after)) {
    const text = textDivergence(pair, `tools:${later[at]?.name ?? ''}`)
    if (text) return text
  }
  const { from, to } = partsOf({ blocks: later }).tools
  const rest = walkOn(pair, partsOf({ blocks: earlier }).tools.to, to)
  const around = tokensOf(later, 0, from) + rest.tokens
  if (around === 0 || (!rest.isConversation && !isOneSet(before, after))) return undefined
  const change = changeOf(before, after)
  const first = at < to ? later[at] : undefined
  const earlierPath = earlier[at]?.kind === 'tool_def' ? earlier[at].path : undefined
  return {
    cause: change ? 'tools-changed' : 'tools-reordered',
    part: 'tools',
    ...(first ? { path: first.path } : {}),
    ...(earlierPath === undefined ? {} : { earlierPath }),
    at,
    stableTokens: keptTokens(before, after) + around,
    isConversation: rest.isConversation,
    variants: [],
    details: change ?? { order: { before: namesOf(before), after: namesOf(after) } },
  }
}

/** Agents of several kinds may have a system prompt in common, and few tools. */
const SAME_AGENT = 0.5

function isOneSet(before: readonly AnalysedBlock[], after: readonly AnalysedBlock[]): boolean {
  const names = new Set(before.map(({ name }) => name))
  const shared = after.filter(({ name }) => names.has(name)).length
  return shared >= SAME_AGENT * Math.max(before.length, after.length)
}

function haveSameNames(before: readonly AnalysedBlock[], after: readonly AnalysedBlock[]): boolean {
  return before.length === after.length && after.every(({ name }, index) => name === before[index]?.name)
}

/** `undefined` where the same tools stand in another order. */
function changeOf(before: readonly AnalysedBlock[], after: readonly AnalysedBlock[]) {
  const earlier = byName(before)
  const later = byName(after)
  const added = [...later.keys()].filter((name) => !earlier.has(name))
  const removed = [...earlier.keys()].filter((name) => !later.has(name))
  const changed = [...later].flatMap(([name, hash]) =>
    earlier.has(name) && earlier.get(name) !== hash ? [name] : [],
  )
  if (added.length + removed.length + changed.length === 0) return undefined
  const told = (names: readonly string[]) => names.slice(0, MOST_NAMES)
  return { added: told(added), removed: told(removed), changed: told(changed) }
}

function byName(tools: readonly AnalysedBlock[]): Map<string, string> {
  const hashes = new Map<string, string>()
  for (const { name = '', hash } of tools) hashes.set(name, `${hashes.get(name) ?? ''}${hash}`)
  return hashes
}

function namesOf(tools: readonly AnalysedBlock[]): string[] {
  return tools.slice(0, MOST_NAMES).map(({ name = '' }) => name)
}

/** Tokens of tools that both declare alike. */
function keptTokens(before: readonly AnalysedBlock[], after: readonly AnalysedBlock[]): number {
  const hashes = new Set(before.map(({ hash }) => hash))
  return tokensOf(after.filter(({ hash }) => hashes.has(hash)))
}
