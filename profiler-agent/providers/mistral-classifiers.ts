// Mistral's moderation and classification, which it bills by the token. OpenAI's moderation stands under the same path and is free.

import type { ExchangeReading } from '../model/call'
import { present } from '../model/present'
import { isObject, objectOf, textOf } from '../wire/json'
import { contentOf } from './blocks'
import { textBlocks } from './openai-completions'
import { chatUsage } from './openai-usage'
import { bodyOf, type ExchangeParts } from './parts'
import { readingOf } from './reading'
import { usageOrUnknown } from './usage-rules'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'mistral-classifiers'
const PATH = /\/(moderations|classifications)$/

export const MISTRAL_CLASSIFIERS: WireFormat = {
  recognises: ({ exchange, path, reply }) =>
    exchange.method === 'POST' && PATH.test(path) && reply.kind === 'json' && isObject(reply.value.usage),
  read: readMistralClassifiers,
}

/** Reads `POST …/moderations`, `…/classifications` and their `/chat/` forms, where the reply has a usage. */
function readMistralClassifiers(parts: ExchangeParts): ExchangeReading {
  const { exchange, request, reply } = parts
  const body = bodyOf(reply)
  const usage = chatUsage(objectOf(body.usage), exchange.provider, 'reported')
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    stream: false,
    inferences: [
      present({
        kind: 'other' as const,
        requestModel: parts.requestModel,
        responseModel: textOf(body.model),
        responseId: textOf(body.id),
        usage: usageOrUnknown(usage, true),
        billed: true,
      }),
    ],
    prompt: isObject(request.input)
      ? [{ path: 'input', kind: 'user', content: contentOf(request.input) }]
      : textBlocks(request.input, 'input'),
  })
}
