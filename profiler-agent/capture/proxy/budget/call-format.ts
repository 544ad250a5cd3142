// Which wire format a request speaks, by its path alone: what an answer of ours has to look like, and where its cap stands.

/** `openai` is whatever else there is: most hosts understand its errors. */
export type CallFormat =
  | 'openai-chat'
  | 'openai-completions'
  | 'openai-responses'
  | 'openai'
  | 'anthropic'
  | 'gemini'
  | 'interactions'
  | 'converse'
  | 'invoke'
  | 'bedrock'
  | 'cohere'
  | 'mistral'
  | 'mistral-conversations'
  | 'ollama'
  | 'ollama-chat'

/** The first that fits. */
const BY_PATH: readonly (readonly [RegExp, CallFormat])[] = [
  [/\/model\/.+\/converse(?:-stream)?$/, 'converse'],
  [/\/model\/.+\/invoke(?:-with-response-stream)?$/, 'invoke'],
  [/\/publishers\/anthropic\/models\/[^/]+:\w+$/, 'anthropic'],
  [/\/publishers\/mistralai\/models\/[^/]+:\w+$/, 'mistral'],
  [/:(?:generateContent|streamGenerateContent|\w*[Ee]mbedContents?|predict)$/, 'gemini'],
  [/\/interactions$/, 'interactions'],
  [/\/api\/(?:chat|generate)$/, 'ollama-chat'],
  [/\/api\/embed(?:dings)?$/, 'ollama'],
]

/** Paths that hosts of several makes share; their own errors differ. */
const SHARED: readonly (readonly [RegExp, CallFormat])[] = [
  [/\/(?:chat|agents)\/completions$|\/cortex\/inference:complete$/, 'openai-chat'],
  [/\/completions$/, 'openai-completions'],
  [/\/responses(?:\/compact)?$/, 'openai-responses'],
  [/\/messages$/, 'anthropic'],
]

const BY_PROVIDER: Readonly<Record<string, CallFormat>> = {
  anthropic: 'anthropic',
  google: 'gemini',
  vertex: 'gemini',
  bedrock: 'bedrock',
  cohere: 'cohere',
  mistral: 'mistral',
  ollama: 'ollama',
}

/** The format of a request; `path` may have a query. */
export function formatOf(provider: string, path: string): CallFormat {
  const endpoint = endpointOf(path)
  const named = found(BY_PATH, endpoint)
  if (named) return named
  if (provider === 'mistral')
    return /\/conversations(?:\/|$)/.test(endpoint) ? 'mistral-conversations' : 'mistral'
  return found(SHARED, endpoint) ?? BY_PROVIDER[provider] ?? 'openai'
}

/** A path without its query and without slashes at its end. */
export function endpointOf(path: string): string {
  return (path.split('?', 1)[0] ?? '').replace(/\/+$/, '')
}

function found(formats: typeof BY_PATH, endpoint: string): CallFormat | undefined {
  return formats.find(([pattern]) => pattern.test(endpoint))?.[1]
}

/** What costs nothing, or cannot be told from what does not: uploads, counting, what is done to earlier responses. */
const FREE =
  /\/(?:count[_-]tokens|input_tokens|tokenize|detokenize|moderations|files|uploads|cancel|vector_stores|threads|assistants)$|:(?:count|compute)\w*Tokens$|\/count-tokens:\w+$|\/(?:files|uploads|vector_stores)\//

/** False for requests that no budget has to look at. */
export function mayCost(method: string, path: string): boolean {
  return method === 'POST' && !FREE.test(endpointOf(path))
}
