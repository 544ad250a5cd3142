// Picks the adapter of an exchange by its path and body, and reads it. The provider is never derived from the format.

import type { ExchangeReading } from '../model/call'
import type { HttpExchange } from '../model/exchange'
import { unknownUsage } from '../model/usage'
import { readAnthropicMessages } from './anthropic-messages'
import { readOpenAiChat } from './openai-chat'
import { readOpenAiResponses } from './openai-responses'
import { readOther } from './other'
import { type ExchangeParts, partsOf } from './parts'

type Adapter = (parts: ExchangeParts) => ExchangeReading

/**
 * Reads an exchange: wire format, billed inferences with usage, prompt and reply as blocks, the provider's error.
 * Throws nothing. What is not known is unknown; frames and bodies that could not be parsed are counted in `malformed`.
 */
export function readExchange(exchange: HttpExchange): ExchangeReading {
  try {
    const parts = partsOf(exchange)
    return adapterFor(parts)(parts)
  } catch (error) {
    // A bug of ours must not lose the call: it is shown without usage, and says why.
    return brokenReading(exchange, error)
  }
}

function adapterFor({ path, exchange, request }: ExchangeParts): Adapter {
  if (path.endsWith('/chat/completions')) return readOpenAiChat
  if (isResponses(path, exchange.method)) return readOpenAiResponses
  if (isMessages(path, request, exchange)) return readAnthropicMessages
  return readOther
}

function isResponses(path: string, method: string): boolean {
  if (method === 'POST') return /\/responses(\/compact|\/input_tokens|\/[^/]+\/cancel)?$/.test(path)
  return method === 'GET' && /\/responses\/[^/]+$/.test(path)
}

/** Threads of the Assistants API have messages too. */
function isMessages(path: string, request: ExchangeParts['request'], exchange: HttpExchange): boolean {
  if (exchange.method !== 'POST' || !/\/messages(\/count_tokens)?$/.test(path)) return false
  return !/\/(threads|conversations)\//.test(path) || Array.isArray(request.messages)
}

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
