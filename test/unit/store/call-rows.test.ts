// Calls read for sums are the calls that the run shows: the same labels, usage and cost, and the tools that they work for.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { SpanRecord } from '../../../profiler-agent/model/record'
import { usageOf } from '../../../profiler-agent/model/usage'
import { readCallRows } from '../../../profiler-agent/store/call-rows'
import { CallToolsReader } from '../../../profiler-agent/store/call-tools'
import { PackedFacts } from '../../../profiler-agent/store/packed-facts'
import { readSpans } from '../../../profiler-agent/store/reader'
import { runsWithLabels } from '../../../profiler-agent/store/run-labels'
import { openMemoryStore, type Store } from '../../../profiler-agent/store/store'
import { costOf, modelCallOf } from '../../support/spans'

const AT = Date.UTC(2026, 10, 22, 10)

describe('calls read for sums', () => {
  let store: Store
  beforeEach(() => {
    store = openMemoryStore()
  })
  afterEach(() => store.close())

  function addRun(id: string, spans: readonly Partial<SpanRecord>[]): void {
    store.addRun({ id, name: id, startedAt: AT, tags: {}, defaults: {} })
    const records = spans.map(
      (span, index): SpanRecord => ({
        ...{ id: `span-${index}`, runId: id, parentBasis: 'none', kind: 'chat', name: 'chat m' },
        ...{ startedAt: AT + index, endedAt: AT + index + 1, status: 'ok', attributes: {} },
        ...span,
      }),
    )
    store.write(id, { spans: records, contents: [] }, AT)
  }

  type StoredCall = NonNullable<SpanRecord['call']>
  const call = (
    said: Parameters<typeof modelCallOf>[0] = {},
    prompt: StoredCall['prompt'] = [],
    reply: StoredCall['reply'] = [],
  ): StoredCall => {
    const { segments: _, ...modelCall } = modelCallOf(said)
    return { modelCall, prompt, reply }
  }

  it('are the same as in the run', () => {
    addRun('one', [
      {
        id: 'a',
        ...{
          agent: 'desk',
          agentVersion: '1.4.0',
          intent: 'order 66',
          tenant: 'a "b" \\ c',
          session: 's, 1',
        },
        ...{ step: 'step 12', tags: { team: 'blue', n: '7' } },
        callSite: {
          file: 'src/a.mjs',
          line: 3,
          column: 14,
          stack: [{ file: 'src/a.mjs', line: 3, column: 14 }],
        },
        attributes: { 'costflame.billing': 'subscription', 'http.response.status_code': 200 },
        call: call({
          responseModel: 'gpt-5-mini-2025-08-07',
          usage: usageOf(
            {
              ...{ uncachedInputTokens: 120, cacheReadTokens: 0, outputTokens: 33, reasoningTokens: 12 },
              cacheWriteTokens: { '5m': 40, '1h': 2 },
              units: { webSearch: 2 },
            },
            'partial',
            { anything: 1.5 },
          ),
          cost: { ...costOf(), atLeast: true },
        }),
      },
      { id: 'b', status: 'error', call: call({ billed: false, cost: null }) },
    ])
    const shown = readSpans(store, 'one')
    const rows = readCallRows(store, ['one', 'unknown']).get('one') ?? []
    assert.equal(rows.length, 2)
    for (const [index, row] of rows.entries()) {
      const span = shown[index]
      for (const key of ['id', 'kind', 'status', 'startTime', 'agent', 'agentVersion', 'intent'] as const)
        assert.deepEqual(row[key], span?.[key], key)
      for (const key of ['tenant', 'session', 'step', 'tags', 'callSite', 'attributes'] as const)
        assert.deepEqual(row[key], span?.[key], key)
      assert.deepEqual(row.modelCall.usage, { ...span?.modelCall?.usage, raw: null })
      assert.equal(row.modelCall.billed, span?.modelCall?.billed)
      assert.equal(row.modelCall.responseModel, span?.modelCall?.responseModel)
      assert.equal(row.modelCall.cost?.picoUsd, span?.modelCall?.cost?.picoUsd)
      assert.equal(row.modelCall.cost?.atLeast, span?.modelCall?.cost?.atLeast)
    }
  })

  it('know an attempt from another call, within a run and between runs', () => {
    for (const run of ['one', 'two'])
      addRun(run, [
        { id: 'a', call: call({ attempt: { logicalId: 'a', number: 1 } }) },
        { id: 'b', call: call({ attempt: { logicalId: 'a', number: 2 } }) },
        { id: 'c', call: call({ attempt: { logicalId: 'c', number: 1 } }) },
      ])
    const rows = [...readCallRows(store, ['one', 'two']).values()].flat()
    assert.equal(new Set(rows.map(({ modelCall }) => modelCall.attempt.logicalId)).size, 4)
  })

  it('know the tools that they work for', () => {
    const asks = {
      kind: 'tool_call',
      path: 'output[0]',
      hash: 'h1',
      name: 'search',
      toolCallId: 't1',
    } as const
    const result = { kind: 'tool_result', path: 'messages[2]', hash: 'h2', toolCallId: 't1' } as const
    addRun('one', [
      { id: 'a', call: call({ attempt: { logicalId: 'a', number: 1 } }, [], [asks]) },
      // The result names its call only by id.
      {
        id: 'b',
        call: call({ attempt: { logicalId: 'b', number: 1 } }, [[0, 1], { ...asks, path: 'm' }, result]),
      },
      { id: 'c', call: call({ attempt: { logicalId: 'b', number: 2 } }, [[0, 3]]) },
      { id: 'tool', kind: 'tool', name: 'research' },
      { id: 'inner', kind: 'agent', parentId: 'tool' },
      { id: 'd', parentId: 'inner', call: call({ attempt: { logicalId: 'd', number: 1 } }, [result]) },
    ])
    const reader = new CallToolsReader(store)
    const ids = new Map(
      readCallRows(store, ['one'])
        .get('one')
        ?.map(({ key, id }) => [key, id]),
    )
    const tools = [...reader.of('one')].map(([key, each]) => [ids.get(key), each])
    assert.deepEqual(Object.fromEntries(tools), {
      a: { answered: [] },
      b: { answered: ['search'] },
      c: { answered: ['search'] },
      d: { around: 'research', answered: ['search'] },
    })
    assert.equal(reader.of('unknown').size, 0)
  })

  it('get the version of their run that came to be known after them, and keep one of their own', () => {
    addRun('one', [
      { id: 'run', kind: 'run' },
      { id: 'a', tenant: 'acme', call: call() },
      { id: 'b', agentVersion: '7', call: call() },
    ])
    const run = { id: 'one', name: 'one', startedAt: AT, tags: {} }
    store.addRun({ ...run, defaults: { agentVersion: '1a2b3c4d-dirty' } })
    assert.deepEqual(
      readSpans(store, 'one').map(({ id, agentVersion, tenant }) => [id, agentVersion, tenant]),
      [
        ['run', undefined, undefined],
        ['a', '1a2b3c4d-dirty', 'acme'],
        ['b', '7', undefined],
      ],
    )
  })

  it('find runs by their labels', () => {
    addRun('one', [
      { agent: 'desk', tags: { team: 'blue' } },
      { intent: 'refund', agentVersion: '1.2.3' },
    ])
    addRun('two', [{ agent: 'desk', intent: 'order' }])
    const found = (...queries: Parameters<typeof runsWithLabels>[1]) =>
      [...runsWithLabels(store, queries)].sort()
    assert.deepEqual(found({ label: 'agent', value: 'desk' }), ['one', 'two'])
    assert.deepEqual(found({ label: 'agent', value: 'desk' }, { label: 'intent', value: 'refund' }), ['one'])
    assert.deepEqual(found({ label: 'agent_version', value: '1.2.3' }), ['one'])
    assert.deepEqual(found({ tag: 'team', value: 'blue' }), ['one'])
    assert.deepEqual(found({ tag: 'team', value: 'red' }), [])
    assert.deepEqual(found({ tag: 'blue', value: 'team' }), [])
  })

  it('reads every field as unpacking the whole would', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[a-z .:,[\]{}"\\0-9-]*$/),
    )
    const value = fc.oneof(text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
    const name = fc.stringMatching(/^[a-z_0-9]{1,12}$/)
    fc.assert(
      fc.property(fc.dictionary(name, value), (facts) => {
        const json = JSON.stringify(facts)
        const packed = store.shapes.pack(json)
        const open = new PackedFacts(store.shapes).open(packed)
        for (const [key, each] of Object.entries(JSON.parse(json) as typeof facts))
          assert.deepEqual(typeof each === 'string' ? open.text(key) : open.number(key), each)
        assert.equal(open.text('not there'), undefined)
      }),
    )
  })
})
