// Recorded provider traffic of other projects, where it is at hand beside the repository: every exchange is read
// without a crash, and usage of our wire formats equals the provider's own numbers, mapped here by code of its own.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { ExchangeReading } from '../../profiler-agent/model/call'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import { readExchange } from '../../profiler-agent/providers'
import { skip } from '../support/skip'

const CORPUS = join(process.cwd(), '../shared/corpus')

interface Recorded {
  readonly method: string
  readonly url: string
  readonly request_headers?: Record<string, string>
  readonly request_body?: string
  readonly status: number
  readonly response_headers?: Record<string, string>
  readonly response_body?: string
  readonly response_body_base64?: string
}

type Json = Record<string, unknown>

interface Sums {
  input: number | null
  uncached: number | null
  read: number | null
  written: number | null
  output: number | null
}

const HOSTS: readonly [RegExp, string][] = [
  [/openrouter\.ai$/, 'openrouter'],
  [/\.azure\.com$/, 'azure'],
  [/\.(amazonaws\.com|api\.aws)$/, 'bedrock'],
  [/googleapis\.com$/, 'google'],
  [/^api\.([a-z]+)\./, ''],
]

function providerOf(host: string): string {
  for (const [pattern, provider] of HOSTS)
    if (pattern.test(host)) return provider || (pattern.exec(host)?.[1] ?? '')
  return `custom:${host}`
}

function exchangeOf(recorded: Recorded, id: string): HttpExchange {
  const body = recorded.response_body_base64
  return {
    id,
    runId: 'corpus',
    provider: providerOf(new URL(recorded.url).hostname),
    method: recorded.method,
    url: recorded.url,
    requestHeaders: lowerCase(recorded.request_headers),
    requestBody: Buffer.from(recorded.request_body ?? ''),
    status: recorded.status,
    responseHeaders: lowerCase(recorded.response_headers),
    responseBody:
      body === undefined ? Buffer.from(recorded.response_body ?? '') : Buffer.from(body, 'base64'),
    startTime: Date.UTC(2026, 10, 21),
    durationMs: 1000,
    end: 'complete',
    copyTruncated: false,
    attribution: {},
  }
}

function lowerCase(headers: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
}

function cassettes(): string[] {
  return readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && !/^(expected|xref|licenses)/.test(file))
    .sort()
}

/** The provider's usage objects of one exchange, as the corpus lists them: `{path, event, last}`. */
function rawUsageOf(
  file: string,
): Map<number, { path: string; event: string | null; first: Json; last: Json }[]> {
  const expected = join(CORPUS, 'expected', file)
  if (!existsSync(expected)) return new Map()
  const { exchanges } = JSON.parse(readFileSync(expected, 'utf8'))
  return new Map(exchanges.map(({ i, usage }: { i: number; usage: never }) => [i, usage]))
}

const numberAt = (value: unknown, ...path: string[]): number | null => {
  let at: unknown = value
  for (const key of path) at = (at as Json | null | undefined)?.[key]
  return typeof at === 'number' ? at : null
}

const sum = (...values: (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0)
}

/** Chat Completions and Responses by the provider's field names. */
function openAiSums(raw: Json, input: string, output: string): Sums {
  const total = numberAt(raw, input)
  const read =
    numberAt(raw, `${input}_details`, 'cached_tokens') ??
    numberAt(raw, 'prompt_cache_hit_tokens') ??
    numberAt(raw, 'cached_tokens') ??
    numberAt(raw, 'num_cached_tokens')
  const written = numberAt(raw, `${input}_details`, 'cache_write_tokens')
  const reasoning = numberAt(raw, `${output}_details`, 'reasoning_tokens') ?? 0
  const visible = numberAt(raw, output) ?? 0
  const isApart = reasoning > 0 && numberAt(raw, 'total_tokens') === (total ?? 0) + visible + reasoning
  const uncached = total === null ? null : total - (read ?? 0) - (written ?? 0)
  return {
    input: total,
    uncached,
    read,
    written,
    output: isApart ? visible + reasoning : numberAt(raw, output),
  }
}

function anthropicSums(raw: Json): Sums {
  const iterations = (Array.isArray(raw.iterations) ? raw.iterations : []) as Json[]
  const parts = iterations.length > 0 ? iterations : [raw]
  const total = (key: string) => sum(...parts.map((part) => numberAt(part, key)))
  const [uncached, read, written] = [
    total('input_tokens'),
    total('cache_read_input_tokens'),
    total('cache_creation_input_tokens'),
  ]
  return { input: sum(uncached, read, written), uncached, read, written, output: total('output_tokens') }
}

function expectedSums(
  format: string,
  raw: ReturnType<typeof rawUsageOf> extends Map<number, infer V> ? V : never,
): Sums | null {
  const at = (path: string, event?: string) =>
    raw.find((entry) => entry.path === path && (!event || entry.event === event))?.last
  if (format === 'openai-chat') {
    const usage = at('usage') ?? at('x_groq.usage')
    return usage ? openAiSums(usage, 'prompt_tokens', 'completion_tokens') : null
  }
  if (format === 'openai-responses') {
    const usage = at('response.usage') ?? at('usage')
    // Nothing but zeros beside a reply is a provider's way to say nothing.
    return usage && usage.total_tokens !== 0 ? openAiSums(usage, 'input_tokens', 'output_tokens') : null
  }
  const start = at('message.usage', 'message_start')
  const end = at('usage', 'message_delta') ?? at('usage')
  if (!start && !end) return null
  const said = Object.entries(end ?? {}).filter(([, value]) => value !== null)
  return anthropicSums({ ...start, ...Object.fromEntries(said) })
}

function readSums(reading: ExchangeReading): Sums {
  const usages = reading.inferences.map(({ usage }) => usage)
  return {
    input: sum(...usages.map((usage) => usage.inputTokens)),
    uncached: sum(...usages.map((usage) => usage.uncachedInputTokens)),
    read: sum(...usages.map((usage) => usage.cacheReadTokens)),
    written: sum(...usages.flatMap((usage) => Object.values(usage.cacheWriteTokens))),
    output: sum(...usages.map((usage) => usage.outputTokens)),
  }
}

describe('recorded traffic', function () {
  this.timeout(120_000)

  it('gives the provider’s own numbers', function () {
    if (!existsSync(CORPUS)) skip(this, `no recordings at ${relative(process.cwd(), CORPUS)}`)
    const counts: Record<string, { exact: number; inexact: number; unbilled: number; withoutUsage: number }> =
      {}
    const inexact: string[] = []
    let read = 0
    for (const file of cassettes()) {
      const raw = rawUsageOf(file)
      const { exchanges = [] } = JSON.parse(readFileSync(join(CORPUS, file), 'utf8')) as {
        exchanges?: Recorded[]
      }
      for (const [index, recorded] of exchanges.entries()) {
        const reading = readExchange(exchangeOf(recorded, `${file}#${index}`))
        read++
        const count = counts[reading.wireFormat] ?? { exact: 0, inexact: 0, unbilled: 0, withoutUsage: 0 }
        counts[reading.wireFormat] = count
        assert.notEqual(
          reading.error?.code,
          'costflame_adapter',
          `${file}#${index}: ${reading.error?.message}`,
        )
        if (reading.wireFormat === 'other') continue
        const expected = expectedSums(reading.wireFormat, raw.get(index) ?? [])
        const isBilled = reading.inferences.some(({ billed }) => billed)
        const none: Sums = { input: null, uncached: null, read: null, written: null, output: null }
        const isExact =
          JSON.stringify(readSums(reading)) === JSON.stringify(isBilled ? (expected ?? none) : none)
        if (!isExact) {
          count.inexact++
          inexact.push(
            `${file}#${index} ${reading.wireFormat} ${JSON.stringify(readSums(reading))} ≠ ${JSON.stringify(expected)}`,
          )
        } else if (!isBilled) count.unbilled++
        else if (expected === null) count.withoutUsage++
        else count.exact++
      }
    }
    for (const [format, count] of Object.entries(counts))
      console.log(`      ${format}: ${JSON.stringify(count)}`)
    console.log(`      ${read} exchanges`)
    assert.deepEqual(inexact, [])
  })
})
