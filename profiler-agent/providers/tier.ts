// The service tier that a request asked for, used where the response does not say which one it got.

import { type JsonObject, textOf } from '../wire/json'

/** `auto` asks for no tier in particular and tells nothing. */
export function requestedTier(request: JsonObject): string | undefined {
  const tier = textOf(request.service_tier)
  return tier === 'auto' ? undefined : tier
}
