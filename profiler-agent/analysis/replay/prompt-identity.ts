// What a provider's cache tells apart besides the text of a prompt: account, model, key, and parameters that make its rest another one.

import type { CacheRule } from '../../rules/cache-rules'
import type { ReplayBlock, ReplayCall } from './replay-call'

export type Tier = 'tools' | 'system' | 'messages'

/** A block's place in the render order, which never goes back: a system text after a message belongs to the messages. */
export function tierOf(block: Pick<ReplayBlock, 'kind'>, before: Tier): Tier {
  if (before === 'messages') return 'messages'
  if (block.kind === 'tool_def') return before === 'tools' ? 'tools' : 'messages'
  return block.kind === 'system' ? 'system' : 'messages'
}

/** Requests with different ones share nothing. */
export function rootOf(call: ReplayCall, rule: CacheRule): string {
  const { provider, model, account = '', settings } = call
  const key = rule.provider === 'openai' ? (settings.key ?? '') : ''
  return JSON.stringify([provider, model, account, key, saltOf(call, rule, 'tools')])
}

/** The parameters that begin to count with a tier; empty where there are none. */
export function saltOf({ settings }: ReplayCall, rule: CacheRule, tier: Tier): string {
  return Object.entries(settings.parameters ?? {})
    .filter(([name]) => tierOfParameter(rule, name) === tier)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')
}

/** From where on a changed parameter makes another prompt; `undefined`: it does not. */
export function tierOfParameter({ provider }: CacheRule, name: string): Tier | undefined {
  if (provider === 'anthropic') return name === 'speed' ? 'system' : 'messages'
  return provider === 'openai' && name !== 'tool_choice' ? 'tools' : undefined
}

/** The keys by which prompts are compared, one for each block: its hash, with what begins to count at it. */
export function blockKeys(call: ReplayCall, rule: CacheRule): readonly string[] {
  const { blocks } = call.prompt
  const salts = { system: saltOf(call, rule, 'system'), messages: saltOf(call, rule, 'messages') }
  if (salts.system === '' && salts.messages === '') return blocks.map(({ hash }) => hash)
  let tier: Tier = 'tools'
  return blocks.map((block) => {
    const before: Tier = tier
    tier = tierOf(block, before)
    return tier === before ? block.hash : saltedKey(block.hash, before, tier, salts)
  })
}

function saltedKey(
  hash: string,
  before: Tier,
  tier: Tier,
  salts: Readonly<Record<'system' | 'messages', string>>,
): string {
  const begun = [
    ...(before === 'tools' ? [salts.system] : []),
    ...(tier === 'messages' ? [salts.messages] : []),
  ]
  return [hash, ...begun.filter((salt) => salt !== '')].join('\n')
}

/** How many blocks at the beginning are tools, or tools and system texts. */
export function leadingBlocks(blocks: readonly ReplayBlock[], upTo: 'tools' | 'system'): number {
  let tier: Tier = 'tools'
  const end = blocks.findIndex((block) => {
    tier = tierOf(block, tier)
    return tier === 'messages' || (tier !== upTo && upTo === 'tools')
  })
  return end < 0 ? blocks.length : end
}
