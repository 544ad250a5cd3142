// Streams that never end, in each provider's format: a beginning, then one word after the other. For tests of what ends them.

import { encodeEventStreamMessage } from '../../profiler-agent/wire/event-stream'

/** How a format streams: its content type, what comes first, and the frame of a word. */
export interface EndlessReply {
  readonly contentType: string
  readonly beginning: readonly Uint8Array[]
  word(text: string): Uint8Array
}

const sse = (data: object, event?: string): Uint8Array =>
  Buffer.from(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)
const aws = (event: string, payload: object): Uint8Array =>
  encodeEventStreamMessage({
    headers: { ':event-type': event, ':content-type': 'application/json', ':message-type': 'event' },
    payload: Buffer.from(JSON.stringify(payload)),
  })

const CHAT = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm' }
const RESPONSE = {
  ...{ id: 'resp_1', object: 'response', created_at: 1, status: 'in_progress', model: 'gpt-5-mini' },
  ...{ output: [], error: null, incomplete_details: null, usage: null },
}
const MESSAGE = {
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5', content: [] },
  ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: 12, output_tokens: 1 } },
}

const ANTHROPIC_EVENTS = {
  start: { type: 'message_start', message: MESSAGE },
  block: { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  delta: (text: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
}
const packed = (event: object) =>
  aws('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'abc' })

const CHAT_REPLY: EndlessReply = {
  contentType: 'text/event-stream',
  beginning: [],
  word: (content) =>
    sse({ ...CHAT, choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] }),
}

export const ENDLESS_REPLIES: Readonly<Record<string, EndlessReply>> = {
  'openai-chat': CHAT_REPLY,
  mistral: CHAT_REPLY,
  'openai-responses': {
    contentType: 'text/event-stream',
    beginning: [
      sse({ type: 'response.created', sequence_number: 0, response: RESPONSE }, 'response.created'),
      sse(
        {
          ...{ type: 'response.output_item.added', sequence_number: 1, output_index: 0 },
          item: { id: 'item_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
        },
        'response.output_item.added',
      ),
    ],
    word: (delta) =>
      sse(
        {
          ...{ type: 'response.output_text.delta', sequence_number: 2, output_index: 0, content_index: 0 },
          ...{ item_id: 'item_1', delta, logprobs: [] },
        },
        'response.output_text.delta',
      ),
  },
  anthropic: {
    contentType: 'text/event-stream; charset=utf-8',
    beginning: [
      sse(ANTHROPIC_EVENTS.start, 'message_start'),
      sse(ANTHROPIC_EVENTS.block, 'content_block_start'),
    ],
    word: (text) => sse(ANTHROPIC_EVENTS.delta(text), 'content_block_delta'),
  },
  gemini: {
    contentType: 'text/event-stream',
    beginning: [],
    word: (text) =>
      sse({
        candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }],
        modelVersion: 'gemini-2.5-flash',
      }),
  },
  'mistral-conversations': {
    contentType: 'text/event-stream',
    beginning: [
      sse(
        {
          type: 'conversation.response.started',
          conversation_id: 'conv_1',
          created_at: '2026-11-22T10:00:00Z',
        },
        'conversation.response.started',
      ),
    ],
    word: (content) =>
      sse(
        {
          ...{
            type: 'message.output.delta',
            created_at: '2026-11-22T10:00:00Z',
            output_index: 0,
            id: 'out_1',
          },
          ...{ content_index: 0, role: 'assistant', content },
        },
        'message.output.delta',
      ),
  },
  interactions: {
    contentType: 'text/event-stream',
    beginning: [
      sse({ event_type: 'interaction.created', interaction: { id: 'i1', status: 'in_progress' } }),
      sse({ event_type: 'step.start', index: 0, step: { type: 'model_output' } }),
    ],
    word: (text) => sse({ event_type: 'step.delta', index: 0, delta: { type: 'text', text } }),
  },
  cohere: {
    contentType: 'text/event-stream',
    beginning: [
      sse(
        { id: 'c1', type: 'message-start', delta: { message: { role: 'assistant', content: [] } } },
        'message-start',
      ),
      sse(
        { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
        'content-start',
      ),
    ],
    word: (text) =>
      sse({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } }, 'content-delta'),
  },
  ollama: {
    contentType: 'application/x-ndjson',
    beginning: [],
    word: (content) =>
      Buffer.from(
        `${JSON.stringify({ model: 'qwen3', created_at: '2026-11-22T10:00:00Z', message: { role: 'assistant', content }, done: false })}\n`,
      ),
  },
  converse: {
    contentType: 'application/vnd.amazon.eventstream',
    beginning: [aws('messageStart', { role: 'assistant' })],
    word: (text) => aws('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }),
  },
  invoke: {
    contentType: 'application/vnd.amazon.eventstream',
    beginning: [packed(ANTHROPIC_EVENTS.start), packed(ANTHROPIC_EVENTS.block)],
    word: (text) => packed(ANTHROPIC_EVENTS.delta(text)),
  },
}
