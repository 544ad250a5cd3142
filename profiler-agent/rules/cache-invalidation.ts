// What besides its text makes a cached prompt another one: which parameter of a request invalidates which part of it, as dated data.
// The simulator keeps its caches apart by these rows, the analysis names the parameter. No behaviour but the look-up.

/** Parts of a prompt in render order. What changes in one makes all that follows another prompt. */
export const CACHE_TIERS = ['tools', 'system', 'messages'] as const
export type CacheTier = (typeof CACHE_TIERS)[number]

export interface InvalidationRow {
  /** Providers in whose own API the parameter has this name. */
  readonly providers: readonly string[]
  /** Names of the parameter in a request, a dot for each level. */
  readonly parameters: readonly string[]
  /** The first part of the prompt that a change of it makes another one. */
  readonly from: CacheTier
  /** Values, as JSON, that mean the same as leaving the parameter out. */
  readonly ordinary?: readonly string[]
  /** The provider's own word for a miss on its account, where it has one. */
  readonly missReason?: string
  readonly evidence: 'documented' | 'assumed'
  readonly source: string
  readonly date: string
}

const ANTHROPIC = {
  providers: ['anthropic'],
  evidence: 'documented',
  source:
    'github.com/anthropics/skills claude-api/shared/prompt-caching.md (0da71c3b), "Invalidation hierarchy"',
  date: '2026-11-22',
} as const satisfies Partial<InvalidationRow>

const OPENAI = {
  providers: ['openai'],
  from: 'tools',
  evidence: 'documented',
  source:
    'openai 7.57.0 resources/responses/responses.d.ts:1256 (reasons of a miss); rendered first: assumed',
  date: '2026-11-22',
} as const satisfies Partial<InvalidationRow>

const EVERYWHERE = ['anthropic', 'openai', 'google', 'vertex', 'deepseek', 'xai', 'groq', 'mistral'] as const

export const INVALIDATION_ROWS: readonly InvalidationRow[] = [
  {
    providers: [...EVERYWHERE, 'fireworks', 'alibaba', 'bedrock'],
    parameters: ['model'],
    from: 'tools',
    missReason: 'model_changed',
    evidence: 'documented',
    source: 'caches belong to a model: the guides of all of them',
    date: '2026-11-22',
  },
  { ...ANTHROPIC, parameters: ['tools', 'mcp_servers'], from: 'tools', missReason: 'tools_changed' },
  {
    // Of structured output; `outputConfig` is Bedrock's name.
    ...ANTHROPIC,
    parameters: ['output_config.format', 'output_format', 'outputConfig'],
    from: 'tools',
    missReason: 'unavailable',
    evidence: 'assumed',
    source:
      'exploration.grjus.eu/posts/prompt-caching-structured-output-bedrock: eight experiments; not in the guide',
  },
  {
    ...ANTHROPIC,
    parameters: ['speed'],
    from: 'system',
    ordinary: ['"standard"'],
    missReason: 'model_changed',
  },
  {
    // Whether any document asks for citations, whether web search is among the tools: no parameters of their own.
    ...ANTHROPIC,
    parameters: ['citations', 'web_search'],
    from: 'system',
    ordinary: ['false'],
    missReason: 'unavailable',
  },
  { ...ANTHROPIC, parameters: ['system'], from: 'system', missReason: 'system_changed' },
  {
    ...ANTHROPIC,
    parameters: ['tool_choice', 'toolConfig.toolChoice'],
    from: 'messages',
    ordinary: ['{"type":"auto"}', '{"auto":{}}'],
    missReason: 'unavailable',
  },
  {
    // Whether there is any image among the messages.
    ...ANTHROPIC,
    parameters: ['images'],
    from: 'messages',
    ordinary: ['false'],
    missReason: 'unavailable',
  },
  {
    // Models that render it ahead of tools and system lose those, too; which ones do is not said; one experiment says Sonnet 4.6 (reddit 1t1nisf).
    ...ANTHROPIC,
    parameters: ['thinking', 'output_config.effort'],
    from: 'messages',
    ordinary: ['"high"'],
    missReason: 'unavailable',
  },
  { ...ANTHROPIC, parameters: ['messages'], from: 'messages', missReason: 'messages_changed' },
  {
    // Nova; Claude on Bedrock keeps to Anthropic's rows.
    providers: ['bedrock'],
    parameters: ['tool_choice', 'toolConfig.toolChoice'],
    from: 'tools',
    ordinary: ['{"type":"auto"}', '{"auto":{}}'],
    evidence: 'assumed',
    source:
      'recorded: nova-lite writes the same system prompt once for a forced tool and once for a free choice',
    date: '2026-11-22',
  },
  { ...OPENAI, parameters: ['tools'], missReason: 'tools_changed' },
  { ...OPENAI, parameters: ['prompt_cache_key'], missReason: 'prompt_cache_key_changed' },
  {
    ...OPENAI,
    parameters: ['service_tier'],
    ordinary: ['"auto"', '"default"'],
    missReason: 'service_tier_changed',
  },
  {
    ...OPENAI,
    parameters: ['text.format', 'response_format'],
    ordinary: ['{"type":"text"}'],
    missReason: 'text_format_changed',
  },
  {
    ...OPENAI,
    // The effort that stands for none said differs by model.
    parameters: ['reasoning.effort', 'reasoning_effort'],
    missReason: 'reasoning_effort_changed',
  },
  {
    ...OPENAI,
    parameters: ['text.verbosity', 'verbosity'],
    ordinary: ['"medium"'],
    missReason: 'verbosity_changed',
  },
  { ...OPENAI, parameters: ['instructions'], from: 'system', missReason: 'input_changed' },
  { ...OPENAI, parameters: ['input', 'messages'], from: 'messages', missReason: 'input_changed' },
  {
    providers: ['fireworks'],
    parameters: ['prompt_cache_isolation_key'],
    from: 'tools',
    evidence: 'documented',
    source: 'docs.fireworks.ai/guides/prompt-caching',
    date: '2026-11-22',
  },
]

/**
 * Where a change of a parameter begins to count in a prompt of a provider (the `provider` of its cache rule); `undefined`: nowhere,
 * as far as is known.
 */
export function invalidationOf(provider: string, parameter: string): InvalidationRow | undefined {
  return INVALIDATION_ROWS.find(
    (row) => row.providers.includes(provider) && row.parameters.includes(parameter),
  )
}

/** Claude models that keep the thinking of earlier turns in the prompt. */
const THINKING_KEPT = {
  model:
    /^claude-(fable|mythos|opus-(4-[5-9]|[5-9]|\d\d)|sonnet-(4-[6-9]|[5-9]|\d\d)|haiku-([5-9]|\d\d))(-|$)/,
  source:
    'github.com/anthropics/skills claude-api/shared/prompt-caching.md (0da71c3b): Opus 4.5 and later, Sonnet 4.6 and later; no Haiku up to 4.5',
  date: '2026-11-22',
} as const

/**
 * True when a Claude model takes the thinking of earlier turns out of the prompt as soon as the user says something new, so that all
 * that follows the first such block is another prompt. `model` is the bare id (`claude-sonnet-4-5-20250929`).
 */
export function dropsEarlierThinking(model: string): boolean {
  return model.startsWith('claude-') && !THINKING_KEPT.model.test(model)
}

/** Text that a provider takes out of the prompt: it may change from call to call, and neither costs nor invalidates anything. */
const LEFT_OUT = {
  provider: 'anthropic',
  text: /^x-anthropic-billing-header:/,
  source:
    'recorded: 24,243 tokens read from the cache behind a system block whose header had changed (`cch=…`, set by Claude Code)',
  date: '2026-11-22',
} as const

/** True for the text of a system block that the provider (of the cache rule) does not show the model. */
export function isLeftOut(provider: string, text: string): boolean {
  return provider === LEFT_OUT.provider && LEFT_OUT.text.test(text)
}

/** Models whose prompt begins with the system prompt, tools after it; with the others it is the other way round. */
const SYSTEM_FIRST = {
  provider: 'openai',
  model: /^(gpt-4|chatgpt-4)/,
  source:
    'recorded, gpt-4.1: after a change 28,000 characters into the system prompt and a tool more at the end, more was read than all tools have',
  date: '2026-11-22',
} as const

export function rendersSystemFirst(provider: string, model: string): boolean {
  return provider === SYSTEM_FIRST.provider && SYSTEM_FIRST.model.test(model)
}
