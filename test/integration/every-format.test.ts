// The whole line, from the real SDKs to the exported run: what each provider was told to bill is what the run says, in tokens and in pico-dollars.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { ModelCall, Run, Span } from '../../profiler-agent/model/span'
import { hasModelCall } from '../../profiler-agent/model/totals'
import { type Simulator, startSimulator } from '../../profiler-agent/simulator/server'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

const AGENT = inRepository('test', 'agents', 'formats', 'every-format.mjs')

interface Told {
  readonly call: string
  readonly usage: Record<string, unknown> | null
}

describe('every format, from the SDK to the run file', function () {
  this.timeout(240_000)
  const playground = new Playground()
  let simulator: Simulator
  let told: Told[]
  let run: Run
  let calls: (Span & { modelCall: ModelCall })[]

  before(async () => {
    const { count } = await loadTokenizer(inRepository('dist'))
    simulator = await startSimulator({ port: 0, countTokens: count })
    const { code, stdout, stderr } = await playground.run(['run', '--', process.execPath, AGENT], {
      OPENAI_BASE_URL: `${simulator.url}/v1`,
      ANTHROPIC_BASE_URL: simulator.url,
      OPENAI_API_KEY: 'sk-openai-0123456789',
      ANTHROPIC_API_KEY: 'sk-ant-0123456789',
    })
    assert.equal(code, 0, stderr)
    told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Told)
    ;[run] = (await playground.exported()) as [Run]
    calls = run.spans.filter(hasModelCall)
  })

  after(async () => {
    await simulator.close()
    await playground.remove()
  })

  it('records each call once, in its format, on its line', () => {
    assert.deepEqual(
      calls.map(({ modelCall: { wireFormat, stream } }) => `${wireFormat} ${stream ? 'streamed' : 'plain'}`),
      [
        'openai-chat plain',
        'openai-chat streamed',
        'openai-responses plain',
        'openai-responses streamed',
        'anthropic-messages plain',
        'anthropic-messages streamed',
      ],
    )
    const lines = readFileSync(AGENT, 'utf8').split('\n')
    for (const { callSite } of calls)
      assert.match(lines[(callSite?.line ?? 0) - 1] ?? '', /\.(create|stream)\(/)
  })

  it('says what the provider said, and leaves the stream as the program asked for it', () => {
    for (const [index, { call, usage }] of told.entries()) {
      const { raw } = calls[index]?.modelCall.usage ?? {}
      // Nobody asked for usage in the chat stream: the program does not see ours.
      if (call === 'chatStreamed') assert.equal(usage, null)
      else if (call === 'messagesStreamed') assert.equal(pick(raw, 'output_tokens'), usage?.output_tokens)
      else assert.deepEqual(raw, usage)
    }
  })

  it('tells read, written and fresh tokens apart', () => {
    const [chat, chatStreamed, responses, responsesStreamed, messages, messagesStreamed] = calls.map(buckets)
    // A long handbook, in a first call and in one that reads it back from the cache.
    assert.deepEqual([chat?.read, chat?.written], [0, null])
    assert.equal(chatStreamed?.read, Math.floor((chat?.fresh ?? 0) / 128) * 128)
    assert.equal((chatStreamed?.read ?? 0) + (chatStreamed?.fresh ?? 0), chat?.fresh)
    // What stands behind the last block (the priming of the reply) is never written.
    assert.deepEqual([responses?.read, responses?.fresh], [0, 3])
    assert.ok((responses?.written ?? 0) > 2000)
    assert.deepEqual([responsesStreamed?.read, responsesStreamed?.written], [responses?.written, 0])
    assert.ok((messages?.written ?? 0) > 2000)
    assert.deepEqual([messages?.read, messagesStreamed?.written], [0, 0])
    assert.equal(messagesStreamed?.read, messages?.written)
    assert.equal(messagesStreamed?.fresh, messages?.fresh)
  })

  it('costs them at the list prices, to the pico-dollar', () => {
    // Pico-dollars a token: gpt-5.4 2.50/0.25/–/15, gpt-5.6-terra 2/0.20/2.50 (30 m)/12, claude-sonnet-4-5 3/0.30/3.75 (5 m)/15 USD a million.
    const prices = [
      { fresh: 2_500_000, read: 250_000, written: 0, out: 15_000_000 },
      { fresh: 2_000_000, read: 200_000, written: 2_500_000, out: 12_000_000 },
      { fresh: 3_000_000, read: 300_000, written: 3_750_000, out: 15_000_000 },
    ]
    const expected = calls.map((span, index) => {
      const { fresh, read, written, out } = buckets(span)
      const price = prices[Math.floor(index / 2)]
      assert.ok(price)
      return (
        (fresh ?? 0) * price.fresh +
        (read ?? 0) * price.read +
        (written ?? 0) * price.written +
        (out ?? 0) * price.out
      )
    })
    assert.deepEqual(
      calls.map(({ modelCall }) => modelCall.cost?.picoUsd),
      expected,
    )
    assert.equal(
      run.totals.cost?.picoUsd,
      expected.reduce((sum, cost) => sum + cost, 0),
    )
  })

  it('shares each call over its segments without losing a token or a pico-dollar', () => {
    for (const { modelCall } of calls) {
      const { segments, usage, cost } = modelCall
      const sum = (pickNumber: (segment: (typeof segments)[number]) => number) =>
        segments.reduce((total, segment) => total + pickNumber(segment), 0)
      assert.equal(
        sum((segment) => segment.tokens),
        (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0),
      )
      assert.equal(
        sum((segment) => segment.picoUsd ?? 0),
        cost?.picoUsd,
      )
      const system = segments.filter((segment) => segment.kind === 'system')
      assert.ok(system.reduce((total, segment) => total + segment.tokens, 0) > 2000)
    }
  })
})

function buckets({ modelCall: { usage } }: { readonly modelCall: ModelCall }) {
  const writes = Object.values(usage.cacheWriteTokens).filter((tokens) => tokens !== null)
  return {
    fresh: usage.uncachedInputTokens,
    read: usage.cacheReadTokens,
    written: writes.length === 0 ? null : writes.reduce((sum, tokens) => sum + tokens, 0),
    out: usage.outputTokens,
  }
}

function pick(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined
}
