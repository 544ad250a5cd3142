// Limits held against runs while they grow, whose trees move, and against the same runs out of the store.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import { measureSpans } from '../../profiler-agent/budgets/measure/measure-run'
import { RunMeasure } from '../../profiler-agent/budgets/measure/run-measure'
import type { Finding } from '../../profiler-agent/model/finding'
import type { SpanRecord } from '../../profiler-agent/model/record'
import { RunLimits } from '../../profiler-agent/run-limits'
import { readSpanOutlines } from '../../profiler-agent/store/span-outlines'
import { openMemoryStore, type Store } from '../../profiler-agent/store/store'
import { storedLimits } from '../../profiler-agent/stored-limits'
import { RunTrace } from '../../profiler-agent/trace/trace'
import { inputsOf, type LabelledRun, RUN, type Sight, said } from '../support/labelled-run'
import { LABELLED_RUNS } from '../support/tree-accuracy'

/** Everything that happens is beyond these. */
function budgetFor(run: LabelledRun) {
  const limits = { totalTokens: 11, modelCalls: 1, costUsd: 0.000001 }
  const names = new Set([...run.tree.names.values(), ...run.hookTree.names.values()])
  const agents = Object.fromEntries([...names].map((name) => [name, { limits }]))
  const workflows = Object.fromEntries(
    [...names].map((name) => [name, { rootAgent: name, limits: { agents: 1, modelCalls: 2 } }]),
  )
  const file = { version: 1, agents, workflows, workspace: { limits: { costUsdPerRun: 0.000001 } } }
  return { path: '.costflame/budgets.jsonc', file: readBudgetFile(JSON.stringify(file)) }
}

/** What is written of a run, batch by batch; prompts have nothing to do with limits. */
function batchesOf(run: LabelledRun, sight: Sight): SpanRecord[][] {
  const trace = new RunTrace(RUN)
  const batches = [
    ...said(run, sight).map((span) => () => trace.addDeclared(span)),
    ...inputsOf(run, sight).map((input) => () => trace.add(input)),
  ]
  return batches.map((next) =>
    next().map((span) => (span.call ? { ...span, call: { ...span.call, prompt: [], reply: [] } } : span)),
  )
}

describe('limits of a run', function () {
  this.timeout(120_000)
  let store: Store
  beforeEach(() => {
    store = openMemoryStore()
    store.addRun(RUN)
  })
  afterEach(() => store.close())

  for (const sight of ['traffic', 'hook', 'api'] as const)
    it(`find in a stored run what they found while it grew, with ${sight}`, () => {
      for (const run of LABELLED_RUNS) {
        let isOver = false
        const held = budgetFor(run)
        const input = { runId: RUN.id, hashOf: (text: string) => hash('sha256', text) }
        const sources = storedLimits(store, RUN.id)
        const live = new RunLimits({ ...input, ...sources, isOver: () => isOver })
        live.findings(held)
        for (const spans of batchesOf(run, sight)) {
          store.write(RUN.id, { spans, contents: [] }, 10_000)
          live.put(spans)
          live.findings(held)
        }
        isOver = true
        const found = new Map(live.findings(held).map((finding) => [finding.id, finding]))
        const again = new RunLimits({ ...input, ...sources }).findings(held)
        assert.ok(again.length > 0, run.name)
        // What was over stays so where the tree moved; everything else is the same.
        for (const finding of again)
          assert.deepEqual(wasOver(found.get(finding.id)), wasOver(finding), run.name)
        store.deleteRuns([RUN.id])
        store.addRun(RUN)
      }
    })

  it('know what was written before they were asked for, though the store has it not yet', () => {
    const run = LABELLED_RUNS[0] as LabelledRun
    const input = { runId: RUN.id, hashOf: (text: string) => hash('sha256', text) }
    const limits = new RunLimits({ ...input, ...storedLimits(store, RUN.id) })
    const [first = [], ...others] = batchesOf(run, 'hook')
    limits.put(first)
    limits.findings(budgetFor(run))
    for (const spans of [first, ...others]) store.write(RUN.id, { spans, contents: [] }, 10_000)
    for (const spans of others) limits.put(spans)
    const again = new RunLimits({ ...input, ...storedLimits(store, RUN.id) })
    const idsOf = (found: readonly Finding[]) => found.map(({ id, message }) => [id, message])
    assert.deepEqual(idsOf(limits.findings(budgetFor(run))), idsOf(again.findings(budgetFor(run))))
  })

  it('fail no call where they fail themselves, and say so', () => {
    const limits = new RunLimits({
      ...{ runId: RUN.id, hashOf: (text: string) => hash('sha256', text) },
      ...storedLimits(store, RUN.id),
    })
    const held = budgetFor(LABELLED_RUNS[0] as LabelledRun)
    assert.deepEqual(limits.findings(held), [])
    limits.put([{ id: 'a', runId: RUN.id } as SpanRecord])
    const [finding, ...others] = limits.findings(held)
    assert.deepEqual([finding?.rule, others], ['profiler/rule-failed', []])
  })

  it('keep what was said of a span that is told again, as the store does', () => {
    const span = (attributes: SpanRecord['attributes'], said: Partial<SpanRecord> = {}): SpanRecord => ({
      ...{ id: 'r', runId: RUN.id, parentId: 'a', parentBasis: 'header', kind: 'retrieval', name: 'find' },
      ...{ startedAt: 5, endedAt: 5, status: 'ok', attributes },
      ...said,
    })
    const agent = span({}, { id: 'a', parentId: RUN.id, kind: 'agent', name: 'desk', agent: 'desk' })
    const measure = new RunMeasure({ id: RUN.id, startedAt: 0 })
    for (const each of [
      agent,
      span({ 'costflame.tool.result_tokens': 900 }),
      span({ docs: 3 }, { endedAt: 9 }),
    ]) {
      store.write(RUN.id, { spans: [each], contents: [] }, 10)
      measure.put(each)
    }
    const outlines = readSpanOutlines(store, [RUN.id]).get(RUN.id) ?? []
    assert.deepEqual(measure.all(), measureSpans({ id: RUN.id, startedAt: 0 }, outlines))
    assert.deepEqual(measure.whole().values.retrievalTokens, { value: 900 })
  })

  it('measure the same while the tree of a run moves', () => {
    for (const run of LABELLED_RUNS) {
      const measure = new RunMeasure({ id: RUN.id, startedAt: 0 })
      for (const spans of batchesOf(run, 'traffic')) {
        store.write(RUN.id, { spans, contents: [] }, 10_000)
        for (const { call, ...span } of spans)
          measure.put(call ? { ...span, modelCall: call.modelCall } : span)
        measure.takeChanged()
      }
      const outlines = readSpanOutlines(store, [RUN.id]).get(RUN.id) ?? []
      const whole = measureSpans({ id: RUN.id, startedAt: 0 }, outlines)
      const sorted = (all: typeof whole) =>
        // Calls that began at one moment stand in any order.
        all
          .map((each) => ({ ...each, calls: each.calls.toSorted() }))
          .toSorted((left, right) => `${left.kind} ${left.id}`.localeCompare(`${right.kind} ${right.id}`))
      assert.deepEqual(sorted(measure.all()), sorted(whole), run.name)
      store.deleteRuns([RUN.id])
      store.addRun(RUN)
    }
  })
})

/** What does not depend on what the tree looked like in between. */
function wasOver(finding: Finding | undefined) {
  return finding && [finding.rule, finding.severity, finding.relatedLocations]
}
