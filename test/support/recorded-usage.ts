// From a provider's own usage fields to billing buckets, written from the providers' references alone and from none of our adapters: what an import has to say.

import type { Json, RawUsage, RecordedRow } from './recorded-corpus'

type Count = number | null

/** What one inference is billed for. Writes that are not reported are `null`; `units` are things billed by the piece. */
export interface Buckets {
  readonly uncached: Count
  readonly read: Count
  readonly written: Count
  readonly writtenByTtl: Readonly<Record<string, number>>
  readonly output: Count
  readonly units: Readonly<Record<string, number>>
  /** Where the provider names one for this inference alone. */
  readonly model?: string
}

/** The buckets of each billed inference of an exchange; none where its provider does not say. */
export function bucketsOf(row: RecordedRow): Buckets[] {
  const { endpoint } = row
  if (endpoint === 'embeddings') return embeddings(row)
  if (/completions$/.test(endpoint)) return chat(row)
  if (/^responses/.test(endpoint)) return responses(row)
  if (endpoint === 'messages') return messages(row.usage)
  if (/GenerateContent$|^generateContent$/.test(endpoint)) return gemini(row.usage)
  if (/[eE]mbedContents?$/.test(endpoint)) return geminiEmbeddings(row.usage)
  if (endpoint === 'interactions') return interactions(row.usage)
  if (/^converse/.test(endpoint)) return converse(lastAt(row.usage, 'usage'))
  if (/^invoke/.test(endpoint)) return invoke(row)
  if (row.provider === 'cohere' || endpoint === 'rerank') return cohere(row)
  if (/^api\./.test(endpoint)) return ollama(row.usage)
  throw new Error(`${row.file}#${row.index}: nobody has said what ${row.provider} ${endpoint} reports`)
}

// --- OpenAI ------------------------------------------------------------------------------------------------------------

const CACHED = [
  ['prompt_tokens_details', 'cached_tokens'],
  ['input_tokens_details', 'cached_tokens'],
  ['prompt_token_details', 'cached_tokens'],
  ['prompt_cache_hit_tokens'],
  ['cached_tokens'],
  ['num_cached_tokens'],
]

function chat({ usage, provider }: RecordedRow): Buckets[] {
  const raw = lastAt(usage, 'usage') ?? lastAt(usage, 'x_groq.usage')
  if (!raw || isAllZero(raw)) return []
  return [openAi(raw, 'prompt_tokens', 'completion_tokens', provider)]
}

function openAi(raw: Json, input: string, output: string, provider: string): Buckets {
  const total = count(raw[input])
  const read = firstCount(CACHED.map((path) => at(raw, ...path)))
  const written = count(at(raw, `${input}_details`, 'cache_write_tokens'))
  const reasoning = count(at(raw, `${output}_details`, 'reasoning_tokens')) ?? 0
  const sum = count(raw.total_tokens)
  // Where only the output is left out, the provider's own total says what it was.
  const visible = count(raw[output]) ?? (sum !== null && total !== null ? sum - total : null)
  // xAI's chat and some servers leave the reasoning out of the completion; their own total tells.
  const isApart = reasoning > 0 && sum === (total ?? 0) + (visible ?? 0) + reasoning
  return {
    ...inclusive(total, read, written),
    writtenByTtl: writtenByOpenAi(raw, input, written, provider),
    output: isApart ? (visible ?? 0) + reasoning : visible,
    units: {},
  }
}

/** A cache entry lives 30 minutes at OpenAI unless the split says otherwise; a router says of none how long. */
function writtenByOpenAi(raw: Json, input: string, written: Count, provider: string): Record<string, number> {
  const split = at(raw, `${input}_details`, 'cache_write_tokens_details')
  if (split) return ttls({ '30m': at(split, 'ttl_30m_tokens'), '12h': at(split, 'ttl_12h_tokens') })
  return ttls({ [provider === 'openrouter' ? 'unknown' : '30m']: written })
}

function responses({ usage, provider }: RecordedRow): Buckets[] {
  const raw = terminal(usage, 'response.usage') ?? lastAt(usage, 'usage')
  if (!raw || isAllZero(raw)) return []
  const tools = lastAt(usage, 'response.tool_usage') ?? lastAt(usage, 'tool_usage')
  const [imageIn, imageOut] = ['input_tokens', 'output_tokens'].map((key) =>
    count(at(tools, 'image_gen', key)),
  )
  const image =
    imageIn || imageOut ? [{ ...NOTHING, uncached: imageIn ?? null, output: imageOut ?? null }] : []
  return [openAi(raw, 'input_tokens', 'output_tokens', provider), ...image]
}

function embeddings({ usage }: RecordedRow): Buckets[] {
  const raw = lastAt(usage, 'usage')
  const input = raw && (count(raw.prompt_tokens) ?? count(raw.total_tokens))
  return raw && input !== null && input !== undefined
    ? [{ ...NOTHING, ...inclusive(input, cachedOf(raw), null), output: count(raw.completion_tokens) }]
    : []
}

function cachedOf(raw: Json): Count {
  return firstCount(CACHED.map((path) => at(raw, ...path)))
}

// --- Anthropic ---------------------------------------------------------------------------------------------------------

function messages(usage: readonly RawUsage[], prefix = ''): Buckets[] {
  const start = lastAt(usage, `${prefix}message.usage`)
  const end = lastAt(usage, `${prefix}usage`)
  const raw = merged(start, end)
  if (!raw) return []
  const iterations = Array.isArray(raw.iterations) ? (raw.iterations as Json[]) : []
  const parts = iterations.length > 0 ? iterations : [raw]
  const searches = ttls({
    webSearch: at(raw, 'server_tool_use', 'web_search_requests'),
    webFetch: at(raw, 'server_tool_use', 'web_fetch_requests'),
  })
  return parts.map((part, index) => ({ ...anthropic(part), units: index === 0 ? searches : {} }))
}

function anthropic(raw: Json): Buckets {
  const written = count(raw.cache_creation_input_tokens)
  const longer = count(at(raw, 'cache_creation', 'ephemeral_1h_input_tokens')) ?? 0
  return {
    uncached: count(raw.input_tokens),
    read: count(raw.cache_read_input_tokens),
    written,
    // What the split does not explain is of the default life.
    writtenByTtl: ttls({ '5m': (written ?? 0) - longer, '1h': longer }),
    output: count(raw.output_tokens),
    units: {},
    ...(typeof raw.model === 'string' ? { model: raw.model } : {}),
  }
}

// --- Google ------------------------------------------------------------------------------------------------------------

function gemini(usage: readonly RawUsage[]): Buckets[] {
  const [entry] = usage.filter(({ path }) => path === 'usageMetadata')
  const raw = merged(entry?.first, entry?.last)
  if (!raw) return []
  const prompt = count(raw.promptTokenCount)
  const tools = count(raw.toolUsePromptTokenCount)
  const input = prompt === null ? tools : prompt + (tools ?? 0)
  const visible = count(raw.candidatesTokenCount)
  const thoughts = count(raw.thoughtsTokenCount)
  const total = count(raw.totalTokenCount)
  if (input === null && total === null) return []
  const known = visible === null && thoughts === null ? null : (visible ?? 0) + (thoughts ?? 0)
  // Their own total decides what else is output.
  const output = total === null ? known : total - (input ?? 0)
  return [{ ...NOTHING, ...inclusive(input, count(raw.cachedContentTokenCount), null), output }]
}

function geminiEmbeddings(usage: readonly RawUsage[]): Buckets[] {
  const input = count(at(lastAt(usage, 'usageMetadata'), 'promptTokenCount'))
  return input === null ? [] : [{ ...NOTHING, uncached: input }]
}

function interactions(usage: readonly RawUsage[]): Buckets[] {
  const raw = lastAt(usage, 'interaction.usage') ?? lastAt(usage, 'usage')
  if (!raw) return []
  const input = (count(raw.total_input_tokens) ?? 0) + (count(raw.total_tool_use_tokens) ?? 0)
  const output = (count(raw.total_output_tokens) ?? 0) + (count(raw.total_thought_tokens) ?? 0)
  return [{ ...NOTHING, ...inclusive(input, count(raw.total_cached_tokens), null), output }]
}

// --- Bedrock -----------------------------------------------------------------------------------------------------------

function converse(raw: Json | undefined): Buckets[] {
  if (!raw) return []
  const written = firstCount([raw.cacheWriteInputTokens, raw.cacheWriteInputTokenCount])
  const details = (Array.isArray(raw.cacheDetails) ? raw.cacheDetails : []) as Json[]
  const longer = details.reduce(
    (sum, { ttl, inputTokens }) => sum + (ttl === '1h' ? Number(inputTokens) : 0),
    0,
  )
  return [
    {
      uncached: count(raw.inputTokens),
      read: firstCount([raw.cacheReadInputTokens, raw.cacheReadInputTokenCount]),
      written,
      writtenByTtl: ttls({ '5m': (written ?? 0) - longer, '1h': longer }),
      output: count(raw.outputTokens),
      units: {},
    },
  ]
}

/** The model's own words, else those of its family, else Bedrock's headers or metrics. */
function invoke(row: RecordedRow): Buckets[] {
  const prefix = row.isStream ? 'bytes_decoded.' : ''
  const { usage } = row
  const inner = lastAt(usage, `${prefix}usage`) ?? lastAt(usage, `${prefix}metadata.usage`)
  if (inner && 'input_tokens' in (merged(lastAt(usage, `${prefix}message.usage`), inner) ?? {}))
    return messages(usage, prefix)
  if (inner && 'inputTokens' in inner) return converse({ ...headerBuckets(row), ...inner })
  if (inner && 'prompt_tokens' in inner)
    return [openAi(inner, 'prompt_tokens', 'completion_tokens', 'bedrock')]
  const metrics = lastAt(usage, `${prefix}amazon-bedrock-invocationMetrics`)
  const numbers = (paths: string[]) => firstCount(paths.map((path) => entryAt(usage, prefix + path)?.last))
  const input =
    numbers(['prompt_token_count', 'inputTextTokenCount']) ??
    headerCount(row, 'input') ??
    count(metrics?.inputTokenCount)
  const output =
    numbers(['generation_token_count', 'totalOutputTextTokenCount', 'results[0].tokenCount']) ??
    headerCount(row, 'output') ??
    count(metrics?.outputTokenCount)
  return input === null && output === null ? [] : [{ ...NOTHING, uncached: input, output }]
}

/** In the words of Converse; a guardrail makes the body leave some of them out. */
function headerBuckets(row: RecordedRow): Json {
  const names = {
    inputTokens: 'input',
    outputTokens: 'output',
    cacheReadInputTokens: 'cache-read-input',
    cacheWriteInputTokens: 'cache-write-input',
  }
  return Object.fromEntries(Object.entries(names).map(([name, header]) => [name, headerCount(row, header)]))
}

function headerCount({ usageHeaders }: RecordedRow, side: string): Count {
  const value = usageHeaders[`x-amzn-bedrock-${side}-token-count`]
  return value === undefined ? null : count(Number(value))
}

// --- Others ------------------------------------------------------------------------------------------------------------

/** Cohere bills its own units; what it read from a cache is counted in other tokens, of which no more are billed than there are units. */
function cohere({ usage, endpoint }: RecordedRow): Buckets[] {
  const whole = lastAt(usage, 'usage') ?? lastAt(usage, 'delta.usage')
  const billed =
    objectOf(at(whole, 'billed_units')) ??
    lastAt(usage, 'meta.billed_units') ??
    lastAt(usage, 'response.meta.billed_units') ??
    whole
  if (!billed) return []
  const units = ttls({ searchUnits: billed.search_units })
  if (endpoint === 'rerank') return [{ ...NOTHING, uncached: 0, output: 0, units }]
  const input = count(billed.input_tokens)
  const cached = count(whole?.cached_tokens)
  const read = cached === null || input === null ? null : Math.min(cached, input)
  return [{ ...NOTHING, ...inclusive(input, read, null), output: count(billed.output_tokens), units }]
}

function ollama(usage: readonly RawUsage[]): Buckets[] {
  const [input, output] = ['prompt_eval_count', 'eval_count'].map((path) => count(entryAt(usage, path)?.last))
  if (input === null && output === null) return []
  return [{ ...NOTHING, uncached: input ?? null, output: output ?? null }]
}

// --- Totals ------------------------------------------------------------------------------------------------------------

/** What the provider itself says input and output add up to; `null` where it does not. */
export function totalSaidBy({ usage }: RecordedRow): Count {
  const last = usage.findLast(({ path }) => /(^|\.)usage(Metadata)?$/.test(path))?.last
  return firstCount(['total_tokens', 'totalTokenCount', 'totalTokens'].map((name) => at(last, name)))
}

// --- Small things ------------------------------------------------------------------------------------------------------

const NOTHING: Buckets = {
  uncached: null,
  read: null,
  written: null,
  writtenByTtl: {},
  output: null,
  units: {},
}

/** Buckets of a number that has the others inside; they never exceed it. */
function inclusive(
  total: Count,
  read: Count,
  written: Count,
): Pick<Buckets, 'uncached' | 'read' | 'written'> {
  const uncached = total === null ? null : Math.max(0, total - (read ?? 0) - (written ?? 0))
  return { uncached, read, written }
}

function entryAt(usage: readonly RawUsage[], path: string): RawUsage | undefined {
  return usage.find((entry) => entry.path === path)
}

function lastAt(usage: readonly RawUsage[], path: string): Json | undefined {
  return objectOf(usage.findLast((entry) => entry.path === path)?.last)
}

/** Of an event that ends a response; the earlier ones have none. */
function terminal(usage: readonly RawUsage[], path: string): Json | undefined {
  return objectOf(
    usage.findLast((entry) => entry.path === path && !/created|in_progress/.test(entry.event ?? ''))?.last,
  )
}

function merged(earlier: unknown, later: unknown): Json | undefined {
  const [first, last] = [objectOf(earlier), objectOf(later)]
  if (!first || !last) return last ?? first
  return { ...first, ...Object.fromEntries(Object.entries(last).filter(([, value]) => value !== null)) }
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((found, key) => objectOf(found)?.[key], value)
}

function count(value: unknown): Count {
  return typeof value === 'number' ? value : null
}

function firstCount(values: readonly unknown[]): Count {
  return count(values.find((value) => typeof value === 'number'))
}

/** Nothing but zeros beside a reply is a server's way to say nothing. */
function isAllZero(raw: Json): boolean {
  const counts = Object.entries(raw).filter(
    ([key, value]) => /_tokens$/.test(key) && typeof value === 'number',
  )
  return counts.length > 0 && counts.every(([, value]) => value === 0)
}

/** The counts that are more than 0. */
function ttls(counts: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0,
    ),
  )
}
