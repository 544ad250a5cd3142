// Costs grouped by what calls carry, as table, Markdown, CSV and JSON.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { buildReport, isReportKey, reportedRun } from '../../../profiler-agent/formats/report'
import {
  reportCsv,
  reportMarkdown,
  reportText,
  violatedLimits,
} from '../../../profiler-agent/formats/report-text'
import type { Finding } from '../../../profiler-agent/model/finding'
import type { Run, Segment } from '../../../profiler-agent/model/span'
import { unknownUsage, usageOf } from '../../../profiler-agent/model/usage'
import { callSpan, costOf, runOf, spanOf } from '../../support/spans'

const usd = (dollars: number) => costOf(dollars * 1e12, 0)
const reportOf = (these: readonly Run[], ...by: string[]) => buildReport(these.map(reportedRun), by)

const runs = [
  runOf(
    [
      spanOf({ id: 'step', kind: 'step', agent: 'desk', step: 'plan' }),
      callSpan('a', { cost: usd(2) }, { agent: 'desk', step: 'plan', tags: { team: 'blue' } }),
      callSpan('b', { cost: usd(1) }, { agent: 'desk', step: 'act' }),
    ],
    { id: 'one', tags: { team: 'red' } },
  ),
  runOf([callSpan('c', { cost: usd(4), responseModel: 'gpt-5-mini-2025' }, { agent: 'writer' })], {
    id: 'two',
  }),
  runOf([callSpan('d', { cost: null, unpricedReason: 'no price', usage: unknownUsage() })], { id: 'three' }),
]

const keysAndCost = (by: string) =>
  reportOf(runs, ...by.split(',')).rows.map(({ key, cost }) => [
    ...Object.values(key),
    cost === null ? null : cost.usd,
  ])

describe('buildReport', () => {
  it('sums calls by agent, the most expensive first and the unpriced last', () => {
    assert.deepEqual(keysAndCost('agent'), [
      ['writer', 4],
      ['desk', 3],
      [null, null],
    ])
  })

  it('sums by several keys at once', () => {
    assert.deepEqual(keysAndCost('agent,step'), [
      ['writer', null, 4],
      ['desk', 'plan', 2],
      ['desk', 'act', 1],
      [null, null, null],
    ])
  })

  it('names the model that answered', () => {
    assert.deepEqual(
      keysAndCost('model').map(([model]) => model),
      ['gpt-5-mini-2025', 'gpt-5-mini'],
    )
  })

  it('takes a tag of the call before one of its run', () => {
    assert.deepEqual(keysAndCost('tag.team'), [
      [null, 4],
      ['blue', 2],
      ['red', 1],
    ])
  })

  it('groups by the local day and by its ISO week', () => {
    const sunday = new Date(2026, 10, 22, 12).toISOString()
    const spans = [callSpan('a', {}, { startTime: sunday, endTime: sunday })]
    const [row] = reportOf([runOf(spans)], 'day', 'week').rows
    assert.deepEqual(row?.key, { day: '2026-11-22', week: '2026-W47' })
  })

  const weeks: readonly [day: readonly [year: number, month: number, day: number], week: string][] = [
    [[2026, 1, 1], '2026-W01'],
    [[2025, 12, 29], '2026-W01'],
    [[2025, 12, 28], '2025-W52'],
    [[2027, 1, 3], '2026-W53'],
    [[2027, 1, 4], '2027-W01'],
    [[2024, 12, 30], '2025-W01'],
    [[2026, 3, 29], '2026-W13'],
    [[2026, 10, 25], '2026-W43'],
  ]
  for (const [[year, month, day], week] of weeks)
    it(`puts ${year}-${month}-${day} into ${week}, early and late in the day`, () => {
      const spans = [0, 23].map((hour) => {
        const startTime = new Date(year, month - 1, day, hour, 30).toISOString()
        return callSpan(`at ${hour}`, {}, { startTime })
      })
      assert.deepEqual(
        reportOf([runOf(spans)], 'week').rows.map(({ key, calls }) => [key.week, calls]),
        [[week, 2]],
      )
    })

  it('tells weeks in their order, and the most expensive intent of each first', () => {
    const at = (day: number) => ({ startTime: new Date(2026, 10, day, 12).toISOString() })
    const spans = [
      callSpan('a', { cost: usd(1) }, { ...at(22), intent: 'refund' }),
      callSpan('b', { cost: usd(9) }, { ...at(23), intent: 'refund' }),
      callSpan('c', { cost: usd(2) }, { ...at(22), intent: 'order' }),
      callSpan('d', { cost: usd(4) }, at(23)),
    ]
    assert.deepEqual(
      reportOf([runOf(spans)], 'week', 'intent').rows.map(({ key, cost }) => [
        ...Object.values(key),
        cost?.usd,
      ]),
      [
        ['2026-W47', 'order', 2],
        ['2026-W47', 'refund', 1],
        ['2026-W48', 'refund', 9],
        ['2026-W48', null, 4],
      ],
    )
  })

  it('finds a tag whatever the case of its name', () => {
    const run = runOf([callSpan('a', {}, { tags: { team: 'blue' } })], { tags: { Region: 'eu' } })
    assert.equal(reportOf([run], 'tag.Team').rows[0]?.key['tag.Team'], 'blue')
    assert.equal(reportOf([run], 'tag.Region').rows[0]?.key['tag.Region'], 'eu')
  })

  it('counts a call where its last attempt stands, and leaves out rows of failed attempts only', () => {
    const attempt = (number: number) => ({ attempt: { logicalId: 'one', number } })
    const failed = { ...attempt(1), billed: false, cost: null, usage: unknownUsage() }
    const run = runOf([
      callSpan('first', { ...failed, requestModel: 'm' }, { status: 'error' }),
      callSpan('second', { ...attempt(2), requestModel: 'm', responseModel: 'm-2026', cost: usd(3) }),
    ])
    const { rows, totals } = reportOf([run], 'model')
    assert.deepEqual(
      rows.map(({ key, calls, cost }) => [key.model, calls, cost?.usd]),
      [['m-2026', 1, 3]],
    )
    assert.equal(totals.calls, 1)
  })

  it('keeps calls of two runs apart that have the same id', () => {
    const runs = ['one', 'two'].map((id) => runOf([callSpan('a', { cost: usd(1) })], { id }))
    const { rows, totals } = reportOf(runs, 'agent')
    assert.deepEqual([rows[0]?.calls, totals.calls, totals.cost?.usd], [2, 2, 2])
  })

  describe('by tool', () => {
    const segment = (kind: Segment['kind'], name?: string): Segment => ({
      ...{ path: 'p', kind, tokens: 1, picoUsd: 1, cache: 'fresh', hash: '', estimate: true },
      ...(name === undefined ? {} : { name }),
    })
    const asked = [segment('user'), segment('tool_call', 'search')]
    const toolOf = (...segments: Segment[]) =>
      reportOf([runOf([callSpan('a', { segments })])], 'tool').rows.map(({ key }) => key.tool)

    it('names the tools whose results a call is the first to bring', () => {
      assert.deepEqual(toolOf(...asked, segment('tool_result', 'search')), ['search'])
      assert.deepEqual(
        toolOf(...asked, ...['search', 'read', 'search'].map((name) => segment('tool_result', name))),
        ['read + search'],
      )
      assert.deepEqual(toolOf(...asked, segment('tool_result', 'search'), segment('user')), ['search'])
      assert.deepEqual(toolOf(segment('tool_result')), ['tool'])
    })

    it('does not name the tools of earlier turns', () => {
      const earlier = [...asked, segment('tool_result', 'search'), segment('assistant')]
      assert.deepEqual(toolOf(...earlier, segment('user'), segment('output')), [null])
      assert.deepEqual(toolOf(...earlier, segment('tool_call', 'read'), segment('tool_result', 'read')), [
        'read',
      ])
    })

    it('names the nearest tool or retrieval around a call before that', () => {
      const spans = [
        spanOf({ id: 'outer', kind: 'tool', name: 'research' }),
        spanOf({ id: 'agent', kind: 'agent', parentId: 'outer' }),
        callSpan('a', { segments: [segment('tool_result', 'search')] }, { parentId: 'agent' }),
        spanOf({ id: 'inner', kind: 'retrieval', name: 'documents', parentId: 'agent' }),
        callSpan('b', {}, { parentId: 'inner' }),
      ]
      assert.deepEqual(
        reportOf([runOf(spans)], 'tool').rows.map(({ key }) => key.tool),
        ['documents', 'research'],
      )
    })

    it('gives a retry the tools of its first attempt', () => {
      const attempt = (number: number) => ({ attempt: { logicalId: 'one', number } })
      const spans = [
        callSpan('a', { ...attempt(1), segments: [segment('tool_result', 'search')] }),
        callSpan('b', { ...attempt(2), segments: [segment('user')] }),
      ]
      assert.deepEqual(
        reportOf([runOf(spans)], 'tool').rows.map(({ key, calls }) => [key.tool, calls]),
        [['search', 1]],
      )
    })

    it('survives a tree that goes in a circle', () => {
      const spans = [callSpan('a', {}, { parentId: 'b' }), spanOf({ id: 'b', parentId: 'a' })]
      assert.deepEqual(
        reportOf([runOf(spans)], 'tool').rows.map(({ key }) => key.tool),
        [null],
      )
    })
  })

  it('has rows that add up to the totals, whatever the calls and the keys', () => {
    const label = fc.option(fc.constantFrom('x', 'y'), { nil: undefined })
    const call = fc.record({
      agent: label,
      intent: label,
      picoUsd: fc.option(fc.nat(10 ** 9), { nil: null }),
      billed: fc.boolean(),
      logicalId: fc.constantFrom('p', 'q', 'r', 's'),
      number: fc.integer({ min: 1, max: 3 }),
      input: fc.option(fc.nat(1000), { nil: null }),
      hour: fc.nat(24 * 400),
    })
    const keys = fc.uniqueArray(fc.constantFrom('agent', 'intent', 'day', 'week', 'model', 'tool'), {
      minLength: 1,
      maxLength: 2,
    })
    fc.assert(
      fc.property(fc.array(fc.array(call, { maxLength: 8 }), { maxLength: 4 }), keys, (calls, by) => {
        const made = calls.map((each, run) =>
          runOf(
            each.map(({ agent, intent, picoUsd, billed, logicalId, number, input, hour }, index) => {
              const attempt = { logicalId, number: number * 10 + index }
              const cost = billed && picoUsd !== null ? costOf(picoUsd, 0) : null
              const usage = usageOf(
                { uncachedInputTokens: input, cacheReadTokens: null, outputTokens: 1 },
                'reported',
                null,
              )
              const startTime = new Date(2026, 0, 1, hour).toISOString()
              const labels = { ...(agent && { agent }), ...(intent && { intent }), startTime }
              return callSpan(`${index}`, { attempt, billed, cost, usage }, labels)
            }),
            { id: `run ${run}` },
          ),
        )
        const { rows, totals } = reportOf(made, ...by)
        const sum = (pick: (row: (typeof rows)[number]) => number | null | undefined) =>
          rows.reduce((total, row) => total + (pick(row) ?? 0), 0)
        assert.equal(
          sum((row) => row.calls),
          totals.calls,
        )
        assert.equal(
          sum((row) => row.unpricedCalls),
          totals.unpricedCalls,
        )
        assert.equal(
          sum((row) => row.cost?.picoUsd),
          totals.cost?.picoUsd ?? 0,
        )
        assert.equal(
          sum((row) => row.usage.inputTokens),
          totals.usage.inputTokens ?? 0,
        )
        assert.equal(
          sum((row) => row.usage.outputTokens),
          totals.usage.outputTokens ?? 0,
        )
      }),
    )
  })

  it('names lines of code', () => {
    const callSite = { file: 'src/agent.mjs', line: 12, column: 3, stack: [] }
    const [row] = reportOf([runOf([callSpan('a', {}, { callSite })])], 'callsite').rows
    assert.deepEqual(row?.key, { callsite: 'src/agent.mjs:12' })
  })

  it('gives totals over all runs, with what has no price told apart', () => {
    const { totals } = reportOf(runs, 'agent')
    assert.deepEqual([totals.runs, totals.calls, totals.unpricedCalls, totals.cost?.usd], [3, 4, 1, 7])
  })

  it('counts a run once in each row', () => {
    const desk = reportOf(runs, 'agent').rows.find((row) => row.key.agent === 'desk')
    assert.deepEqual([desk?.runs, desk?.calls], [1, 2])
  })

  it('is empty for runs without calls', () => {
    const report = reportOf([runOf([])], 'agent')
    assert.deepEqual(report.rows, [])
    assert.equal(report.totals.cost?.picoUsd, 0)
  })

  it('knows its keys', () => {
    assert.equal(isReportKey('agent'), true)
    assert.equal(isReportKey('tag.anything'), true)
    assert.equal(isReportKey('colour'), false)
    assert.equal(isReportKey('toString'), false)
  })
})

describe('report formats', () => {
  it('writes CSV that other programs read', () => {
    assert.equal(
      reportCsv(reportOf(runs, 'agent')),
      [
        'agent,runs,calls,unpricedCalls,inputTokens,uncachedInputTokens,cacheReadTokens,cacheWriteTokens,outputTokens,picoUsd',
        'writer,1,1,0,10,10,,,5,4000000000000',
        'desk,1,2,0,20,20,,,10,3000000000000',
        ',1,1,1,,,,,,',
      ].join('\n'),
    )
  })

  const fields: readonly [agent: string, field: string][] = [
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=cmd|"/c calc"!A1', '"\'=cmd|""/c calc""!A1"'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
  ]
  for (const [agent, field] of fields)
    it(`writes ${JSON.stringify(agent)} as text into CSV`, () => {
      const csv = reportCsv(reportOf([runOf([callSpan('a', {}, { agent })])], 'agent'))
      assert.ok(csv.slice(csv.indexOf('\n') + 1).startsWith(`${field},1,1,`), csv)
    })

  it('writes Markdown in which no name breaks a row', () => {
    const agent = 'a|b\nc'
    const usage = usageOf(
      { uncachedInputTokens: 250, cacheReadTokens: 750, outputTokens: 5 },
      'reported',
      null,
    )
    const markdown = reportMarkdown(reportOf([runOf([callSpan('a', { usage }, { agent })])], 'agent'))
    assert.equal(
      markdown,
      [
        '| agent | runs | calls | input | cached | output | cost |',
        '| --- | --: | --: | --: | --: | --: | --: |',
        '| a\\|b c | 1 | 1 | 1,000 | 75 % | 5 | $0.00000002 |',
        '| **total** | 1 | 1 | 1,000 | 75 % | 5 | $0.00000002 |',
      ].join('\n'),
    )
  })

  it('writes a table in which unknown reads as unknown', () => {
    const text = reportText(reportOf(runs, 'agent'))
    assert.match(text, /│ \(none\) +│ +1 │ +1 │ unknown │ unknown │ unknown │ no price │/)
    assert.match(text, /1 of 4 calls have no price and are not in the cost\.$/)
  })

  it('shows both ends of a long name, and nothing that a terminal would obey', () => {
    const file = `${'folder/'.repeat(30)}agent.mjs`
    const callSite = { file, line: 7, stack: [] }
    const spans = [callSpan('a', {}, { callSite, agent: 'red\u001b[31m' })]
    const text = reportText(reportOf([runOf(spans)], 'callsite', 'agent'))
    assert.match(text, /│ folder\/folder\/folder\/fo…[^│]*\/agent\.mjs:7 │ red \[31m +│/)
    assert.ok(text.split('\n').every((line) => line.length < 130))
  })

  it('marks a sum that is a lower bound', () => {
    const spans = [callSpan('a', { cost: { ...usd(1), atLeast: true } })]
    assert.match(reportText(reportOf([runOf(spans)], 'agent')), /≥ \$1\.00/)
  })

  it('say which limits were exceeded, and in how many runs', () => {
    const finding = (rule: string, severity: Finding['severity'] = 'warning'): Finding => ({
      ...{ id: rule, rule, severity, message: '', runId: 'r', spanIds: [] },
      ...{ relatedLocations: [], evidence: {} },
    })
    const violated = violatedLimits([
      [finding('budget/costUsd'), finding('budget/totalTokens', 'error'), finding('budget/totalTokens')],
      [finding('budget/totalTokens'), finding('cache/expired'), finding('budget/retries', 'info')],
    ])
    const note =
      'limits exceeded: budget/totalTokens in 2 runs, budget/costUsd in 1 run; see: costflame findings'
    assert.ok(reportText(reportOf(runs, 'agent'), violated).endsWith(`\n${note}`))
    assert.ok(reportMarkdown(reportOf(runs, 'agent'), violated).endsWith(`\n\n${note}`))
  })
})
