// Readings as all wire formats give them: of an exchange that went well, that failed, and that bills nothing.

import type { CacheSettings } from '../model/cache-settings'
import type { Block, ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { unknownUsage } from '../model/usage'
import { numberReply, type ReplyBlock } from './blocks'
import { type ExchangeParts, isStream } from './parts'
import { errorOfFailure, isFailed } from './provider-error'

/** What an adapter says of an exchange; the rest is as `readingOf` fills it in. */
type Said = Pick<ExchangeReading, 'wireFormat' | 'inferences' | 'prompt'> &
  Partial<Pick<ExchangeReading, 'stream' | 'unfinished'>> & {
    readonly reply?: readonly ReplyBlock[]
    readonly previousResponseId?: string | undefined
    readonly conversationId?: string | undefined
    readonly cacheSettings?: CacheSettings | undefined
    readonly error?: ExchangeReading['error'] | undefined
  }

/** The reading of an exchange that did not fail: a stream where it came as one, and finished unless it is said not to be. */
export function readingOf(parts: ExchangeParts, { reply = [], ...said }: Said): ExchangeReading {
  return present({
    stream: isStream(parts),
    malformed: parts.malformed,
    unfinished: false,
    ...said,
    reply: numberReply(reply),
  })
}

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
  const usage = unknownUsage(raw)
  return readingOf(parts, {
    wireFormat,
    inferences: [{ kind, requestModel: parts.requestModel, usage, billed: false }],
    prompt: [],
  })
}

/** Results that are fetched long after the calls that made them: what each was billed; without any, nothing is. */
export function batchReading(
  parts: ExchangeParts,
  wireFormat: string,
  billed: readonly InferenceReading[],
): ExchangeReading {
  const none = { ...unbilledReading(parts, wireFormat, 'other', null), stream: false }
  return billed.length > 0 ? { ...none, inferences: billed } : none
}

/** An answer of a token-counting endpoint: its count is kept, and nothing is billed. */
export function tokenCountReading(parts: ExchangeParts, wireFormat: string): ExchangeReading {
  if (isFailed(parts)) return failedReading(parts, wireFormat, 'other', [])
  return unbilledReading(parts, wireFormat, 'other', parts.reply.kind === 'json' ? parts.reply.value : null)
}
