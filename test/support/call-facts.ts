// What two records of the same call must agree on.

import type { ModelCall } from '../../profiler-agent/model/span'

/**
 * Usage and cost of a call, and what they rest on; the provider's raw object is left out. A host that is nobody's is another
 * one when it is replayed, and so are prices that are known by the host.
 */
export function factsOf(call: ModelCall) {
  const { provider, wireFormat, billed, stream, responseModel, usage, cost, attempt } = call
  const { raw: _, ...buckets } = usage
  const isForeign = provider.startsWith('custom:')
  return {
    provider: isForeign ? 'custom' : provider,
    ...{ wireFormat, billed, stream, responseModel, attempt: attempt.number, usage: buckets },
    ...(isForeign ? {} : { picoUsd: cost?.picoUsd, source: cost?.source, atLeast: cost?.atLeast }),
  }
}
