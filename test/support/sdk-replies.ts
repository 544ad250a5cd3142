// What Google, Mistral, Cohere and Ollama answer the agents of test/agents/sdks, in their own words: a tool call, then an answer, and an answer as a stream.

export interface SdkReply {
  readonly contentType: string
  readonly body: string
}

/** What a call is about: it may call a tool, it brings the tool's result, or there are no tools. */
type Turn = 'tool' | 'answer' | 'plain'

/** Tokens of each turn, as the provider counts them; `cached` is a part of `input`. */
const COUNTS = {
  tool: { input: 120, cached: 32, output: 18 },
  answer: { input: 180, cached: 128, output: 24 },
  plain: { input: 40, cached: 0, output: 9 },
} as const satisfies Record<Turn, object>

const TEXTS = { tool: '', answer: 'A raincoat: 7 degrees and rain.', plain: 'A raincoat.' } as const
const TOOL = { name: 'get_weather', arguments: { city: 'Bergen' } }

/** The reply of a provider to a request, `serial` making its ids; undefined for what it does not serve. */
export function sdkReply(
  provider: string,
  path: string,
  request: string,
  serial: number,
): SdkReply | undefined {
  const asked = { turn: turnOf(request), isStream: isStream(path, request), serial }
  if (provider === 'google' && /:(?:stream)?generateContent/i.test(path)) return gemini(asked)
  if (provider === 'mistral' && path === '/v1/chat/completions') return mistral(asked)
  if (provider === 'cohere' && path === '/v2/chat') return cohere(asked)
  if (provider === 'ollama' && path === '/api/chat') return ollama(asked)
  return undefined
}

interface Asked {
  readonly turn: Turn
  readonly isStream: boolean
  readonly serial: number
}

function turnOf(request: string): Turn {
  if (/"functionResponse"|"role":"tool"/.test(request)) return 'answer'
  return /"functionDeclarations"|"tools":\[\{/.test(request) ? 'tool' : 'plain'
}

function isStream(path: string, request: string): boolean {
  return /streamGenerateContent/.test(path) || /"stream":true/.test(request)
}

function gemini({ turn, isStream, serial }: Asked): SdkReply {
  const { input, cached, output } = COUNTS[turn]
  const parts =
    turn === 'tool'
      ? [{ functionCall: { id: `call-${serial}`, name: TOOL.name, args: TOOL.arguments } }]
      : wordsOf(turn).map((text) => ({ text }))
  const usageMetadata = {
    promptTokenCount: input,
    ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
    candidatesTokenCount: output,
    totalTokenCount: input + output,
  }
  const common = { modelVersion: 'gemini-2.5-flash', responseId: `gemini-${serial}` }
  const said = (some: readonly object[], more: object) => ({
    candidates: [{ content: { role: 'model', parts: some }, index: 0, ...more }],
    ...common,
  })
  if (!isStream) return json({ ...said(parts, { finishReason: 'STOP' }), usageMetadata })
  return events([
    ...parts.slice(0, -1).map((part) => said([part], {})),
    { ...said(parts.slice(-1), { finishReason: 'STOP' }), usageMetadata },
  ])
}

function mistral({ turn, isStream, serial }: Asked): SdkReply {
  const { input, cached, output } = COUNTS[turn]
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    num_cached_tokens: cached,
  }
  const head = { id: `mistral-${serial}`, created: 1_790_000_000, model: 'mistral-large-latest' }
  const finish_reason = turn === 'tool' ? 'tool_calls' : 'stop'
  if (!isStream) {
    const message = { role: 'assistant', content: TEXTS[turn], ...toolCalls(turn, serial) }
    return json({
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason }],
      usage,
    })
  }
  const chunk = (delta: object, reason: string | null, more: object = {}) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: reason }],
    ...more,
  })
  return events(
    [
      chunk({ role: 'assistant', content: '' }, null),
      ...wordsOf(turn).map((content) => chunk({ content }, null)),
      chunk({ content: '', ...toolCalls(turn, serial) }, finish_reason, { usage }),
    ],
    'data: [DONE]\n\n',
  )
}

/** Cohere bills its own units, of which there are fewer than tokens. */
function cohere({ turn, isStream, serial }: Asked): SdkReply {
  const { input, output } = COUNTS[turn]
  const usage = {
    billed_units: { input_tokens: input, output_tokens: output },
    tokens: { input_tokens: input + 500, output_tokens: output + 2 },
  }
  const finish_reason = turn === 'tool' ? 'TOOL_CALL' : 'COMPLETE'
  const id = `cohere-${serial}`
  if (!isStream) {
    const text = TEXTS[turn]
    const content = text === '' ? {} : { content: [{ type: 'text', text }] }
    return json({
      id,
      message: { role: 'assistant', ...content, ...toolCalls(turn, serial) },
      finish_reason,
      usage,
    })
  }
  const delta = (type: string, message: object) => ({ type, index: 0, delta: { message } })
  return events([
    { type: 'message-start', id, delta: { message: { role: 'assistant', content: [] } } },
    delta('content-start', { content: { type: 'text', text: '' } }),
    ...wordsOf(turn).map((text) => delta('content-delta', { content: { text } })),
    { type: 'content-end', index: 0 },
    { type: 'message-end', id, delta: { finish_reason, usage } },
  ])
}

function ollama({ turn, isStream }: Asked): SdkReply {
  const { input, output } = COUNTS[turn]
  const line = (content: string, more: object) => ({
    model: 'qwen3',
    created_at: '2026-11-02T08:00:00Z',
    message: { role: 'assistant', content, ...(turn === 'tool' && { tool_calls: [{ function: TOOL }] }) },
    ...more,
  })
  const end = { done: true, done_reason: 'stop', prompt_eval_count: input, eval_count: output }
  if (!isStream) return json(line(TEXTS[turn], end))
  const lines = [...wordsOf(turn).map((word) => line(word, { done: false })), line('', end)]
  return {
    contentType: 'application/x-ndjson',
    body: `${lines.map((each) => JSON.stringify(each)).join('\n')}\n`,
  }
}

function toolCalls(turn: Turn, serial: number): object {
  if (turn !== 'tool') return {}
  const called = { name: TOOL.name, arguments: JSON.stringify(TOOL.arguments) }
  return {
    tool_calls: [{ id: `call${String(serial).padStart(5, '0')}`, type: 'function', function: called }],
  }
}

/** The text in pieces that end with their blank. */
function wordsOf(turn: Turn): string[] {
  return TEXTS[turn].match(/\S+\s?/g) ?? []
}

function json(body: object): SdkReply {
  return { contentType: 'application/json', body: JSON.stringify(body) }
}

function events(list: readonly object[], end = ''): SdkReply {
  const body = list.map((each) => `data: ${JSON.stringify(each)}\n\n`).join('') + end
  return { contentType: 'text/event-stream', body }
}
