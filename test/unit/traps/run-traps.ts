// Traps of runs: what many exchanges add up to, stored and read back.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { Importer } from '../../../profiler-agent/import'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import { totalCostText } from '../../../profiler-agent/model/totals'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { sumsOf } from '../../../profiler-agent/profile/measures'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import { openStore } from '../../../profiler-agent/store/store'
import { temporaryFolder } from '../../support/test-folders'
import { ANTHROPIC, CHAT, completion, exchange, message, type Said, TODAY } from './priced'
import { callsOf, storedRun } from './stored-run'
import { trap } from './trap'

/** Exchanges of one run, a second apart. */
const run = (...calls: readonly (readonly Said[])[]): HttpExchange[] =>
  calls.map((said, index) => exchange(...said, { id: `x${index}`, startTime: TODAY + index * 1000 }))

const USAGE = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
/** 1,000 × $2.50 + 100 × $15 a million. */
const COST = 4_000_000_000
const answer = (id: string, more: Said = {}): readonly Said[] => [
  CHAT,
  { response: completion(USAGE, { id }) },
  more,
]

export function runTraps(): void {
  trap(6, 'a response that is polled until it is there counts once, with its last usage', async () => {
    const responses = 'https://api.openai.com/v1/responses'
    const state = (status: string, usage: object | null) => ({
      id: 'resp_1',
      object: 'response',
      background: true,
      model: 'gpt-5.4',
      status,
      output: [],
      usage,
    })
    const usage = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 }
    const poll = { method: 'GET', url: `${responses}/resp_1` }
    const { totals } = await storedRun(
      run(
        [
          {
            url: responses,
            request: { model: 'gpt-5.4', input: 'Hi', background: true },
            response: state('queued', null),
          },
        ],
        [poll, { response: state('in_progress', null) }],
        [poll, { response: state('completed', usage) }],
        [poll, { response: state('completed', usage) }],
      ),
    )
    assert.deepEqual(
      [totals.usage.inputTokens, totals.usage.outputTokens, totals.cost?.picoUsd],
      [1000, 100, COST],
    )
  })

  trap(7, 'a response is known by its own id, whatever the headers call the request', async () => {
    const seen = (requestId?: string) =>
      answer('same', { responseHeaders: requestId === undefined ? {} : { 'x-request-id': requestId } })
    const { totals } = await storedRun(run(seen('req-1'), seen(), seen('req-2')))
    assert.deepEqual([totals.usage.inputTokens, totals.cost?.picoUsd], [1000, COST])
  })

  trap(20, 'what a call consists of is summed, and the call around it is not summed again', async () => {
    const iterations = [
      { type: 'compaction', input_tokens: 1000, output_tokens: 100 },
      { type: 'message', input_tokens: 200, output_tokens: 10 },
    ]
    const { spans, totals } = await storedRun(
      run([ANTHROPIC, { response: message({ input_tokens: 200, output_tokens: 10, iterations }) }]),
    )
    const chats = spans.filter((span) => span.kind === 'chat')
    assert.deepEqual(
      chats.map((span) => span.modelCall?.usage.inputTokens ?? null).sort(),
      [1000, 200, null].sort(),
    )
    // 1,200 × $3 + 110 × $15 a million.
    assert.deepEqual(
      [totals.usage.inputTokens, totals.usage.outputTokens, totals.cost?.picoUsd],
      [1200, 110, 5_250_000_000],
    )
  })

  trap(21, 'the root of the tree is the sum of its leaves', async () => {
    const usages = fc.array(fc.record({ input: fc.nat(300_000), output: fc.nat(20_000) }), {
      minLength: 1,
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(usages, async (each) => {
        const stored = await storedRun(
          run(
            ...each.map(({ input, output }, index) => [
              CHAT,
              {
                response: completion(
                  {
                    prompt_tokens: input + 1,
                    completion_tokens: output + 1,
                    total_tokens: input + output + 2,
                  },
                  { id: `c${index}` },
                ),
              },
            ]),
          ),
        )
        const tree = spanTree(columnsOf(stored))
        const costs = sumsOf(tree, 'cost')
        const isLeaf = (node: number) => tree.subtreeEnd[node] === node + 1
        const leaves = [...costs.keys()].filter(isLeaf)
        const sum = leaves.reduce((total, node) => total + (costs[node] || 0), 0)
        assert.equal(sum, stored.totals.cost?.picoUsd)
        assert.equal(costs[0], sum)
      }),
      { numRuns: 15 },
    )
  })

  trap(22, 'the root shows what its leaves cost', async () => {
    const stored = await storedRun(run(answer('a'), answer('b')))
    assert.equal(sumsOf(spanTree(columnsOf(stored)), 'cost')[0], 2 * COST)
    assert.equal(totalCostText(stored.totals), '$0.008')
  })

  trap(24, 'a call without a price is counted and said, and is not $0', async () => {
    const unknown: readonly Said[] = [
      {
        request: { model: 'no-such-model' },
        response: completion(USAGE, { id: 'u', model: 'no-such-model' }),
      },
    ]
    const alone = await storedRun(run(unknown))
    assert.deepEqual(
      [alone.totals.cost, alone.totals.unpricedCalls, totalCostText(alone.totals)],
      [null, 1, 'no price'],
    )
    assert.match(
      callsOf(alone)[0]?.modelCall.unpricedReason ?? '',
      /no price for openai model "no-such-model"/,
    )
    const mixed = await storedRun(run(answer('a'), unknown))
    assert.deepEqual([mixed.totals.cost?.picoUsd, mixed.totals.unpricedCalls], [COST, 1])
    assert.equal(totalCostText(mixed.totals), '≥ $0.004')
  })

  trap(25, 'a run of free calls costs 0 and has no unpriced call', async () => {
    const local = {
      provider: 'ollama',
      url: 'http://127.0.0.1:11434/v1/chat/completions',
      request: { model: 'llama3.2' },
    }
    const { totals } = await storedRun(
      run([local, { response: completion(USAGE, { id: 'l', model: 'llama3.2' }) }]),
    )
    assert.deepEqual([totals.cost?.picoUsd, totals.unpricedCalls], [0, 0])
  })

  trap(32, 'attempts of one call are told apart from calls; each that is billed is counted', async () => {
    const failed = { status: 429, response: { error: { message: 'slow down', type: 'rate_limit_error' } } }
    const attempt = (count: string) => ({ requestHeaders: { 'x-stainless-retry-count': count } })
    const { totals } = await storedRun(
      run([CHAT, failed, attempt('0')], [CHAT, failed, attempt('1')], answer('a', attempt('2'))),
    )
    assert.deepEqual(
      [totals.calls, totals.attempts, totals.errors, totals.usage.inputTokens, totals.cost?.picoUsd],
      [1, 3, 2, 1000, COST],
    )
    // One that broke off was paid for: its input is known and counted beside that of the next attempt.
    const start = `data: ${JSON.stringify({ type: 'message_start', message: message({ input_tokens: 1000, output_tokens: 1 }, { id: 'msg_cut', content: [] }) })}\n\n`
    const cut: readonly Said[] = [
      ANTHROPIC,
      { response: start, responseHeaders: { 'content-type': 'text/event-stream' }, end: 'truncated' },
    ]
    const whole: readonly Said[] = [
      ANTHROPIC,
      { response: message({ input_tokens: 1000, output_tokens: 10 }, { id: 'msg_whole' }) },
    ]
    const again = await storedRun(run(cut, whole))
    assert.deepEqual(
      [again.totals.calls, again.totals.attempts, again.totals.usage.inputTokens],
      [1, 2, 2000],
    )
    // 2,000 × $3 + 10 × $15 a million, and what the broken one had said is not known.
    assert.deepEqual([again.totals.cost?.picoUsd, again.totals.cost?.atLeast], [6_150_000_000, true])
  })

  trap(
    33,
    'one response that is seen twice in a run is counted once; the same tokens in two responses are two',
    async () => {
      const twice = await storedRun(run(answer('same'), answer('same')))
      assert.equal(twice.totals.cost?.picoUsd, COST)
      const two = await storedRun(run(answer('one'), answer('two')))
      assert.equal(two.totals.cost?.picoUsd, 2 * COST)
    },
  )

  trap(42, 'the parts of a prompt sum to what the provider counted, and are called estimates', async () => {
    const request = {
      model: 'gpt-5.4',
      messages: [
        { role: 'system', content: 'You answer in one word.' },
        { role: 'user', content: 'Is water wet?' },
      ],
    }
    const stored = await storedRun(run([{ request, response: completion(USAGE, { id: 'p' }) }]))
    const segments = callsOf(stored)[0]?.modelCall.segments ?? []
    const sum = (isOutput: boolean) =>
      segments
        .filter((segment) => (segment.kind === 'output') === isOutput)
        .reduce((total, { tokens }) => total + (tokens ?? 0), 0)
    assert.deepEqual([sum(false), sum(true)], [1000, 100])
    assert.equal(
      segments.reduce((total, { picoUsd }) => total + (picoUsd ?? 0), 0),
      COST,
    )
    assert.ok(segments.length > 2 && segments.every((segment) => segment.estimate))
  })

  trap(44, 'no key is stored, not of a header, not of a URL, not of an error that repeats it', async () => {
    const key = 'sk-canary-0123456789abcdef'
    const recording = {
      exchanges: [
        {
          method: 'POST',
          url: `https://api.openai.com/v1/chat/completions?key=${key}`,
          request_headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          request_body: JSON.stringify({ model: 'gpt-5.4', messages: [] }),
          status: 401,
          response_headers: { 'content-type': 'application/json' },
          response_body: JSON.stringify({
            error: { message: `Incorrect API key provided: ${key}`, type: 'invalid_request_error' },
          }),
        },
      ],
    }
    const folder = temporaryFolder('trap')
    const store = openStore(folder.path)
    const source = {
      path: join(folder.path, 'a.json'),
      name: 'a.json',
      bytes: Buffer.from(JSON.stringify(recording)),
    }
    await new Importer({ store, at: TODAY }).importFiles([source])
    store.close()
    const files = readdirSync(folder.path)
    assert.ok(files.length > 0)
    for (const name of files) {
      const path = join(folder.path, name)
      assert.equal(readFileSync(path).includes(key), false, name)
      assert.equal(statSync(path).mode & 0o777, 0o600, name)
    }
    folder.remove()
  })
}
