// Reads the hand-written provider fixtures; what holds for the reading of any exchange at all.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExchangeReading } from '../../../profiler-agent/model/call'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import { CACHE_TTLS, type Usage } from '../../../profiler-agent/model/usage'
import { exchangeOf } from './exchange'

const FIXTURES = join(process.cwd(), 'test/fixtures/providers')

/** By the name of its file: `response.json`, `.sse`, `.jsonl` hold the bytes on the wire, `.base64` those of a binary stream. */
type Framing = 'json' | 'sse' | 'jsonl' | 'base64'

export interface Fixture {
  readonly name: string
  readonly exchange: HttpExchange
  readonly expected: unknown
  readonly framing: Framing
}

/** All fixtures, in the order of their names. */
export function loadFixtures(): Fixture[] {
  return readdirSync(FIXTURES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => loadFixture(name))
    .sort((a, b) => a.name.localeCompare(b.name))
}

function loadFixture(name: string): Fixture {
  const folder = join(FIXTURES, name)
  const text = (file: string) => readFileSync(join(folder, file), 'utf8')
  const file = readdirSync(folder).find((each) => each.startsWith('response.'))
  const framing = (['json', 'sse', 'jsonl', 'base64'] as const).find((each) => file === `response.${each}`)
  assert.ok(file && framing, `${name} has no response of a known framing`)
  const responseBody = new Uint8Array(Buffer.from(text(file), framing === 'base64' ? 'base64' : 'utf8'))
  return {
    name,
    framing,
    exchange: exchangeOf({
      ...JSON.parse(text('exchange.json')),
      request: text('request.json'),
      responseBody,
    }),
    expected: JSON.parse(text('expected.json')),
  }
}

/** The reading without the provider's own usage objects, which stand in the response already. */
export function withoutRaw(reading: ExchangeReading): unknown {
  const inferences = reading.inferences.map(({ usage: { raw: _, ...usage }, ...rest }) => ({
    ...rest,
    usage,
  }))
  return JSON.parse(JSON.stringify({ ...reading, inferences }))
}

/** Holds for any bytes at all: no crash, whole numbers from 0 up, buckets that sum, nothing claimed of what is unknown. */
export function assertSane(reading: ExchangeReading): void {
  assert.notEqual(reading.error?.code, 'costflame_adapter', reading.error?.message)
  assert.ok(reading.inferences.length > 0)
  assert.ok(Number.isInteger(reading.malformed) && reading.malformed >= 0)
  for (const { path, content } of [...reading.prompt, ...reading.reply])
    assert.ok(typeof path === 'string' && path !== '' && typeof content === 'string', path)
  for (const { usage, billed, modalities = {}, providerPicoUsd = 0 } of reading.inferences) {
    const counts = [...bucketsOf(usage), usage.inputTokens, usage.outputTokens, usage.reasoningTokens ?? null]
    for (const count of [
      ...counts,
      providerPicoUsd,
      ...Object.values(usage.units),
      ...Object.values(modalities),
    ])
      assert.ok(count === null || (Number.isInteger(count) && count >= 0), `${count}`)
    const known = bucketsOf(usage).filter((count) => count !== null)
    assert.equal(usage.inputTokens, known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0))
    if (!billed || usage.origin === 'unknown') assert.equal(usage.inputTokens ?? usage.outputTokens, null)
  }
}

function bucketsOf({ uncachedInputTokens, cacheReadTokens, cacheWriteTokens }: Usage): (number | null)[] {
  return [uncachedInputTokens, cacheReadTokens, ...CACHE_TTLS.map((ttl) => cacheWriteTokens[ttl])]
}
