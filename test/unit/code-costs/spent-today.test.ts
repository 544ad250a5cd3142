// What the day has cost, by the local calendar.

import assert from 'node:assert/strict'
import { readBudgetFile } from '../../../profiler-agent/budgets/file/budget-file'
import { SpentTodayAnswers } from '../../../profiler-agent/code-costs/spent-today'
import { RunView } from '../../../profiler-agent/run-view'
import { openStore, type Store } from '../../../profiler-agent/store/store'
import { NOON, RecordedLines } from '../../support/recorded-lines'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'

const HOUR = 3_600_000
const MIDNIGHT = new Date(2026, 10, 20).getTime()
const NO_BUDGETS = readBudgetFile('').budgets

describe('what the day has cost', () => {
  let folder: TestFolder
  let store: Store
  let recorded: RecordedLines
  let now: number
  let today: SpentTodayAnswers

  beforeEach(() => {
    folder = temporaryFolder('today')
    store = openStore(folder.path)
    recorded = new RecordedLines(store)
    now = NOON + HOUR
    const view = new RunView(store, () => Promise.reject(new Error('no tokens are counted')))
    today = new SpentTodayAnswers(view, () => now)
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  it('is nothing, and known to be, before the first call', async () => {
    assert.deepEqual(await today.of(NO_BUDGETS), { day: '2026-11-20', picoUsd: 0, atLeast: false, calls: 0 })
  })

  it('is the sum of the calls that began today, also of a run that began yesterday', async () => {
    recorded.run({ id: 'yesterday', startedAt: MIDNIGHT - 3 * HOUR })
    recorded.call('yesterday', { picoUsd: 70_000 })
    recorded.run({ id: 'late', startedAt: MIDNIGHT - 1500 })
    recorded.call('late', { picoUsd: 5000 })
    recorded.call('late', { picoUsd: 300 })
    recorded.run({ id: 'noon', startedAt: NOON })
    recorded.call('noon', { picoUsd: 20 })
    recorded.call('noon', { picoUsd: 1 })
    assert.deepEqual(await today.of(NO_BUDGETS), {
      day: '2026-11-20',
      picoUsd: 321,
      atLeast: false,
      calls: 3,
    })
  })

  it('follows runs that grow and runs that are deleted, and begins anew at midnight', async () => {
    recorded.run({ id: 'a', startedAt: NOON })
    recorded.call('a', { picoUsd: 10 })
    assert.equal((await today.of(NO_BUDGETS)).picoUsd, 10)
    recorded.call('a', { picoUsd: 5 })
    recorded.run({ id: 'b', startedAt: NOON })
    recorded.call('b', { picoUsd: 100 })
    assert.equal((await today.of(NO_BUDGETS)).picoUsd, 115)
    store.deleteRuns(['a'])
    assert.equal((await today.of(NO_BUDGETS)).picoUsd, 100)
    now = MIDNIGHT + 24 * HOUR
    assert.deepEqual(await today.of(NO_BUDGETS), { day: '2026-11-21', picoUsd: 0, atLeast: false, calls: 0 })
  })

  it('is a lower bound where a call has no price, and unknown where none has', async () => {
    recorded.run({ id: 'a', startedAt: NOON })
    recorded.call('a', { picoUsd: null })
    assert.deepEqual(await today.of(NO_BUDGETS), {
      day: '2026-11-20',
      picoUsd: null,
      atLeast: true,
      calls: 1,
    })
    recorded.call('a', { picoUsd: 8 })
    assert.deepEqual(await today.of(NO_BUDGETS), { day: '2026-11-20', picoUsd: 8, atLeast: true, calls: 2 })
  })

  it('comes with what the budget file allows', async () => {
    const file = '{ "version": 1, "workspace": { "limits": { "costUsdPerRun": 0.5, "costUsdPerDay": 10 } } }'
    const { allowedUsdPerDay, allowedUsdPerRun } = await today.of(readBudgetFile(file).budgets)
    assert.deepEqual([allowedUsdPerDay, allowedUsdPerRun], [10, 0.5])
  })
})
