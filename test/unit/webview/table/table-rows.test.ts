import assert from 'node:assert/strict'
import fc from 'fast-check'
import { at, textAt } from '../../../../profiler-agent/profile/columns'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { sumsOf, UNITS } from '../../../../profiler-agent/profile/measures'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import { matcherOf } from '../../../../webview/search'
import { chosenColumns, groupColumns, TABLE_COLUMNS } from '../../../../webview/table/table-columns'
import { tableCsv } from '../../../../webview/table/table-csv'
import { type TableQuery, type TableRows, tableRows } from '../../../../webview/table/table-rows'
import { ANY_RUN } from '../../profile/any-run'
import { runOf } from '../../profile/run-of'

const tree = spanTree(
  columnsOf(
    runOf(`
      agent desk 0..100 as desk
        call gpt 0..10 100+5 $30 as first
        call gpt 10..30 900+5 $20 as second
        call local 30..40 50+5 as unpriced
        tool look_up 40..60 as tool
        call gpt 60..61 failed as failed
    `),
  ),
)

const ALL: TableQuery = {
  shows: 'calls',
  groupBy: undefined,
  sort: { column: 'cost', descending: true },
  matcher: undefined,
  atLeastPicoUsd: undefined,
}

function idsOf({ groups }: TableRows): string[][] {
  return groups.map(({ spans }) => Array.from(spans, (span) => textAt(tree.columns.id, span)))
}

function rows(query: Partial<TableQuery>): TableRows {
  return tableRows(tree, { ...ALL, ...query })
}

describe('the rows of the table', () => {
  it('are the calls, the dearest first, and last what nobody knows the cost of', () => {
    assert.deepEqual(idsOf(rows({})), [['first', 'second', 'unpriced', 'failed']])
    const ascending = rows({ sort: { column: 'cost', descending: false } })
    assert.deepEqual(idsOf(ascending), [['second', 'first', 'unpriced', 'failed']])
  })

  it('are sorted by text and by any number', () => {
    assert.deepEqual(idsOf(rows({ sort: { column: 'tokens', descending: true } })), [
      ['second', 'first', 'unpriced', 'failed'],
    ])
    assert.deepEqual(idsOf(rows({ sort: { column: 'name', descending: true } })), [
      ['unpriced', 'first', 'second', 'failed'],
    ])
  })

  it('can be all spans, or what did not end well', () => {
    assert.equal(rows({ shows: 'all' }).shown, 6)
    assert.deepEqual(idsOf(rows({ shows: 'failed' })), [['failed']])
  })

  it('are narrowed by a search and by cost, and say how many there would be', () => {
    const found = rows({ matcher: matcherOf({ search: 'LOC' }) })
    assert.deepEqual([idsOf(found), found.shown, found.candidates], [[['unpriced']], 1, 4])
    assert.deepEqual(idsOf(rows({ atLeastPicoUsd: 25 })), [['first']])
    assert.equal(at(sumsOf(rows({ atLeastPicoUsd: 25 }).sums, 'cost'), 0), 30)
  })

  it('come in groups that add up', () => {
    const grouped = rows({ groupBy: 'name' })
    assert.deepEqual(
      grouped.groups.map(({ label, node }) => [label, at(sumsOf(grouped.sums, 'cost'), node ?? 0)]),
      [
        ['gpt', 50],
        ['local', Number.NaN],
      ],
    )
    assert.deepEqual(idsOf(grouped), [['first', 'second', 'failed'], ['unpriced']])
  })

  it('add up to the run in every unit and any group, whatever the run', () => {
    const by = fc.constantFrom(undefined, ...groupColumns().map(({ id }) => id))
    fc.assert(
      fc.property(ANY_RUN, fc.constantFrom(...UNITS), by, (run, unit, groupBy) => {
        const whole = spanTree(columnsOf(run))
        const { sums, groups, shown } = tableRows(whole, { ...ALL, shows: 'calls', groupBy })
        const total = at(sumsOf(sums, unit), 0) || 0
        if (unit !== 'time' && unit !== 'avoidable') assert.equal(total, at(sumsOf(whole, unit), 0) || 0)
        const ofGroups = groups.map(({ node }) => at(sumsOf(sums, unit), node ?? 0) || 0)
        assert.equal(
          ofGroups.reduce((sum, value) => sum + value, 0),
          total === 0 ? 0 : total,
        )
        assert.equal(
          groups.reduce((sum, { spans }) => sum + spans.length, 0),
          shown,
        )
      }),
    )
  })

  it('have the same order whichever column they are sorted by twice', () => {
    fc.assert(
      fc.property(ANY_RUN, fc.constantFrom(...TABLE_COLUMNS), (run, { id }) => {
        const whole = spanTree(columnsOf(run))
        const query = { ...ALL, shows: 'all', sort: { column: id, descending: true } } as const
        const [once, twice] = [tableRows(whole, query), tableRows(whole, query)]
        assert.deepEqual(once.groups[0]?.spans, twice.groups[0]?.spans)
        assert.equal(new Set(once.groups[0]?.spans).size, once.shown)
      }),
    )
  })
})

describe('the table as CSV', () => {
  it('has a line a row, plain numbers, and nothing for what is not known', () => {
    const csv = tableCsv(rows({}), chosenColumns(['cost', 'tokens', 'status']))
    assert.deepEqual(csv.split('\r\n'), [
      'span,name,picoUsd,tokens,status',
      'first,gpt,30,105,ok',
      'second,gpt,20,905,ok',
      'unpriced,local,,55,ok',
      'failed,gpt,,,error',
      '',
    ])
  })

  it('says the group, and defuses what a spreadsheet would take for a formula', () => {
    const run = runOf('call =1+1 0..10 1+1 $1 as odd')
    const odd = tableRows(spanTree(columnsOf(run)), { ...ALL, groupBy: 'kind' })
    assert.equal(tableCsv(odd, chosenColumns([])), "span,group,name\r\nodd,model call,'=1+1\r\n")
  })
})
