// What a request says of prompt caching beside the marks on its blocks, and what the reply says of a miss.
// Sources: openai 7.57.0 responses.d.ts (PromptCacheOptions, CacheMiss); @anthropic-ai/sdk 1.12.0 messages.d.ts (Diagnostics).

import { createHash } from 'node:crypto'
import type { CacheSettings } from '../model/cache-settings'
import type { HttpExchange } from '../model/exchange'
import { present } from '../model/present'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { fieldOf } from './gemini-notation'

/** Longer values are told apart by their hash. */
const MOST_CHARACTERS = 100

/** Field of a request under a path such as `output_config.effort`; `null` and absent are both `undefined`. */
export type FieldAt = (request: JsonObject, path: string) => unknown

const fieldAt: FieldAt = (request, path) =>
  path.split('.').reduce<unknown>((value, name) => objectOf(value)[name] ?? undefined, request)

/** The parameters under these paths that the request has, as CacheSettings keeps them. */
export function parametersOf(
  request: JsonObject,
  paths: readonly string[],
  at: FieldAt = fieldAt,
): NonNullable<CacheSettings['parameters']> {
  return Object.fromEntries(
    paths.flatMap((path) => {
      const value = at(request, path)
      return value === undefined ? [] : [[path, parameterText(value)]]
    }),
  )
}

/** JSON as sent where it is short, else `sha256:` and its hash. */
export function parameterText(value: unknown): string {
  const json = JSON.stringify(value) ?? ''
  return json.length <= MOST_CHARACTERS ? json : `sha256:${createHash('sha256').update(json).digest('hex')}`
}

/** Settings without what they do not say; `undefined` where they say nothing. */
export function settingsOf(
  said: { readonly [Name in keyof CacheSettings]: CacheSettings[Name] | undefined },
): CacheSettings | undefined {
  const { parameters, ...others } = said
  const hasParameters = parameters !== undefined && Object.keys(parameters).length > 0
  const settings = present({ ...others, parameters: hasParameters ? parameters : undefined })
  return Object.keys(settings).length > 0 ? settings : undefined
}

/** `cache_control` on the request itself: one breakpoint, which the provider puts on the last block that can be cached. */
export function automaticCaching(request: JsonObject): Pick<CacheSettings, 'mode' | 'lifetime'> {
  if (!isObject(request.cache_control)) return {}
  return { mode: 'automatic', lifetime: textOf(request.cache_control.ttl) ?? '5m' }
}

const ANTHROPIC_PARAMETERS = [
  ...['thinking', 'tool_choice', 'output_config.effort', 'output_config.format', 'output_format'],
  ...['speed', 'inference_geo', 'context_management'],
]

/** Of a Messages request and its reply; `isCiting`: a document in the prompt has its citations switched on. */
export function anthropicSettings(
  request: JsonObject,
  chunks: readonly JsonObject[],
  isCiting: boolean,
): CacheSettings | undefined {
  const miss = anthropicMiss(chunks)
  const servers = arrayOf(request.mcp_servers).map((server) => objectOf(server).name)
  return settingsOf({
    ...automaticCaching(request),
    parameters: {
      ...parametersOf(request, ANTHROPIC_PARAMETERS),
      ...(isCiting ? { citations: 'true' } : {}),
      // Not as sent: it holds the token that the provider is to use there.
      ...(servers.length > 0 ? { mcp_servers: parameterText(servers) } : {}),
    },
    unseen: chunks.some(isEdited) ? 'edited' : undefined,
    missReason: missReasonOf(miss.type),
    missedTokens: countOf(miss.cache_missed_input_tokens) ?? undefined,
  })
}

/** The diagnosis may still be pending where a stream begins; the last one that is there counts. */
function anthropicMiss(chunks: readonly JsonObject[]): JsonObject {
  const said = chunks
    .flatMap((chunk) => [chunk, chunk.message, chunk.delta])
    .map((part) => objectOf(objectOf(part).diagnostics).cache_miss_reason)
  return objectOf(said.findLast(isObject))
}

/** `unavailable` and `previous_message_not_found` give no reason. */
function missReasonOf(type: unknown): string | undefined {
  const reason = textOf(type)
  return reason?.endsWith('_changed') || reason === 'context_compacted' ? reason : undefined
}

/** Whether the provider took something out of the prompt by itself. */
function isEdited(chunk: JsonObject): boolean {
  const managed = chunk.context_management ?? objectOf(chunk.message).context_management
  return arrayOf(objectOf(managed).applied_edits).length > 0
}

/** What Chat Completions and Responses have in common, with the fields of either and of those who speak them. */
const OPENAI_PARAMETERS = [
  ...[
    'tool_choice',
    'reasoning_effort',
    'reasoning.effort',
    'reasoning.max_tokens',
    'verbosity',
    'response_format',
    'service_tier',
  ],
  ...[
    'text.format',
    'text.verbosity',
    'truncation',
    'context_management',
    'web_search_options',
    'modalities',
  ],
  // DeepSeek and Z.ai; Qwen; vLLM; OpenRouter; Fireworks.
  ...['thinking', 'enable_thinking', 'cache_salt', 'provider', 'transforms', 'prompt_cache_isolation_key'],
]

/** Of a request in one of OpenAI's formats; `reply` is the body or the last `response` object, `{}` where there is none. */
export function openAiSettings(
  exchange: Pick<HttpExchange, 'provider' | 'requestHeaders'>,
  request: JsonObject,
  reply: JsonObject,
): CacheSettings | undefined {
  const options = objectOf(request.prompt_cache_options)
  const automatic = automaticCaching(request)
  const diagnostics = objectOf(reply.prompt_cache_diagnostics)
  return settingsOf({
    lifetime: textOf(options.ttl) ?? textOf(request.prompt_cache_retention) ?? automatic.lifetime,
    mode: options.mode === 'explicit' ? 'explicit' : automatic.mode,
    key: keyOf(exchange, request),
    parameters: parametersOf(request, OPENAI_PARAMETERS),
    // What a stored template says is with the provider.
    unseen: isObject(request.prompt) || request.conversation != null ? 'held' : undefined,
    missReason: diagnostics.type === 'cache_miss' ? textOf(diagnostics.reason) : undefined,
    missedTokens:
      diagnostics.type === 'cache_miss' ? (countOf(diagnostics.cache_missed_tokens) ?? undefined) : undefined,
  })
}

/** Fields and headers by which a provider sends requests to one cache, beside `prompt_cache_key`; the first that is there counts. */
const AFFINITY: Readonly<
  Record<string, { readonly fields?: readonly string[]; readonly headers?: readonly string[] }>
> = {
  // `user` did the work of `prompt_cache_key` before there was one.
  openai: { fields: ['user'] },
  azure: { fields: ['user'] },
  // docs.x.ai/developers/advanced-api-usage/prompt-caching/maximizing-cache-hits, read 2026-11-22.
  xai: { headers: ['x-grok-conv-id'] },
  // docs.fireworks.ai/guides/prompt-caching, read 2026-11-22.
  fireworks: { fields: ['user'], headers: ['x-session-affinity'] },
  // openrouter.ai/docs/guides/best-practices/prompt-caching, read 2026-11-22.
  openrouter: { fields: ['session_id'], headers: ['x-session-id', 'x-grok-conv-id'] },
}

function keyOf(
  { provider, requestHeaders }: Pick<HttpExchange, 'provider' | 'requestHeaders'>,
  request: JsonObject,
): string | undefined {
  const { fields = [], headers = [] } = AFFINITY[provider] ?? {}
  const said = [
    request.prompt_cache_key,
    ...headers.map((name) => requestHeaders[name]),
    ...fields.map((name) => request[name]),
  ]
  const key = said.map(textOf).find((each) => each !== undefined)
  return key === undefined || key.length <= MOST_CHARACTERS ? key : parameterText(key)
}

const GEMINI_PARAMETERS = [
  ...['toolConfig', 'serviceTier', 'generationConfig.thinkingConfig', 'generationConfig.responseMimeType'],
  ...['generationConfig.responseSchema', 'generationConfig.responseJsonSchema'],
  ...['generationConfig.mediaResolution', 'generationConfig.responseModalities'],
  // Interactions.
  ...['generationConfig.thinkingLevel', 'generationConfig.toolChoice', 'responseFormat'],
]

/** Of a Gemini request; names are those in camel case, whichever the request uses. */
export function geminiSettings(request: JsonObject): CacheSettings | undefined {
  const at: FieldAt = (object, path) =>
    path.split('.').reduce<unknown>((value, name) => fieldOf(objectOf(value), name), object)
  const cachedContent = textOf(fieldOf(request, 'cachedContent'))
  return settingsOf({
    cachedContent,
    parameters: parametersOf(request, GEMINI_PARAMETERS, at),
    unseen: cachedContent === undefined ? undefined : 'held',
  })
}

const CONVERSE_PARAMETERS = ['toolConfig.toolChoice', 'serviceTier', 'performanceConfig', 'outputConfig']

/** Of a request in the schema of Converse. What goes to the model as it is counts whole, but for its tools, which are blocks. */
export function converseSettings(request: JsonObject): CacheSettings | undefined {
  const { tools: _, ...fields } = objectOf(request.additionalModelRequestFields)
  return settingsOf({
    parameters: {
      ...parametersOf(request, CONVERSE_PARAMETERS),
      ...(Object.keys(fields).length > 0 ? { additionalModelRequestFields: parameterText(fields) } : {}),
    },
    // What a stored prompt says is with the provider.
    unseen: isObject(request.promptVariables) ? 'held' : undefined,
  })
}
