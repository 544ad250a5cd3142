// What a provider's cache tells apart besides the text of a prompt: account, model, key, and parameters that make its rest another one.

import {
  CACHE_TIERS,
  type CacheTier,
  dropsEarlierThinking,
  invalidationOf,
} from '../../rules/cache-invalidation'
import type { CacheRule } from '../../rules/cache-rules'
import type { ReplayBlock, ReplayCall } from './replay-call'
import type { Way } from './trails'

/** How the cache of a rule tells a prompt from others. */
export function wayOf(call: ReplayCall, rule: CacheRule): Way {
  const { blocks } = call.prompt
  const way = { root: rootOf(call, rule), blocks }
  if (isPlain(identityOf(call, rule)))
    return { ...way, isPlain: true, keyAt: (index) => blocks[index]?.hash ?? '' }
  const keys = blockKeys(call, rule)
  return { ...way, isPlain: false, keyAt: (index) => keys[index] ?? '' }
}

interface Identity {
  /** What begins to count with a part of the prompt. */
  readonly salts: Readonly<Record<Exclude<CacheTier, 'tools'>, string>>
  /** Index of the block up to which thinking is not rendered; -1 where all is. */
  readonly dropped: number
}

function identityOf(call: ReplayCall, rule: CacheRule): Identity {
  const salts = { system: saltOf(call, rule, 'system'), messages: saltOf(call, rule, 'messages') }
  return { salts, dropped: droppedThinking(call) }
}

function isPlain({ salts, dropped }: Identity): boolean {
  return dropped < 0 && salts.system === '' && salts.messages === ''
}

/** Requests with different ones share nothing. */
function rootOf(call: ReplayCall, rule: CacheRule): string {
  const { provider, model, account = '', settings } = call
  const key = rule.affinity === undefined ? '' : (settings.key ?? '')
  return JSON.stringify([provider, model, account, key, saltOf(call, rule, 'tools')])
}

/** One for each block: its hash, with what begins to count at it; empty for what is not rendered. */
export function blockKeys(call: ReplayCall, rule: CacheRule): readonly string[] {
  const { blocks } = call.prompt
  const identity = identityOf(call, rule)
  if (isPlain(identity)) return blocks.map(({ hash }) => hash)
  const { salts, dropped } = identity
  let tier: CacheTier = 'tools'
  return blocks.map((block, index) => {
    if (index <= dropped && block.kind === 'reasoning') return ''
    const before = tier
    tier = tierOf(block, before)
    const begun = CACHE_TIERS.slice(CACHE_TIERS.indexOf(before) + 1, CACHE_TIERS.indexOf(tier) + 1)
    return begun.reduce((key, next) => (next === 'tools' ? key : `${key}\n${salts[next]}`), block.hash)
  })
}

/** How many blocks at the beginning are tools, or tools and system texts. */
export function leadingBlocks(blocks: readonly ReplayBlock[], upTo: 'tools' | 'system'): number {
  let tier: CacheTier = 'tools'
  const end = blocks.findIndex((block) => {
    tier = tierOf(block, tier)
    return CACHE_TIERS.indexOf(tier) > CACHE_TIERS.indexOf(upTo)
  })
  return end < 0 ? blocks.length : end
}

/** A block's part of the prompt. The render order never goes back: a system text behind a message belongs to the messages. */
function tierOf({ kind }: Pick<ReplayBlock, 'kind'>, before: CacheTier): CacheTier {
  if (kind === 'tool_def' && before === 'tools') return 'tools'
  return kind === 'system' && before !== 'messages' ? 'system' : 'messages'
}

/** The parameters that begin to count with a part of the prompt; empty where there are none. */
function saltOf({ settings }: ReplayCall, { provider }: CacheRule, tier: CacheTier): string {
  return Object.entries(settings.parameters ?? {})
    .filter(([name, value]) => {
      const row = invalidationOf(provider, name)
      return row?.from === tier && !row.ordinary?.includes(value)
    })
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')
}

/**
 * Index of the block up to which thinking is taken out of the prompt: older models forget it when the user says something new, unless
 * the request asks to keep it.
 */
function droppedThinking({ model, prompt, settings }: ReplayCall): number {
  const claude = model
    .toLowerCase()
    .replaceAll('.', '-')
    .match(/claude-.*/)?.[0]
  if (claude === undefined || !dropsEarlierThinking(claude)) return -1
  if (settings.parameters?.context_management?.includes('"keep":"all"')) return -1
  return prompt.blocks.some(({ kind }) => kind === 'reasoning') ? lastQuestion(prompt.blocks) : -1
}

/** Index of the last text of the user; what stands beside the result of a tool is none. */
function lastQuestion(blocks: readonly ReplayBlock[]): number {
  const messageOf = ({ path }: ReplayBlock) => /^.*?\]/.exec(path)?.[0]
  const answers = new Set(blocks.filter(({ kind }) => kind === 'tool_result').map(messageOf))
  return blocks.findLastIndex((block) => block.kind === 'user' && !answers.has(messageOf(block)))
}
