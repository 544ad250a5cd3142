// What a hover says of the calls of a line: parts that add up to its totals, and the limits that hold for them.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readBudgetFile } from '../../../profiler-agent/budgets/file/budget-file'
import { CodeAnswers } from '../../../profiler-agent/code-costs/code-answers'
import { decodeServerMessage } from '../../../profiler-agent/feed/codec'
import type { LineDetail } from '../../../profiler-agent/model/line-cost'
import { totalsOf } from '../../../profiler-agent/model/totals'
import { RunView } from '../../../profiler-agent/run-view'
import { readSpans } from '../../../profiler-agent/store/reader'
import { openStore, type Store } from '../../../profiler-agent/store/store'
import { type RecordedCall, RecordedLines } from '../../support/recorded-lines'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'

describe('the detail of a line', () => {
  let folder: TestFolder
  let store: Store
  let recorded: RecordedLines
  let budgets: string
  let answers: CodeAnswers

  beforeEach(() => {
    folder = temporaryFolder('line')
    store = openStore(folder.path)
    recorded = new RecordedLines(store)
    budgets = ''
    // A token for each word.
    const view = new RunView(store, async () => ({ count: (text) => text.split(' ').length }))
    answers = new CodeAnswers({ view, budgetFile: () => readBudgetFile(budgets) })
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  /** With the kinds of text: without them it comes as long as the tokenizer is not loaded. */
  async function detail(runId: string, at = 'desk.ts:3'): Promise<LineDetail | null> {
    const [file = '', line] = at.split(':')
    for (;;) {
      const answer = await answers.of({ ask: 'line', runId, file, line: Number(line) })
      assert.ok(answer.to === 'line')
      if (answer.detail === null || answer.detail.byKind !== null) return answer.detail
      await new Promise(setImmediate)
    }
  }
  const sum = (parts: readonly { readonly picoUsd: number | null }[]) =>
    parts.reduce((total, { picoUsd }) => total + (picoUsd ?? 0), 0)

  it('is split by cache as it was billed, and by model', async () => {
    recorded.run({ id: 'a' })
    // 1,000 pico-dollars: 100 output, 200 read, 200 written, 500 fresh.
    recorded.call('a', {
      at: 'desk.ts:3',
      picoUsd: 1000,
      read: 70,
      written: 20,
      fresh: 10,
      output: 5,
      model: 'large',
    })
    // 100: 10 output, 90 fresh.
    recorded.call('a', { at: 'desk.ts:3:8', picoUsd: 100, fresh: 40, output: 2, model: 'small' })
    recorded.call('a', { at: 'desk.ts:3', picoUsd: 100, fresh: 40, output: 2, model: 'small' })
    recorded.call('a', { at: 'desk.ts:4', picoUsd: 5_000_000 })
    const { byCache, byModel, byKind } = (await detail('a')) ?? {}
    assert.deepEqual(byCache, [
      { kind: 'read', tokens: 70, picoUsd: 200 },
      { kind: 'write', tokens: 20, picoUsd: 200 },
      { kind: 'fresh', tokens: 90, picoUsd: 680 },
      { kind: 'none', tokens: 9, picoUsd: 120 },
    ])
    assert.deepEqual(byModel, [
      { kind: 'large', tokens: 105, picoUsd: 1000, calls: 1 },
      { kind: 'small', tokens: 84, picoUsd: 200, calls: 2 },
    ])
    assert.equal(sum(byKind ?? []), 1200)
  })

  it('is split by kind of text', async () => {
    recorded.run({ id: 'a' })
    // Ten words and six, each with four tokens of framing: 24 of the 27 tokens; three are in no text.
    const texts = { system: 'a b c d e f g h i j', user: 'k l m n o p', reply: 'q r' }
    recorded.call('a', { at: 'desk.ts:3', picoUsd: 3000, fresh: 27, output: 2, ...texts })
    // 2,700 for 27 tokens in, 300 for 2 out.
    assert.deepEqual((await detail('a'))?.byKind, [
      { kind: 'system', tokens: 14, picoUsd: 1400 },
      { kind: 'user', tokens: 10, picoUsd: 1000 },
      { kind: 'overhead', tokens: 3, picoUsd: 300 },
      { kind: 'output', tokens: 2, picoUsd: 300 },
    ])
  })

  it('leaves out what nobody knows', async () => {
    recorded.run({ id: 'a' })
    recorded.call('a', { at: 'desk.ts:3', picoUsd: null, fresh: null, output: null, origin: 'unknown' })
    const { byCache, byModel, outputPerCall } = (await detail('a')) ?? {}
    assert.deepEqual([byCache, outputPerCall], [[], undefined])
    assert.deepEqual(byModel, [{ kind: 'm', tokens: null, picoUsd: null, calls: 1 }])
    assert.equal(await detail('a', 'desk.ts:99'), null)
    assert.equal(await detail('gone'), null)
  })

  it('says what one call puts out, over the runs, but for calls that were cut off', async () => {
    recorded.run({ id: 'a' })
    for (const output of [10, 20, 30]) recorded.call('a', { at: 'desk.ts:3', output })
    recorded.run({ id: 'b' })
    recorded.call('b', { at: 'desk.ts:3', output: 50 })
    recorded.call('b', { at: 'desk.ts:3', output: 4000, status: 'truncated' })
    recorded.call('b', { at: 'desk.ts:3', output: 4000, finishReason: 'max_tokens' })
    recorded.call('b', { at: 'desk.ts:4', output: 9000 })
    assert.deepEqual((await detail('b'))?.outputPerCall, { calls: 4, p50: 20, p95: 50, p99: 50, max: 50 })
  })

  it('comes with the limits of all that its calls count in, and of nothing else', async () => {
    budgets = `{
      "version": 1,
      "agents": {
        "desk": {
          "limits": { "modelCalls": 1 },
          "steps": { "plan": { "limits": { "totalTokens": 500 } }, "answer": { "limits": { "totalTokens": 500 } } },
          "intents": { "refund": { "limits": { "inputTokens": 150 } }, "status": { "limits": { "inputTokens": 150 } } }
        },
        "search": { "limits": { "modelCalls": 1 } }
      },
      "workspace": { "limits": { "costUsdPerRun": 0.000000002, "costUsdPerDay": 1 } }
    }`
    recorded.run({ id: 'a' })
    const desk = { kind: 'agent', name: 'desk', agent: 'desk' } as const
    recorded.scope('a', { id: 'one', ...desk, intent: 'refund' })
    recorded.scope('a', { id: 'two', ...desk, intent: 'status' })
    recorded.scope('a', {
      id: 'plan',
      kind: 'step',
      name: 'plan',
      agent: 'desk',
      parentId: 'one',
      intent: 'refund',
    })
    recorded.scope('a', { id: 'other', kind: 'agent', name: 'search', agent: 'search' })
    recorded.call('a', { at: 'desk.ts:3', parentId: 'plan', agent: 'desk', picoUsd: 1000 })
    recorded.call('a', { at: 'desk.ts:7', parentId: 'one', agent: 'desk', picoUsd: 1000 })
    recorded.call('a', { at: 'desk.ts:9', parentId: 'two', agent: 'desk', picoUsd: 1000 })
    recorded.call('a', { at: 'search.ts:1', parentId: 'other', agent: 'search', picoUsd: 10 })
    const limits = (await detail('a'))?.limits ?? []
    assert.deepEqual(
      limits.map(({ scope, limit, allowed, n, worst }) => [
        Object.values(scope).join(' '),
        limit,
        allowed,
        n,
        worst,
      ]),
      [
        ['agent desk', 'modelCalls', 1, 1, 2],
        ['step desk plan', 'totalTokens', 500, 1, 110],
        ['agent desk refund', 'inputTokens', 150, 1, 200],
        ['run', 'costUsdPerRun', 2e-9, 1, 3.01e-9],
        // The run was long ago.
        ['day', 'costUsdPerDay', 1, 1, 0],
      ],
    )
  })

  it('crosses the feed as all answers of the code do', async () => {
    budgets = '{ "version": 1, "workspace": { "limits": { "costUsdPerRun": 1 } } }'
    recorded.run({ id: 'a', gitCommit: '1234567' })
    recorded.scope('a', { id: 'one', kind: 'agent', name: 'desk', agent: 'desk' })
    recorded.call('a', { at: 'desk.ts:3:9 plan', parentId: 'one', agent: 'desk', step: 'plan' })
    recorded.call('a', { at: 'desk.ts:3', picoUsd: null, fresh: null, output: null, origin: 'unknown' })
    const place = { file: 'desk.ts', line: 3 }
    const anchor = { code: 'c', before: ['b'], after: [], function: 'plan', above: 'x', below: 'y' }
    store.keepAnchors('a', [{ ...place, column: 9, anchor }])
    for (const question of [
      ...[{ ask: 'lines' }, { ask: 'agents' }, { ask: 'spentToday' }],
      ...[{ ask: 'line', runId: 'a', ...place }],
    ] as const) {
      const body = await answers.of(question)
      const message = { type: 'answer', id: 1, body } as const
      assert.deepEqual(decodeServerMessage(JSON.stringify(message)), { ok: true, value: message })
      if (body.to === 'lines') assert.deepEqual(body.lines[0]?.anchor, anchor)
    }
  })

  it('adds up to the totals of the line', async () => {
    const tokens = fc.option(fc.integer({ min: 0, max: 10_000 }))
    const call: fc.Arbitrary<RecordedCall> = fc.record({
      at: fc.constantFrom('desk.ts:3', 'desk.ts:4'),
      picoUsd: fc.integer({ min: 0, max: 1e9 }),
      ...{
        fresh: fc.integer({ min: 1, max: 10_000 }),
        read: tokens,
        written: tokens,
        output: fc.integer({ min: 1, max: 10_000 }),
      },
      ...{ system: fc.lorem({ maxCount: 30 }), user: fc.lorem(), reply: fc.lorem() },
      model: fc.constantFrom('large', 'claude-small'),
      billed: fc.boolean(),
    })
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 8 }), async (calls) => {
        const id = recorded.run({ id: `run ${++runs}` })
        for (const each of calls) recorded.call(id, each)
        const { cost, usage } = totalsOf(readSpans(store, id).filter(({ callSite }) => callSite?.line === 3))
        const found = await detail(id)
        if (!calls.some(({ at }) => at === 'desk.ts:3')) return assert.equal(found, null)
        assert.ok(found?.byKind)
        const all = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
        for (const parts of [found.byKind, found.byCache, found.byModel]) {
          assert.equal(sum(parts), cost?.picoUsd)
          assert.equal(
            parts.reduce((total, part) => total + (part.tokens ?? 0), 0),
            all,
          )
        }
      }),
      { numRuns: 30 },
    )
  })
})
