// Calls for tests of cache replays, written as a picture: `tool:find 40 | system:manual 2000 * | user:hello 30`.

import type { ReplayBlock, ReplayCall } from '../../profiler-agent/analysis/replay/replay-call'
import type { CacheSettings } from '../../profiler-agent/model/cache-settings'
import { type CacheTtl, perTtl, usageOf } from '../../profiler-agent/model/usage'

/** Pico-dollars per token, so that sums can be done in the head. */
export const PRICES = {
  uncachedInput: 100,
  cacheRead: 10,
  cacheWrite: { ...perTtl(() => 125), '1h': 200, '12h': 250 },
  output: 500,
  units: {},
}

const KINDS = {
  tool: 'tool_def',
  system: 'system',
  user: 'user',
  assistant: 'assistant',
  reasoning: 'reasoning',
} as const satisfies Record<string, ReplayBlock['kind']>

export interface CallFacts {
  readonly at: number
  /** Ms from the start to the first token; 1,000 unless said. */
  readonly firstTokenAfter?: number
  readonly provider?: string
  readonly model?: string
  readonly account?: string
  readonly settings?: CacheSettings
  /** As reported; unless said, all input is uncached. */
  readonly read?: number
  readonly write?: Partial<Record<CacheTtl, number>>
  /** Input tokens beside those of the blocks. */
  readonly hidden?: number
  readonly isPromptWhole?: boolean
}

/** A call at `at` (ms). Each block is `kind:text tokens`, then `*` or `*1h` for a breakpoint; equal texts are equal blocks. */
export function replayCall(spanId: string, picture: string, facts: CallFacts): ReplayCall {
  const { at, firstTokenAfter = 1_000, provider = 'anthropic', model = 'claude-sonnet-4-6' } = facts
  const blocks = picture.split('|').map((text, index) => blockOf(text.trim(), index))
  const total = blocks.reduce((sum, { tokens }) => sum + tokens, 0) + (facts.hidden ?? 0)
  const written = Object.values(facts.write ?? {}).reduce((sum, tokens) => sum + tokens, 0)
  const read = facts.read ?? 0
  const usage = usageOf(
    {
      uncachedInputTokens: total - read - written,
      cacheReadTokens: read,
      cacheWriteTokens: facts.write ?? {},
      outputTokens: 10,
    },
    'reported',
    null,
  )
  return {
    ...{ spanId, provider, model, usage, prompt: { blocks } },
    ...(facts.account === undefined ? {} : { account: facts.account }),
    startedAt: at,
    firstTokenAt: at + firstTokenAfter,
    cost: {
      prices: PRICES,
      byBucket: { uncachedInput: 0, cacheRead: 0, cacheWrite: 0, output: 0, units: 0 },
    },
    settings: facts.settings ?? {},
    isPromptWhole: facts.isPromptWhole ?? true,
  }
}

function blockOf(text: string, index: number): ReplayBlock {
  const [, kind = '', words = '', tokens = '', mark] = /^(\w+):(.+?) (\d+)(?: \*(\w*))?$/.exec(text) ?? []
  if (!(kind in KINDS)) throw new Error(`"${text}" is no block`)
  return {
    path: `${kind}[${index}]`,
    kind: KINDS[kind as keyof typeof KINDS],
    hash: words,
    tokens: Number(tokens),
    ...(kind === 'tool' ? { name: words } : {}),
    ...(mark === undefined ? {} : { mark: (mark || '5m') as CacheTtl }),
  }
}
