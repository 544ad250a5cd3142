import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { PastInvocation } from '../../../../profiler-agent/model/run-questions'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import {
  type ChartData,
  cacheByCall,
  contextByCall,
  costBy,
  costSoFar,
} from '../../../../webview/charts/chart-data'
import { agentsOf, historyOf } from '../../../../webview/charts/past-invocations'
import { runOf } from '../../profile/run-of'

const words = (kind: string) => kind

function sumOf({ series }: ChartData): number {
  return series.reduce(
    (sum, { values }) => sum + values.reduce<number>((part, value) => part + (value ?? 0), 0),
    0,
  )
}

describe('data of the charts', () => {
  const columns = columnsOf(
    runOf(`
      agent desk 0..100
        call big 5..38 900+20 $30 system:600/18 user:250/7 output:20/5
        call small 45..60 100+10 $12
        call gone 70..80 failed
        call odd 85..95 40+2
    `),
  )

  it('splits the context of each call by what it is, and what the parts leave over', () => {
    const { labels, names, series } = contextByCall(columns, words)
    assert.deepEqual(labels, ['1', '2', '3', '4'])
    assert.deepEqual(names, labels)
    assert.equal(
      contextByCall({ ...columns, parts: undefined, partsFollow: true }, words).note,
      'What it is made of is being counted.',
    )
    assert.deepEqual(
      series.map(({ name, values }) => [name, ...values]),
      [
        ['system', 600, 0, 0, 0],
        ['user', 250, 0, 0, 0],
        ['not in the parts', 50, 100, 0, 40],
      ],
    )
  })

  it('says what is read from a cache, and nothing where nobody knows', () => {
    assert.deepEqual(
      cacheByCall(columns).series.map(({ key, values }) => [key, ...values]),
      [
        ['read', 0, 0, null, 0],
        ['write', null, null, null, null],
        ['fresh', 900, 100, null, 40],
      ],
    )
  })

  it('adds up cost, and says what has no price', () => {
    const { series, note } = costSoFar(columns)
    assert.deepEqual(series[0]?.values, [30, 42, 42, 42])
    assert.equal(note, '1 call has no price and is not in it.')
  })

  it('shares the cost over models, the largest first, the rest as one', () => {
    assert.deepEqual(costBy(columns, 'model').labels, ['big', 'small', 'gone', 'odd'])
    assert.deepEqual(costBy(columns, 'model').series[0]?.values, [30, 12, 0, 0])
    const many = Array.from(
      { length: 14 },
      (_, index) => `call m${index} ${index}..${index + 1} 10+1 $${index + 1}`,
    )
    const data = costBy(columnsOf(runOf(many.join('\n'))), 'model')
    assert.equal(data.labels.at(-1), '6 others')
    assert.equal(sumOf(data), 105)
  })

  it('shows a long run in groups that still add up to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), (count) => {
        const calls = Array.from(
          { length: count },
          (_, index) => `call m ${index}..${index + 1} ${index + 1}+1 $${index}`,
        )
        const long = columnsOf(runOf(calls.join('\n')))
        const tokens = (count * (count + 1)) / 2
        const cost = (count * (count - 1)) / 2
        assert.ok(cacheByCall(long).labels.length <= 160)
        assert.equal(sumOf(cacheByCall(long)), tokens)
        assert.equal(sumOf(contextByCall(long, words)), tokens)
        assert.equal(costSoFar(long).series[0]?.values.at(-1), cost)
        assert.equal(sumOf(costBy(long, 'agent')), cost)
      }),
      { numRuns: 20 },
    )
  })
})

describe('invocations of the last runs', () => {
  const invocation = (
    agent: string,
    runId: string,
    picoUsd: number | null,
    gitCommit?: string,
  ): PastInvocation => ({
    agent,
    runId,
    spanId: `${runId}-${picoUsd}`,
    startTime: '2026-11-20T09:00:00.000Z',
    ...(gitCommit && { gitCommit }),
    picoUsd,
    atLeast: false,
  })

  it('have percentiles of their run and a mark where the commit changes', () => {
    const all = [
      invocation('desk', 'one', 10, 'aaaaaaaaaa'),
      invocation('desk', 'one', 30, 'aaaaaaaaaa'),
      invocation('other', 'one', 99),
      invocation('desk', 'two', 20, 'bbbbbbbbbb'),
      invocation('desk', 'two', null, 'bbbbbbbbbb'),
    ]
    const { invocations, p50, p95, commits, unpriced } = historyOf(all, 'desk')
    assert.deepEqual(
      invocations.map(({ picoUsd }) => picoUsd),
      [10, 30, 20],
    )
    assert.deepEqual(
      [p50, p95],
      [
        [10, 10, 20],
        [30, 30, 20],
      ],
    )
    assert.deepEqual(commits, [
      { position: 0, commit: 'aaaaaaa' },
      { position: 2, commit: 'bbbbbbb' },
    ])
    assert.equal(unpriced, 1)
    assert.deepEqual(agentsOf(all), [
      ['desk', 4],
      ['other', 1],
    ])
  })
})
