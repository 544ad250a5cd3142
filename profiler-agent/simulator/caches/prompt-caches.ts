// The prompt caches of one server, chosen by the provider's rule.

import type { CountTokens } from '../prompt'
import { AutomaticCache } from './automatic-cache'
import { BreakpointCache } from './breakpoint-cache'
import type { CacheOutcome, CacheQuestion } from './question'

export interface PromptCaches {
  ask(question: CacheQuestion): CacheOutcome
}

/** The caches of one server; they live as long as it does. */
export function createPromptCaches(count: CountTokens): PromptCaches {
  const automatic = new AutomaticCache(count)
  const breakpoints = new BreakpointCache()
  return {
    ask: (question) =>
      question.rule.mechanism === 'automatic' ? automatic.ask(question) : breakpoints.ask(question),
  }
}
