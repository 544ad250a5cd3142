// Requests that bring results of tools, or documents, in every wire format that has them.

/** What is sent where; the provider is openai and the path that of Chat Completions unless it is said. */
export interface ToolRequest {
  readonly provider?: string
  readonly path?: string
  readonly body: object
}

const RESULT = 'three words here'
const GEMINI = '/v1beta/models/gemini-3-pro:generateContent'

/** In each: the model asks for two tools, one after the other, and the request brings both results. */
export const TWO_TOOLS: Readonly<Record<string, ToolRequest>> = {
  'openai-responses': {
    path: '/v1/responses',
    body: {
      input: [
        { role: 'user', content: 'where' },
        ...['c1', 'c2'].flatMap((call_id) => [
          { type: 'reasoning', summary: [] },
          { type: 'function_call', call_id, name: 'look_up', arguments: '{}' },
          { type: 'function_call_output', call_id, output: RESULT },
        ]),
      ],
    },
  },
  'anthropic-messages': {
    ...{ provider: 'anthropic', path: '/v1/messages' },
    body: {
      messages: [
        { role: 'user', content: 'where' },
        ...['t1', 't2'].flatMap((id) => [
          {
            role: 'assistant',
            content: [
              { type: 'text', text: 'I look' },
              { type: 'tool_use', id, name: 'look_up', input: {} },
            ],
          },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: RESULT }] }],
          },
        ]),
      ],
    },
  },
  gemini: {
    ...{ provider: 'google', path: GEMINI },
    body: {
      contents: [
        { role: 'user', parts: [{ text: 'where' }] },
        ...[1, 2].flatMap(() => [
          { role: 'model', parts: [{ functionCall: { name: 'look_up', args: {} } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'look_up', response: { text: RESULT } } }] },
        ]),
      ],
    },
  },
  'bedrock-converse': {
    ...{ provider: 'bedrock', path: '/model/amazon.nova-pro-v1%3A0/converse' },
    body: {
      messages: [
        { role: 'user', content: [{ text: 'where' }] },
        ...['u1', 'u2'].flatMap((toolUseId) => [
          { role: 'assistant', content: [{ toolUse: { toolUseId, name: 'look_up', input: {} } }] },
          { role: 'user', content: [{ toolResult: { toolUseId, content: [{ text: RESULT }] } }] },
        ]),
      ],
    },
  },
  'cohere-v2': {
    ...{ provider: 'cohere', path: '/v2/chat' },
    body: {
      messages: [
        { role: 'user', content: 'where' },
        ...['k1', 'k2'].flatMap((id) => [
          {
            role: 'assistant',
            tool_plan: 'I look',
            tool_calls: [{ id, type: 'function', function: { name: 'look_up', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: id, content: RESULT },
        ]),
      ],
    },
  },
  'cohere-v1': {
    ...{ provider: 'cohere', path: '/v1/chat' },
    body: {
      message: '',
      chat_history: [
        { role: 'USER', message: 'where' },
        { role: 'CHATBOT', message: 'I look', tool_calls: [{ name: 'look_up', parameters: {} }] },
        {
          role: 'TOOL',
          tool_results: [{ call: { name: 'look_up', parameters: {} }, outputs: [{ text: RESULT }] }],
        },
        { role: 'CHATBOT', message: 'again', tool_calls: [{ name: 'look_up', parameters: {} }] },
      ],
      tool_results: [{ call: { name: 'look_up', parameters: {} }, outputs: [{ text: RESULT }] }],
    },
  },
  mistral: {
    ...{ provider: 'mistral', path: '/v1/chat/completions' },
    body: {
      messages: [
        { role: 'user', content: 'where' },
        ...['m1', 'm2'].flatMap((id) => [
          {
            role: 'assistant',
            content: '',
            tool_calls: [{ id, function: { name: 'look_up', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: id, name: 'look_up', content: RESULT },
        ]),
      ],
    },
  },
  'mistral-conversations': {
    ...{ provider: 'mistral', path: '/v1/conversations' },
    body: {
      inputs: [
        { role: 'user', content: 'where', type: 'message.input' },
        ...['m1', 'm2'].flatMap((tool_call_id) => [
          { type: 'function.call', tool_call_id, name: 'look_up', arguments: '{}' },
          { type: 'function.result', tool_call_id, result: RESULT },
        ]),
      ],
    },
  },
  ollama: {
    ...{ provider: 'ollama', path: '/api/chat' },
    body: {
      messages: [
        { role: 'user', content: 'where' },
        ...[1, 2].flatMap(() => [
          { role: 'assistant', content: '', tool_calls: [{ function: { name: 'look_up', arguments: {} } }] },
          { role: 'tool', tool_name: 'look_up', content: RESULT },
        ]),
      ],
    },
  },
  'openai-functions': {
    body: {
      messages: [
        { role: 'user', content: 'where' },
        ...[1, 2].flatMap(() => [
          { role: 'assistant', content: null, function_call: { name: 'look_up', arguments: '{}' } },
          { role: 'function', name: 'look_up', content: RESULT },
        ]),
      ],
    },
  },
}

/** The same, answered, and the user asks on. */
export function withAnswer(body: object): object {
  const add = (list: unknown, ...items: object[]) => [...(list as object[]), ...items]
  if ('contents' in body) {
    const say = (role: string) => ({ role, parts: [{ text: 'so' }] })
    return { ...body, contents: add(body.contents, say('model'), say('user')) }
  }
  if ('inputs' in body)
    return {
      ...body,
      inputs: add(
        body.inputs,
        { type: 'message.output', role: 'assistant', content: 'so' },
        { type: 'message.input', role: 'user', content: 'and' },
      ),
    }
  if ('input' in body)
    return {
      ...body,
      input: add(body.input, { role: 'assistant', content: 'so' }, { role: 'user', content: 'and' }),
    }
  if ('chat_history' in body && 'tool_results' in body)
    return {
      message: 'and',
      chat_history: add(
        body.chat_history,
        { role: 'TOOL', tool_results: body.tool_results },
        { role: 'CHATBOT', message: 'so' },
      ),
    }
  const { messages } = body as { messages: readonly { content: unknown }[] }
  const isParts = Array.isArray(messages[0]?.content)
  const say = (role: string) => ({ role, content: isParts ? [{ text: 'so' }] : 'so' })
  return { ...body, messages: add(messages, say('assistant'), say('user')) }
}

/** Each brings a document with three words or more, and no other text that counts. */
export const DOCUMENTS: Readonly<Record<string, ToolRequest>> = {
  'anthropic document': {
    ...{ provider: 'anthropic', path: '/v1/messages' },
    body: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: RESULT } },
            { type: 'text', text: 'what does it say' },
          ],
        },
      ],
    },
  },
  'anthropic search result of a tool': {
    ...{ provider: 'anthropic', path: '/v1/messages' },
    body: {
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'find', input: {} }] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't1',
              content: [
                { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: RESULT }] },
              ],
            },
          ],
        },
      ],
    },
  },
  'converse document': {
    ...{ provider: 'bedrock', path: '/model/amazon.nova-pro-v1%3A0/converse' },
    body: {
      messages: [
        {
          role: 'user',
          content: [{ document: { name: 'd', format: 'txt', source: { text: RESULT } } }, { text: 'so' }],
        },
      ],
    },
  },
  'cohere v2 documents': {
    ...{ provider: 'cohere', path: '/v2/chat' },
    body: { messages: [{ role: 'user', content: 'so' }], documents: [RESULT, { data: { text: RESULT } }] },
  },
  'cohere v1 documents': {
    ...{ provider: 'cohere', path: '/v1/chat' },
    body: { message: 'so', documents: [{ text: RESULT }] },
  },
}
