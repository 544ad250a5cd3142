// The service tier of a call at Google, in the words of the price rules: AI Studio names tiers, Vertex the kind of traffic.
// Source: @google/genai 3.1.0 (TrafficType, ServiceTier); google.cloud.aiplatform.v1 TrafficType for the numbers.

import type { JsonObject } from '../wire/json'
import { enumOf, fieldOf } from './gemini-notation'
import type { ExchangeParts } from './parts'

const TRAFFIC_TYPES = [
  'TRAFFIC_TYPE_UNSPECIFIED',
  'ON_DEMAND',
  'PROVISIONED_THROUGHPUT',
  'ON_DEMAND_PRIORITY',
  'ON_DEMAND_FLEX',
]

const TRAFFIC_TIERS: Readonly<Record<string, string>> = {
  ON_DEMAND: 'on_demand',
  ON_DEMAND_PRIORITY: 'priority',
  ON_DEMAND_FLEX: 'flex',
  ON_DEMAND_OFFPEAK: 'offpeak',
  PROVISIONED_THROUGHPUT: 'provisioned',
}

/**
 * The tier that served the call: usage, else the reply, else its headers, else what was asked for. A priority call
 * beyond its quota is served as standard, so the reply wins. `undefined` where nobody says anything.
 */
export function geminiTier(parts: ExchangeParts, usage: JsonObject, reply: JsonObject): string | undefined {
  const { responseHeaders, requestHeaders } = parts.exchange
  return (
    trafficTier(usage) ??
    tierWord(fieldOf(usage, 'serviceTier')) ??
    tierWord(fieldOf(reply, 'serviceTier')) ??
    tierWord(responseHeaders['x-gemini-service-tier']) ??
    tierWord(fieldOf(parts.request, 'serviceTier')) ??
    tierWord(requestHeaders['x-vertex-ai-llm-shared-request-type'])
  )
}

function trafficTier(usage: JsonObject): string | undefined {
  const type = enumOf(fieldOf(usage, 'trafficType'), TRAFFIC_TYPES)?.toUpperCase()
  if (type === undefined || type === 'TRAFFIC_TYPE_UNSPECIFIED') return undefined
  // A kind that is new to us has no known price, rather than the ordinary one.
  return TRAFFIC_TIERS[type] ?? type.toLowerCase()
}

/** Also written `SERVICE_TIER_FLEX`; `unspecified` tells nothing. */
function tierWord(value: unknown): string | undefined {
  const word = enumOf(value, [])
    ?.toLowerCase()
    .replace(/^service_tier_/, '')
  return word === 'unspecified' || word === 'auto' ? undefined : word
}
