import assert from 'node:assert/strict'
import {
  groupDescription,
  groupedRuns,
  type RunGroup,
  type RunSort,
} from '../../../../extension/views/run-rows'
import type { RunSummary } from '../../../../profiler-agent/feed/protocol'
import { unknownUsage } from '../../../../profiler-agent/model/usage'
import { plainWords } from '../../../support/plain-words'

/** At noon of a day of November, by the clock of this machine. */
function noon(day: number): string {
  return new Date(2026, 10, day, 12).toISOString()
}

function run(id: string, changes: Partial<RunSummary> = {}, picoUsd: number | null = 0): RunSummary {
  return {
    id,
    name: `node ${id}.mjs`,
    startTime: noon(20),
    active: false,
    totals: {
      calls: 2,
      attempts: 2,
      errors: 0,
      unpricedCalls: picoUsd === null ? 2 : 0,
      usage: unknownUsage(),
      cost: picoUsd === null ? null : { picoUsd, usd: picoUsd / 1e12 },
    },
    findings: 0,
    revision: 1,
    ...changes,
  }
}

/** Newest first, as they are listed. */
const RUNS = [
  run('desk', { startTime: noon(22), gitCommit: 'aaaaaaaabbbb' }, 3_000_000_000),
  run('mail', { startTime: noon(21), gitCommit: 'ccccccccdddd', findings: 4 }, null),
  run('desk-2', { name: 'node desk.mjs', startTime: noon(20), gitCommit: 'aaaaaaaabbbb' }, 5_000_000_000),
]
const NOW = Date.parse(noon(22))

function picture(group: RunGroup, sort: RunSort = 'time', filter = ''): string[] {
  const groups = groupedRuns(RUNS, { group, sort, filter }, NOW, plainWords)
  return groups.map(({ label, runs }) => `${label}: ${runs.map(({ id }) => id).join(' ')}`)
}

describe('the list of runs', () => {
  it('is in one piece unless groups are wanted', () => {
    assert.deepEqual(picture('none'), [': desk mail desk-2'])
  })

  it('is grouped by day, today and yesterday by name', () => {
    assert.deepEqual(picture('day'), ['Today: desk', 'Yesterday: mail', '2026-11-20: desk-2'])
  })

  it('is grouped by command and by commit', () => {
    assert.deepEqual(picture('command'), ['desk.mjs: desk desk-2', 'mail.mjs: mail'])
    assert.deepEqual(picture('commit'), ['aaaaaaaa: desk desk-2', 'cccccccc: mail'])
  })

  it('is sorted by cost, what has no price last, and by findings', () => {
    assert.deepEqual(picture('none', 'cost'), [': desk-2 desk mail'])
    assert.deepEqual(picture('none', 'findings'), [': mail desk desk-2'])
  })

  it('puts the group of the first run first', () => {
    assert.deepEqual(picture('commit', 'findings'), ['cccccccc: mail', 'aaaaaaaa: desk desk-2'])
  })

  it('is filtered by name, commit and day', () => {
    assert.deepEqual(picture('none', 'time', 'desk aaaa'), [': desk desk-2'])
    assert.deepEqual(picture('none', 'time', '2026-11-21'), [': mail'])
    assert.deepEqual(picture('none', 'time', 'nobody'), [])
  })

  it('says of a group what its runs cost together; a run without prices makes that a lower bound', () => {
    const [desks, mail] = groupedRuns(RUNS, { group: 'command', sort: 'time', filter: '' }, NOW, plainWords)
    assert.ok(desks && mail)
    assert.equal(groupDescription(desks, plainWords), '2 runs · $0.008 · 4 calls')
    assert.equal(groupDescription(mail, plainWords), '1 run · no price · 2 calls')
    const all = { key: '', label: '', runs: RUNS }
    assert.equal(groupDescription(all, plainWords), '3 runs · ≥ $0.008 · 6 calls')
  })
})
