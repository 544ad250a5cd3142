// What a request in OpenAI's formats says of its prompt cache: key, lifetime, breakpoints of the provider's own.

import type { CacheRule } from '../../rules/cache-rules'
import { type JsonObject, objectOr, textOr } from '../json'
import type { ModelRequest } from './wire-format'

export function openAiCache(body: JsonObject, rule: CacheRule | undefined): ModelRequest['cache'] {
  const options = objectOr(body.prompt_cache_options)
  const lifetime = options.ttl ?? body.prompt_cache_retention
  return {
    rule,
    scope: textOr(body.prompt_cache_key),
    ...(typeof lifetime === 'string' ? { lifetime } : {}),
    implicitBreakpoint: options.mode !== 'explicit',
  }
}
