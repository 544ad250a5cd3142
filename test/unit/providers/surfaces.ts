// Endpoints of every wire format, the names that their requests and replies use, and events of an AWS stream.

/** One of each kind, for what an adapter does with the reply of another format. */
export const ENDPOINTS = [
  'https://api.openai.com/v1/chat/completions',
  'https://api.openai.com/v1/completions',
  'https://api.openai.com/v1/embeddings',
  'https://api.openai.com/v1/responses',
  'https://api.openai.com/v1/responses/compact',
  'https://api.openai.com/v1/images/edits',
  'https://api.openai.com/v1/audio/transcriptions',
  'https://api.openai.com/v1/files/f/content',
  'https://api.openai.com/v1/moderations',
  'https://api.x.ai/v1/chat/deferred-completion/d',
  'https://api.anthropic.com/v1/messages',
  'https://api.anthropic.com/v1/messages/batches/b/results',
  'https://generativelanguage.googleapis.com/v1beta/models/m:generateContent',
  'https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse',
  'https://generativelanguage.googleapis.com/v1beta/models/m:embedContent',
  'https://generativelanguage.googleapis.com/v1beta/models/m:batchEmbedContents',
  'https://generativelanguage.googleapis.com/v1beta/interactions',
  'https://generativelanguage.googleapis.com/v1beta/cachedContents',
  'https://generativelanguage.googleapis.com/v1beta/batches/b',
  'https://generativelanguage.googleapis.com/v1beta/models/m:batchGenerateContent',
  'https://x-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict',
  'https://x-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/m:predict',
  'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse',
  'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream',
  'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.m/invoke',
  'https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.m/invoke-with-response-stream',
  'https://api.mistral.ai/v1/conversations',
  'https://api.mistral.ai/v1/agents/completions',
  'https://api.mistral.ai/v1/fim/completions',
  'https://api.cohere.com/v1/chat',
  'https://api.cohere.com/v2/chat',
  'https://api.cohere.com/v2/embed',
  'https://api.cohere.com/v2/rerank',
  'https://api.cohere.com/v1/generate',
  'http://127.0.0.1:11434/api/chat',
  'http://127.0.0.1:11434/api/embed',
  'https://models.example/v1/unheard-of',
]

/** Names under which replies hold what is shown of them, and requests what the model sees. */
export const REPLY_FIELDS = [
  'usage',
  'choices',
  'content',
  'message',
  'output',
  'candidates',
  'error',
  'steps',
  'meta',
  'result',
]
export const REQUEST_FIELDS = [
  ...[
    'messages',
    'tools',
    'system',
    'input',
    'contents',
    'documents',
    'chat_history',
    'texts',
    'prompt',
    'inputs',
  ],
  ...[
    'response_format',
    'systemInstruction',
    'toolConfig',
    'query',
    'instructions',
    'tool_results',
    'message',
  ],
]

const invoked = (event: object) => ({ bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'ab' })

/** Events of both kinds of stream, with everything that is read of them. */
export const AWS_EVENTS: readonly (readonly [string, unknown])[] = [
  ['messageStart', { role: 'assistant', p: 'ab' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'hi' } }],
  ['messageStop', { stopReason: 'end_turn' }],
  [
    'metadata',
    {
      usage: { inputTokens: 3, cacheReadInputTokens: 1, outputTokens: 2, totalTokens: 6 },
      metrics: { latencyMs: 5 },
    },
  ],
  [
    'chunk',
    invoked({ type: 'message_start', message: { id: 'm', usage: { input_tokens: 3, output_tokens: 1 } } }),
  ],
]
