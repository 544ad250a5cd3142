// What each rule means in one or two sentences, for formats that carry their own help. docs/rules.md says more.

import type { LimitName } from '../model/budget'

export interface RuleText {
  /** What was found. */
  readonly title: string
  /** Why it costs, and what to do. */
  readonly help: string
}

const RULES: Readonly<Record<string, RuleText>> = {
  'cache/missing-breakpoint': {
    title: 'The prompt has no cache breakpoint',
    help: 'The provider caches only what the request marks, and calls send the same large start again without a mark. Mark the end of the stable part with cache_control; the model sees the same prompt.',
  },
  'cache/misplaced-breakpoint': {
    title: 'The cache breakpoint stands behind text that changes',
    help: 'What is cached ends in text that is another one in each call, so nobody reads it. Put the breakpoint at the end of the stable part.',
  },
  'cache/look-back-overflow': {
    title: 'Too many blocks since the last cache breakpoint',
    help: 'The provider looks for a cached prefix only so many blocks back from a breakpoint. Set another breakpoint in between.',
  },
  'cache/write-never-read': {
    title: 'What was written to the cache was never read',
    help: 'Writing costs more than sending plain input, and no later call read it. Move the breakpoint to text that stays the same, or leave it out.',
  },
  'cache/below-minimum': {
    title: 'The stable part of the prompt is too short to be cached',
    help: 'Each model caches only prefixes of a minimum length. Below it nothing can be saved.',
  },
  'cache/expired': {
    title: 'The cached prefix had expired',
    help: 'The next call came after the time to live of the cache. A longer one costs more to write and pays off where calls come at such intervals.',
  },
  'cache/parallel-fan-out': {
    title: 'Parallel calls wrote the same prefix several times',
    help: 'A cached prefix can be read only once the first answer has begun. Let the first call begin to answer before the others start.',
  },
  'cache/volatile-prefix': {
    title: 'Changing text in the start of the prompt',
    help: 'A cache serves only an unchanged start of the prompt. Text that is another one in each call, such as a date or an id, has everything behind it billed in full. Move it behind the stable part; it changes what the model sees where, so look at the answers.',
  },
  'cache/unstable-serialisation': {
    title: 'The same data is written differently in each prompt',
    help: 'The order of keys, spaces or escapes differ from call to call, so that equal prompts are not equal to the cache. Write the data in one way, for example with sorted keys.',
  },
  'cache/tools-reordered': {
    title: 'The tools stand in another order',
    help: 'Tools come first in the prompt: another order makes all of it new. Sort them.',
  },
  'cache/tools-changed': {
    title: 'The set of tools changes',
    help: 'Tools come first in the prompt: another one makes all of it new. Declare the same tools in every call of the agent.',
  },
  'cache/system-changed': {
    title: 'The system text changes',
    help: 'Everything behind the system text is new where that changes. Keep it the same for all calls of the agent, and say what differs in a message.',
  },
  'cache/history-edited': {
    title: 'Earlier messages were edited or left out',
    help: 'A conversation that only grows is read from the cache; one whose beginning is cut, summarised or rewritten is new from there on. Append, and compact seldom.',
  },
  'cache/settings-changed': {
    title: 'A setting that belongs to the cached prompt changed',
    help: 'Model, service tier, effort, tool choice and the like are part of what a cache knows a prompt by. Keep them the same within a conversation.',
  },
  'cache/routing-affinity': {
    title: 'Calls with one prefix went to different caches',
    help: 'The provider spreads requests over machines that each have a cache of their own. One prompt_cache_key sends those with one prefix to one cache.',
  },
  'cache/evicted': {
    title: 'The provider had let go of the cached prefix',
    help: 'It should have been in the cache still. There is nothing to change in the program.',
  },
  'cache/unknown': {
    title: 'A cache miss without a known cause',
    help: 'More of the prompt could have been read from the cache, and nothing in the requests tells why it was not.',
  },
  'profiler/budget-file': {
    title: 'A mistake in the budget file',
    help: 'An unknown key, a wrong type, a negative number or broken syntax. Everything else in the file counts.',
  },
  'profiler/config-file': {
    title: 'A mistake in config.jsonc',
    help: 'An unknown key, a wrong type, a negative number or broken syntax. Everything else in the file counts.',
  },
  'profiler/content-hashes': {
    title: 'Texts of prompts are not kept',
    help: 'With content: hashes, findings that compare texts cannot be made.',
  },
  'profiler/escalation': {
    title: 'An escalation reached nobody',
    help: 'A limit that escalates was exceeded, and the command or webhook that its name stands for failed, or nobody has defined it.',
  },
  'profiler/not-analysed': {
    title: 'The caching of some calls could not be looked at',
    help: 'Their prompts are not known whole, nobody knows how the provider of the model caches, or there is no price. Their usage is complete.',
  },
  'profiler/rule-failed': {
    title: 'A rule failed on this run',
    help: 'Its findings are missing; totals and the other findings are not affected. Please report it.',
  },
}

/** What was found where a limit of the budget file is violated. */
const LIMITS: Readonly<Record<LimitName, string>> = {
  costUsd: 'An invocation cost more than it may',
  inputTokens: 'Too many input tokens',
  outputTokens: 'Too many output tokens',
  totalTokens: 'Too many tokens',
  retrievalTokens: 'Too much retrieved context',
  toolResultTokens: 'Too many tokens of tool results',
  inputTokensPerCall: 'A prompt was too long',
  outputTokensPerCall: 'A reply was too long',
  modelCalls: 'Too many model calls',
  toolCalls: 'Too many tool calls without an answer',
  retries: 'Too many retries',
  durationMs: 'It took too long',
  contextGrowthPerStep: 'The context grows too fast',
  agents: 'Too many agents',
  cacheHitRatio: 'Too little was read from the cache',
  models: 'A model that is not allowed',
  costUsdPerRun: 'The run cost more than it may',
  costUsdPerDay: 'The day cost more than it may',
}

/** A rule of a later version, or one for each limit, is called by its name. */
export function ruleText(rule: string): RuleText {
  const known = Object.hasOwn(RULES, rule) ? RULES[rule] : undefined
  if (known) return known
  const limit = /^budget\/(.+)$/.exec(rule)?.[1]
  if (limit === undefined) return { title: rule, help: 'See the documentation of Costflame.' }
  const title = Object.hasOwn(LIMITS, limit) ? LIMITS[limit as LimitName] : undefined
  return {
    title: title ?? `The budget ${limit} is exceeded`,
    help: 'The limit stands in .costflame/budgets.jsonc. Spend less at the line that the finding names, or raise the limit.',
  }
}
