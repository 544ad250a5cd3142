// What a page asks about its run, from the extension's reader of the feed through a real profiler to the store and back.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AnswerTo, FeedClient } from '../../../extension/profiler/feed-client'
import type { Question } from '../../../profiler-agent/feed/protocol'
import { at, Flag, hasFlag, type RunColumns, spanId } from '../../../profiler-agent/profile/columns'
import { decodeColumns } from '../../../profiler-agent/profile/columns-codec'
import { type Profiler, startProfiler } from '../../../profiler-agent/profiler'
import { openStore } from '../../../profiler-agent/store/store'
import { largeRun } from '../../support/large-run'
import { storeLargeRun } from '../../support/large-stored-run'
import { inRepository } from '../../support/repository'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'

const BUDGET = {
  version: 1,
  agents: { orders: { limits: { costUsd: 0.05 } }, nobody: { limits: { costUsd: 1 } } },
  workspace: { limits: { costUsdPerRun: 2 } },
}

describe('what a page asks about its run', () => {
  let folder: TestFolder
  let profiler: Profiler
  let client: FeedClient
  let columns: RunColumns
  const runId = 'run-of-500'

  before(async () => {
    folder = temporaryFolder('questions')
    const store = openStore(folder.path)
    for (const count of [500, 60]) storeLargeRun(store, largeRun(count))
    store.close()
    const budgetFile = join(folder.path, 'budgets.jsonc')
    writeFileSync(budgetFile, JSON.stringify(BUDGET))
    profiler = await startProfiler({
      ...{ version: '0.0.0', host: '127.0.0.1', port: 0, data: folder.path, budgetFile },
      ...{ assets: inRepository('dist'), upstreams: {}, log: () => undefined },
    })
    client = await FeedClient.connect(profiler.ready, { runs: () => undefined, closed: () => undefined })
    columns = await wholeRun()
  })
  after(async () => {
    client.close()
    await profiler.close()
    folder.remove()
  })

  const ask = <Ask extends Question['ask']>(
    question: Extract<Question, { ask: Ask }>,
  ): Promise<AnswerTo<Ask>> => client.ask<Ask>(question)

  async function wholeRun(): Promise<RunColumns> {
    for (;;) {
      const answer = await ask<'columns'>({ ask: 'columns', runIds: [runId] })
      assert.ok(answer.columns)
      const read = decodeColumns(answer.columns)
      if (!read.partsFollow) return read
    }
  }

  const billed = () => [...columns.flags.keys()].filter((span) => hasFlag(columns, span, Flag.billed))

  it('is answered with its columns, whose sums are its totals', () => {
    // A run that no span stands for has a place of its own.
    assert.equal(columns.count, 500)
    const cost = columns.picoUsd.reduce((sum, picoUsd) => sum + (picoUsd || 0), 0)
    assert.equal(cost, columns.head.totals.cost?.picoUsd)
    assert.ok(columns.parts && columns.parts.count > billed().length)
  })

  it('is answered with nothing for a run that is not there', async () => {
    assert.equal((await ask<'columns'>({ ask: 'columns', runIds: ['gone'] })).columns, null)
    assert.equal((await ask<'span'>({ ask: 'span', runId, spanId: 'gone' })).found, null)
    assert.deepEqual((await ask<'parts'>({ ask: 'parts', runId, spanIds: ['gone'] })).segments, [[]])
    assert.deepEqual((await ask<'limits'>({ ask: 'limits', runId: 'gone' })).limits, [])
  })

  it('is answered with a span and its parts, which cost what the span costs', async () => {
    const span = billed().find((index) => at(columns.picoUsd, index) > 0) ?? 0
    const id = spanId(columns, span)
    const { found } = await ask<'span'>({ ask: 'span', runId, spanId: id })
    assert.equal(found?.span.modelCall?.cost?.picoUsd, at(columns.picoUsd, span))
    const { segments } = await ask<'parts'>({ ask: 'parts', runId, spanIds: [id] })
    const sum = segments[0]?.reduce((total, { picoUsd }) => total + (picoUsd ?? 0), 0)
    assert.equal(sum, at(columns.picoUsd, span))
  })

  it('is answered with the limits that it was measured against, and other runs', async () => {
    const { limits } = await ask<'limits'>({ ask: 'limits', runId })
    assert.deepEqual(
      limits.map(({ limit, allowed }) => [limit, allowed]),
      [
        ['costUsd', 0.05],
        ['costUsdPerRun', 2],
      ],
    )
    const { runs } = await ask<'otherRuns'>({ ask: 'otherRuns', runId })
    assert.deepEqual(
      runs.map(({ id, name }) => [id, name]),
      [['run-of-60', 'node desk.mjs']],
    )
  })
})
