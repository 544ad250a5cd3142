// Which refused requests Anthropic bills, as dated facts. Data only.

const SOURCE = 'platform.claude.com/docs/en/build-with-claude/refusals-and-fallback'

/**
 * A refusal that came before any output is free from `from` on, unless its category is in `billed` and the moment is
 * not before `billedFrom`. A refusal in mid-reply is billed like any other. The same on every platform of Claude.
 */
export const CLAUDE_REFUSALS = {
  providers: ['anthropic', 'bedrock', 'vertex', 'azure'],
  from: '2026-06-02T00:00:00Z',
  billed: ['bio', 'frontier_llm', 'reasoning_extraction'],
  billedFrom: '2026-09-24T00:00:00Z',
  source: `${SOURCE}, "How refusals are billed"; release notes of 2026-06-02 and 2026-09-24`,
  read: '2026-11-22',
} as const
