// Picks the adapter of an exchange by its path and body, and reads it. The provider is never derived from the format.

import type { ExchangeReading } from '../model/call'
import type { HttpExchange } from '../model/exchange'
import { REDACTED } from '../model/redacted'
import { unknownUsage } from '../model/usage'
import type { JsonMemory } from '../wire/json-memory'
import { ANTHROPIC_BATCH } from './anthropic-batch'
import { ANTHROPIC_MESSAGES } from './anthropic-messages'
import { BEDROCK_CONVERSE } from './bedrock-converse'
import { BEDROCK_INVOKE } from './bedrock-invoke'
import { blockTest } from './block-test'
import { callerIn } from './caller'
import { COHERE_CHAT } from './cohere-chat'
import { COHERE_EMBED, COHERE_LEGACY } from './cohere-embed'
import { GEMINI_BATCH } from './gemini-batch'
import { GEMINI_CACHES } from './gemini-caches'
import { GEMINI_EMBEDDINGS, VERTEX_PREDICT } from './gemini-embeddings'
import { GEMINI_GENERATE } from './gemini-generate'
import { GEMINI_INTERACTIONS } from './gemini-interactions'
import { GEMINI_MANAGEMENT } from './gemini-management'
import { MISTRAL_CLASSIFIERS } from './mistral-classifiers'
import { MISTRAL_CONVERSATIONS } from './mistral-conversations'
import { OLLAMA } from './ollama'
import { OPENAI_BATCH } from './openai-batch'
import { OPENAI_CHAT, OPENAI_CHAT_BY_SHAPE } from './openai-chat'
import { OPENAI_COMPLETIONS } from './openai-completions'
import { OPENAI_EMBEDDINGS } from './openai-embeddings'
import { OPENAI_MEDIA } from './openai-media'
import { OPENAI_REALTIME } from './openai-realtime'
import { OPENAI_RESPONSES } from './openai-responses'
import { OTHER } from './other'
import { partsOf } from './parts'
import { RERANK } from './rerank'
import { VERTEX_PUBLISHERS } from './vertex-publishers'
import type { WireFormat } from './wire-format'

/**
 * Formats that a path tells, with its method and, where two share a path, the bodies. No two recognise the same exchange,
 * so that their order means nothing.
 */
export const FORMATS_BY_PATH: readonly WireFormat[] = [
  ...[OPENAI_CHAT, OPENAI_COMPLETIONS, OPENAI_EMBEDDINGS, OPENAI_RESPONSES],
  ...[OPENAI_REALTIME, OPENAI_MEDIA, OPENAI_BATCH],
  ...[ANTHROPIC_MESSAGES, ANTHROPIC_BATCH],
  ...[MISTRAL_CONVERSATIONS, MISTRAL_CLASSIFIERS],
  ...[COHERE_CHAT, COHERE_EMBED, COHERE_LEGACY, RERANK],
  ...[OLLAMA],
  ...[BEDROCK_CONVERSE, BEDROCK_INVOKE],
  ...[GEMINI_GENERATE, GEMINI_EMBEDDINGS, GEMINI_INTERACTIONS],
  ...[GEMINI_CACHES, GEMINI_BATCH, GEMINI_MANAGEMENT],
  ...[VERTEX_PREDICT, VERTEX_PUBLISHERS],
]

/** Asked in this order. Where the path tells nothing: first what the bodies look like, then the format that recognises all. */
const FORMATS: readonly WireFormat[] = [...FORMATS_BY_PATH, OPENAI_CHAT_BY_SHAPE, OTHER]

/**
 * Reads an exchange: wire format, billed inferences with usage, prompt and reply as blocks, the provider's error.
 * With `bodies` of earlier requests, what a request repeats is not read again, and gives the very same blocks.
 * Throws nothing. What is not known is unknown; frames and bodies that could not be parsed are counted in `malformed`.
 */
export function readExchange(exchange: HttpExchange, bodies?: JsonMemory): ExchangeReading {
  try {
    const parts = partsOf(exchange, bodies)
    const format = FORMATS.find((each) => each.recognises(parts)) ?? OTHER
    return withUnseen({ ...format.read(parts), ...callerIn(parts.request) })
  } catch (error) {
    // A bug of ours must not lose the call: it is shown without usage, and says why.
    return brokenReading(exchange, error)
  }
}

/** Says where the prompt is not all here: an earlier response holds a part of it, or credentials in it are masked. */
function withUnseen(reading: ExchangeReading): ExchangeReading {
  const { cacheSettings, previousResponseId, prompt } = reading
  if (cacheSettings?.unseen !== undefined) return reading
  const unseen = previousResponseId === undefined ? hasRedacted(prompt) && 'redacted' : 'held'
  return unseen ? { ...reading, cacheSettings: { ...cacheSettings, unseen } } : reading
}

/** A block that stands in many prompts is looked at once. */
const hasRedacted = blockTest(({ content }) => content.includes(REDACTED))

function brokenReading(exchange: HttpExchange, error: unknown): ExchangeReading {
  const failed = exchange.status < 200 || exchange.status >= 300
  return {
    wireFormat: 'other',
    stream: false,
    inferences: [{ kind: 'other', requestModel: '', usage: unknownUsage(), billed: !failed }],
    prompt: [],
    reply: [],
    error: {
      status: exchange.status,
      code: 'costflame_adapter',
      message: `Costflame could not read this exchange: ${String(error)}`,
    },
    malformed: 1,
    unfinished: false,
  }
}
