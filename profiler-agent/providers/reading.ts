// Ends that all wire formats share: a failed exchange, and a call that bills nothing.

import type { Block, ExchangeReading, InferenceReading } from '../model/call'
import { unknownUsage } from '../model/usage'
import { type ExchangeParts, isStream } from './parts'
import { errorOfFailure, isFailed } from './provider-error'

/** An exchange that the provider refused, failed or never answered: not billed, usage unknown, the error filled in. */
export function failedReading(
  parts: ExchangeParts,
  wireFormat: string,
  kind: InferenceReading['kind'],
  prompt: readonly Block[],
): ExchangeReading {
  return { ...unbilledReading(parts, wireFormat, kind, null), prompt, error: errorOfFailure(parts) }
}

/** An exchange that bills nothing, such as token counting; `raw` is kept for whoever looks. */
export function unbilledReading(
  parts: ExchangeParts,
  wireFormat: string,
  kind: InferenceReading['kind'],
  raw: unknown,
): ExchangeReading {
  return {
    wireFormat,
    stream: isStream(parts),
    inferences: [{ kind, requestModel: parts.requestModel, usage: unknownUsage(raw), billed: false }],
    prompt: [],
    reply: [],
    malformed: parts.malformed,
    unfinished: false,
  }
}

/** An answer of a token-counting endpoint: its count is kept, and nothing is billed. */
export function tokenCountReading(parts: ExchangeParts, wireFormat: string): ExchangeReading {
  if (isFailed(parts)) return failedReading(parts, wireFormat, 'other', [])
  return unbilledReading(parts, wireFormat, 'other', parts.reply.kind === 'json' ? parts.reply.value : null)
}
