// Replies of OpenAI's formats, and how they are read, for the tests of these formats.
import { type FirstReading, type Parts, RESPONSES, readFirst } from './exchange'

/** Chat Completions at OpenAI, unless `more` says otherwise. */
export function readChat(response: unknown, more: Parts = {}): FirstReading {
  return readFirst({ request: { model: 'm' }, response, ...more })
}

/** Responses at OpenAI, unless `more` says otherwise. */
export function readResponses(response: unknown, more: Parts = {}): FirstReading {
  return readFirst({ url: RESPONSES, request: { model: 'm', input: 'x' }, response, ...more })
}

/** A choice of a whole chat reply. */
export const choiceOf = (content: string) => ({
  index: 0,
  message: { role: 'assistant', content },
  finish_reason: 'stop',
})
/** A chunk of a streamed one. */
export const chunkOf = (content: string, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
})

/** Usage of a response: 60 fresh, 40 cached, 9 out. */
export const RESPONSES_USAGE = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 109,
}
/** An item of a response's output. */
export const MESSAGE_ITEM = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'hi', annotations: [] }],
}
