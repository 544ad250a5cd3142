// A prompt as the provider's cache sees it: without what the model is not shown, and in the order in which its parts are put together.

import { isLeftOut, rendersSystemFirst } from '../../rules/cache-invalidation'
import type { CacheRule } from '../../rules/cache-rules'
import type { TextOf } from './automatic-cache'
import { leadingBlocks } from './prompt-identity'
import type { ReplayBlock, ReplayCall } from './replay-call'

/** The call itself where that is how it was sent. */
export function renderedCall<Call extends ReplayCall>(
  call: Call,
  rule: CacheRule,
  textOf: TextOf | undefined,
): Call {
  const { blocks } = call.prompt
  const tools = leadingBlocks(blocks, 'tools')
  const system = blocks.slice(tools, leadingBlocks(blocks, 'system'))
  const shown = system.filter((block) => !isUnseen(block, rule, textOf))
  const bare = call.model.toLowerCase().slice(call.model.lastIndexOf('/') + 1)
  const isSystemFirst = tools > 0 && shown.length > 0 && rendersSystemFirst(rule.provider, bare)
  if (shown.length === system.length && !isSystemFirst) return call
  const rest = blocks.slice(tools + system.length)
  const declared = blocks.slice(0, tools)
  const parts = isSystemFirst ? [...shown, ...declared, ...rest] : [...declared, ...shown, ...rest]
  return { ...call, prompt: { ...call.prompt, blocks: parts } }
}

/** A text is what it is: it is asked for once. */
const unseen = new WeakMap<ReplayBlock, boolean>()

function isUnseen(block: ReplayBlock, { provider }: CacheRule, textOf: TextOf | undefined): boolean {
  const known = unseen.get(block)
  if (known !== undefined || !textOf) return known ?? false
  const text = textOf(block.hash)
  const answer = text !== undefined && isLeftOut(provider, text)
  unseen.set(block, answer)
  return answer
}
