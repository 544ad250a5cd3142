// What lines cost: in the newest run that reached them, and before.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { lineCosts } from '../../../profiler-agent/code-costs/line-costs'
import { type RunLines, runLines } from '../../../profiler-agent/code-costs/run-lines'
import { addTotals, totalsOf } from '../../../profiler-agent/model/totals'
import { RunView } from '../../../profiler-agent/run-view'
import { readRun, readRuns, readSpans } from '../../../profiler-agent/store/reader'
import { openStore, type Store } from '../../../profiler-agent/store/store'
import { type RecordedCall, RecordedLines } from '../../support/recorded-lines'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'

describe('costs of lines', () => {
  let folder: TestFolder
  let store: Store
  let recorded: RecordedLines
  let view: RunView

  beforeEach(() => {
    folder = temporaryFolder('lines')
    store = openStore(folder.path)
    recorded = new RecordedLines(store)
    view = new RunView(store, () => Promise.reject(new Error('no tokens are counted')))
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  const costs = () => lineCosts(readRuns(store).map((run) => runLines(view, run, false)))
  /** `desk.ts:12 in b: 600 of 1 call, before: b 600, a 300`. */
  const picture = () =>
    costs().map(({ callSite: { file, line }, runId, totals, past }) => {
      const before = past.map((run) => `${run.runId} ${run.picoUsd}`).join(', ')
      return `${file}:${line} in ${runId}: ${totals.cost?.picoUsd} of ${totals.calls}, ${before}`
    })

  it('are those of the newest run that reached each, with all that the calls say', () => {
    recorded.run({ id: 'a', gitCommit: '1234567' })
    recorded.call('a', { at: 'desk.ts:12:9 plan', picoUsd: 300, read: 300, fresh: 100 })
    recorded.call('a', { at: 'search.ts:4 find', picoUsd: 100 })
    recorded.run({ id: 'b' })
    const desk = { agent: 'desk', step: 'plan', model: 'large' }
    recorded.call('b', { at: 'desk.ts:12:9 plan', picoUsd: 250, ...desk, read: 100, fresh: 100 })
    const dearest = recorded.call('b', {
      at: 'desk.ts:12:9 plan',
      picoUsd: 350,
      agent: 'clerk',
      step: 'step 2',
      model: 'small',
      read: 0,
      fresh: 200,
    })
    recorded.call('b', { picoUsd: 400 })
    const [first, second] = costs()
    assert.ok(first && second)
    const { totals, past, ...line } = first
    assert.deepEqual(line, {
      callSite: { file: 'desk.ts', line: 12, column: 9, function: 'plan' },
      root: '/desk',
      runId: 'b',
      startTime: new Date(readRun(store, 'b')?.startedAt ?? 0).toISOString(),
      active: false,
      share: 0.6,
      spanId: dearest,
      agents: ['clerk', 'desk'],
      steps: ['plan'],
      models: ['large', 'small'],
    })
    assert.deepEqual([totals.calls, totals.cost?.picoUsd, totals.usage.inputTokens], [2, 600, 400])
    assert.deepEqual(
      past.map(({ runId, gitCommit, calls, picoUsd, atLeast, cacheShare }) => [
        runId,
        gitCommit,
        calls,
        picoUsd,
        atLeast,
        cacheShare,
      ]),
      [
        ['b', undefined, 2, 600, false, 0.25],
        ['a', '1234567', 1, 300, false, 0.75],
      ],
    )
    assert.deepEqual([second.callSite.file, second.runId, second.share], ['search.ts', 'a', 0.25])
  })

  it('say what is not known', () => {
    recorded.run({ id: 'a' })
    recorded.call('a', { at: 'desk.ts:3', picoUsd: null })
    recorded.call('a', { at: 'desk.ts:9', picoUsd: 50, atLeast: true })
    recorded.call('a', { at: 'desk.ts:9', status: 'error', billed: false })
    const [known, unknown] = costs()
    assert.deepEqual(
      [known?.past[0]?.picoUsd, known?.past[0]?.atLeast, known?.past[0]?.cacheShare],
      [50, true, null],
    )
    assert.deepEqual([known?.totals.calls, known?.totals.errors, known?.share], [2, 1, 1])
    assert.deepEqual([unknown?.totals.cost, unknown?.share, unknown?.past[0]?.picoUsd], [null, null, null])
    assert.equal(unknown?.past[0]?.atLeast, true)
  })

  it('leave out what ran no model: a count of tokens, a call that a budget refused', () => {
    recorded.run({ id: 'a' })
    recorded.call('a', { at: 'desk.ts:3', picoUsd: 7 })
    recorded.run({ id: 'b' })
    recorded.call('b', { at: 'desk.ts:3', status: 'blocked', billed: false })
    assert.deepEqual(picture(), ['desk.ts:3 in a: 7 of 1, a 7'])
  })

  it('count one call for all its attempts', () => {
    recorded.run({ id: 'a' })
    const retryOf = recorded.call('a', { at: 'desk.ts:3', status: 'error', billed: false })
    recorded.call('a', { at: 'desk.ts:3', picoUsd: 20, retryOf, attempt: 2 })
    assert.deepEqual(picture(), ['desk.ts:3 in a: 20 of 1, a 20'])
  })

  it('are joined where the function tells that lines moved', () => {
    recorded.run({ id: 'a' })
    recorded.call('a', { at: 'desk.ts:12 plan', picoUsd: 1 })
    recorded.call('a', { at: 'desk.ts:14 plan', picoUsd: 20 })
    recorded.call('a', { at: 'desk.ts:30 answer', picoUsd: 300 })
    recorded.run({ id: 'b' })
    recorded.call('b', { at: 'desk.ts:32 plan', picoUsd: 4 })
    recorded.call('b', { at: 'desk.ts:34 plan', picoUsd: 50 })
    recorded.call('b', { at: 'desk.ts:12 answer', picoUsd: 600 })
    assert.deepEqual(picture(), [
      'desk.ts:12 in b: 600 of 1, b 600, a 300',
      'desk.ts:34 in b: 50 of 1, b 50, a 20',
      'desk.ts:32 in b: 4 of 1, b 4, a 1',
    ])
  })

  it('are not told of a line of an older run where a newer one saw the file and nothing tells where that line is now', () => {
    recorded.run({ id: 'a' })
    recorded.call('a', { at: 'desk.ts:12 plan', picoUsd: 1 })
    recorded.call('a', { at: 'search.ts:12 find', picoUsd: 1 })
    recorded.run({ id: 'b' })
    recorded.call('b', { at: 'desk.ts:40 answer', picoUsd: 2 })
    assert.deepEqual(picture(), ['desk.ts:40 in b: 2 of 1, b 2', 'search.ts:12 in a: 1 of 1, a 1'])
  })

  it('of a run that goes on are those of all its calls, read as they come', () => {
    recorded.run({ id: 'a' })
    recorded.call('a', { at: 'desk.ts:3', picoUsd: 5, output: 10 })
    const read = (before?: RunLines) => {
      const run = readRun(store, 'a')
      assert.ok(run)
      return runLines(view, run, true, before)
    }
    const first = read()
    const spanId = recorded.call('a', { at: 'desk.ts:3', picoUsd: 80, output: 30 })
    recorded.call('a', { at: 'desk.ts:8', picoUsd: 1, status: 'truncated' })
    const grown = read(first)
    assert.deepEqual(
      grown.lines.map(({ callSite, totals, outputs }) => [
        callSite.line,
        totals.cost?.picoUsd,
        totals.calls,
        outputs,
      ]),
      [
        [3, 85, 2, [10, 30]],
        [8, 1, 1, []],
      ],
    )
    assert.equal(grown.lines[0]?.spanId, spanId)
    assert.deepEqual(grown.lines, read().lines)
  })

  it('of all lines and of what has none are the totals of the run', () => {
    const call: fc.Arbitrary<RecordedCall> = fc.record(
      {
        at: fc.constantFrom('desk.ts:3', 'desk.ts:3:7', 'desk.ts:9 plan', 'lib/search.ts:3'),
        picoUsd: fc.option(fc.integer({ min: 0, max: 1e12 })),
        atLeast: fc.boolean(),
        fresh: fc.option(fc.integer({ min: 0, max: 1e6 })),
        read: fc.option(fc.integer({ min: 0, max: 1e6 })),
        written: fc.option(fc.integer({ min: 0, max: 1e6 })),
        output: fc.option(fc.integer({ min: 0, max: 1e6 })),
        origin: fc.constantFrom('reported', 'partial', 'estimated', 'unknown'),
        status: fc.constantFrom('ok', 'error', 'aborted', 'blocked', 'truncated'),
        billed: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    let runs = 0
    fc.assert(
      fc.property(fc.array(call, { maxLength: 30 }), fc.nat(30), (calls, cut) => {
        const id = recorded.run({ id: `run ${++runs}` })
        let before: RunLines | undefined
        for (const [index, each] of calls.entries()) {
          recorded.call(id, each)
          // Read in the middle as well: what comes later is added to it.
          const run = index === cut && readRun(store, id)
          if (run) before = runLines(view, run, true, before)
        }
        const run = readRun(store, id)
        assert.ok(run)
        const spans = readSpans(store, id)
        const nowhere = totalsOf(spans.filter(({ callSite }) => callSite === undefined))
        for (const { lines } of [runLines(view, run, false, before), runLines(view, run, true, before)]) {
          const sum = addTotals([...lines.map(({ totals }) => totals), nowhere])
          const whole = totalsOf(spans)
          assert.deepEqual(
            [sum.calls, sum.attempts, sum.errors, sum.unpricedCalls, sum.cost?.picoUsd ?? 0],
            [whole.calls, whole.attempts, whole.errors, whole.unpricedCalls, whole.cost?.picoUsd ?? 0],
          )
          assert.deepEqual({ ...sum.usage, origin: '' }, { ...whole.usage, origin: '' })
        }
      }),
      { numRuns: 30 },
    )
  })
})
