// Costs grouped by what calls carry, as table, Markdown, CSV and JSON.

import assert from 'node:assert/strict'
import {
  buildReport,
  isReportKey,
  reportCsv,
  reportMarkdown,
  reportText,
} from '../../../profiler-agent/formats/report'
import { unknownUsage, usageOf } from '../../../profiler-agent/model/usage'
import { callSpan, costOf, runOf, spanOf } from '../../support/spans'

const usd = (dollars: number) => costOf(dollars * 1e12, 0)

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
  buildReport(runs, by.split(',')).rows.map(({ key, cost }) => [
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

  it('groups by the local day and by the Monday of its week', () => {
    const sunday = new Date(2026, 10, 22, 12).toISOString()
    const spans = [callSpan('a', {}, { startTime: sunday, endTime: sunday })]
    const [row] = buildReport([runOf(spans)], ['day', 'week']).rows
    assert.deepEqual(row?.key, { day: '2026-11-22', week: '2026-11-16' })
  })

  it('names lines of code', () => {
    const callSite = { file: 'src/agent.mjs', line: 12, column: 3, stack: [] }
    const [row] = buildReport([runOf([callSpan('a', {}, { callSite })])], ['callsite']).rows
    assert.deepEqual(row?.key, { callsite: 'src/agent.mjs:12' })
  })

  it('gives totals over all runs, with what has no price told apart', () => {
    const { totals } = buildReport(runs, ['agent'])
    assert.deepEqual([totals.runs, totals.calls, totals.unpricedCalls, totals.cost?.usd], [3, 4, 1, 7])
  })

  it('counts a run once in each row', () => {
    const desk = buildReport(runs, ['agent']).rows.find((row) => row.key.agent === 'desk')
    assert.deepEqual([desk?.runs, desk?.calls], [1, 2])
  })

  it('is empty for runs without calls', () => {
    const report = buildReport([runOf([])], ['agent'])
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
      reportCsv(buildReport(runs, ['agent'])),
      [
        'agent,runs,calls,unpricedCalls,inputTokens,uncachedInputTokens,cacheReadTokens,outputTokens,picoUsd',
        'writer,1,1,0,10,10,,5,4000000000000',
        'desk,1,2,0,20,20,,10,3000000000000',
        ',1,1,1,,,,,',
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
      const csv = reportCsv(buildReport([runOf([callSpan('a', {}, { agent })])], ['agent']))
      assert.ok(csv.slice(csv.indexOf('\n') + 1).startsWith(`${field},1,1,`), csv)
    })

  it('writes Markdown in which no name breaks a row', () => {
    const agent = 'a|b\nc'
    const usage = usageOf(
      { uncachedInputTokens: 250, cacheReadTokens: 750, outputTokens: 5 },
      'reported',
      null,
    )
    const markdown = reportMarkdown(buildReport([runOf([callSpan('a', { usage }, { agent })])], ['agent']))
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
    const text = reportText(buildReport(runs, ['agent']))
    assert.match(text, /│ – +│ +1 │ +1 │ unknown │ unknown │ unknown │ no price │/)
    assert.match(text, /1 of 4 calls have no price and are not in the cost\.$/)
  })

  it('marks a sum that is a lower bound', () => {
    const spans = [callSpan('a', { cost: { ...usd(1), atLeast: true } })]
    assert.match(reportText(buildReport([runOf(spans)], ['agent'])), /≥ \$1\.00/)
  })
})
