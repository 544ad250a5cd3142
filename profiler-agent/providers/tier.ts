// The service tier that served a call, in the notation that OpenAI, Anthropic and whoever speaks theirs share.

import { type JsonObject, textOf } from '../wire/json'

/** The reply's own word, else what the request asked for; `undefined` where neither tells. */
export function tierOf(replied: unknown, request: JsonObject): string | undefined {
  return decided(replied) ?? decided(request.service_tier)
}

/** `auto` is what was asked for before any tier was decided, also where a reply repeats it. */
function decided(tier: unknown): string | undefined {
  return tier === 'auto' ? undefined : textOf(tier)
}
