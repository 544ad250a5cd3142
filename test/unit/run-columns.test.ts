import assert from 'node:assert/strict'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import { at, Flag, type RunColumns, spanId } from '../../profiler-agent/profile/columns'
import { decodeColumns } from '../../profiler-agent/profile/columns-codec'
import { columnsOf } from '../../profiler-agent/profile/columns-of-run'
import { StoredColumns } from '../../profiler-agent/run-columns'
import { RunView } from '../../profiler-agent/run-view'
import { openStore, type Store } from '../../profiler-agent/store/store'
import { exchangeCalled } from '../support/exchanges'
import { largeRun } from '../support/large-run'
import { storeLargeRun } from '../support/large-stored-run'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { pipelineOver } from '../support/test-pipeline'

const START = Date.parse('2026-11-20T09:00:00.000Z')

/** What columns say of each span and part, whatever the order of their texts. */
function saidBy(columns: RunColumns) {
  const { strings, parts, frames } = columns
  const spans = Array.from({ length: columns.count }, (_, span) => ({
    id: spanId(columns, span),
    parent: at(columns.parent, span),
    kind: at(columns.kind, span),
    status: at(columns.status, span),
    flags: at(columns.flags, span),
    texts: [columns.name, columns.agent, columns.step, columns.intent, columns.model, columns.provider].map(
      (column) => strings[at(column, span)],
    ),
    times: [Math.floor(at(columns.start, span)), at(columns.duration, span)],
    money: [columns.picoUsd, columns.avoidablePicoUsd, columns.avoidedPicoUsd].map((column) =>
      at(column, span),
    ),
    tokens: [
      columns.uncachedTokens,
      columns.cacheReadTokens,
      columns.cacheWriteTokens,
      columns.outputTokens,
    ].map((column) => at(column, span)),
    stack: linesFrom(at(columns.stack, span)),
  }))
  const said = Array.from({ length: parts?.count ?? 0 }, (_, part) => ({
    span: parts?.span[part],
    texts: [parts?.path, parts?.name, parts?.hash].map((column) => strings[column?.[part] ?? 0]),
    numbers: [parts?.kind, parts?.cache, parts?.tokens, parts?.picoUsd].map((column) => column?.[part]),
  }))
  return { head: columns.head, spans, parts: said }

  function linesFrom(frame: number): string[] {
    if (frame === -1) return []
    const line = `${strings[at(frames.file, frame)]}:${at(frames.line, frame)} ${strings[at(frames.function, frame)]}`
    return [...linesFrom(at(frames.parent, frame)), line]
  }
}

describe('columns of a stored run', () => {
  let folder: TestFolder
  let store: Store
  let view: RunView
  let counted: number

  beforeEach(() => {
    folder = temporaryFolder('columns')
    store = openStore(folder.path)
    counted = 0
    const count = (text: string) => {
      counted++
      return text.length
    }
    view = new RunView(store, () => Promise.resolve({ count }))
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  async function columnsIn(...runIds: readonly string[]): Promise<RunColumns> {
    const buffer = await new StoredColumns(view, () => 0).of(runIds)
    assert.ok(buffer)
    return decodeColumns(buffer)
  }

  it('are those of the run as it is exported', async () => {
    const runId = storeLargeRun(store, largeRun(400))
    const run = await view.run(runId, { segments: 'merged' })
    assert.ok(run)
    assert.deepEqual(saidBy(await columnsIn(runId)), saidBy(columnsOf(run)))
  })

  it('are those of any run: a retry, a refused call, one without a price, tools of the traffic', async () => {
    const body = (model: string, ...messages: readonly object[]) =>
      new TextEncoder().encode(JSON.stringify({ model, messages }))
    const json = (value: object) => new TextEncoder().encode(JSON.stringify(value))
    const usage = { prompt_tokens: 900, completion_tokens: 20, total_tokens: 920 }
    const hi = { role: 'user', content: 'Where is my order?' }
    const asked = {
      role: 'assistant',
      tool_calls: [{ id: 'call_7', type: 'function', function: { name: 'find_order', arguments: '{}' } }],
    }
    const result = { role: 'tool', tool_call_id: 'call_7', content: 'at the depot' }
    const answer = (message: object) => json({ id: 'x', model: 'gpt-5-mini', choices: [{ message }], usage })
    const at = (id: string, second: number, more: Partial<HttpExchange>): HttpExchange => ({
      ...{ ...exchangeCalled(id), runId: 'mixed', startTime: START + second * 1000, durationMs: 400 },
      requestBody: body('gpt-5-mini', hi),
      ...more,
    })
    const error = { status: 500, responseBody: json({ error: { message: 'busy' } }) }
    const refused = {
      stop: 'refused',
      rule: 'budget/costUsd',
      message: 'no',
      avoided: { inputTokens: 40 },
    } as const
    const pipeline = pipelineOver(store)
    for (const exchange of [
      at('first', 0, error),
      at('again', 1, { responseBody: answer(asked) }),
      at('then', 3, {
        requestBody: body('gpt-5-mini', hi, asked, result),
        responseBody: answer({ role: 'assistant', content: 'At the depot.' }),
      }),
      at('dear', 5, {
        requestBody: body('no-such-model', hi),
        responseBody: json({ id: 'y', model: 'no-such-model', choices: [], usage }),
      }),
      at('no', 7, { status: 402, responseBody: json({ error: { message: 'no' } }), budget: refused }),
    ])
      pipeline.add(exchange)
    const run = await view.run('mixed', { segments: 'merged' })
    assert.ok(run)
    assert.ok(run.spans.some(({ kind }) => kind === 'tool'))
    const columns = await columnsIn('mixed')
    assert.deepEqual(saidBy(columns), saidBy(columnsOf(run)))
    const flagged = (flag: number) => [...columns.flags].filter((bits) => (bits & flag) !== 0).length
    const { retry, unpriced, derived } = Flag
    assert.deepEqual([retry, unpriced, derived].map(flagged), [1, 1, 1])
    assert.ok(columns.avoidedPicoUsd.some((picoUsd) => picoUsd === 40 * 250_000))
  })

  it('count no text twice while the run goes on', async () => {
    const stored = new StoredColumns(view, () => 0)
    const runId = storeLargeRun(store, largeRun(400))
    await stored.of([runId])
    const before = counted
    assert.ok(before > 0)
    await stored.of([runId])
    assert.equal(counted, before)
  })

  it('come at once where counting tokens takes long, and with their parts once that is done', async () => {
    let now = 0
    const slow = (text: string) => {
      now += 400
      return text.length
    }
    const stored = new StoredColumns(new RunView(store, () => Promise.resolve({ count: slow })), () => now)
    const runId = storeLargeRun(store, largeRun(30))
    const read = async () => decodeColumns((await stored.of([runId])) ?? new ArrayBuffer())
    const first = await read()
    assert.deepEqual([first.count, first.parts, first.partsFollow], [30, undefined, true])
    let latest = first
    for (let time = 0; time < 100 && latest.partsFollow; time++) latest = await read()
    assert.ok(latest.parts && latest.parts.count > 0)
  })

  it('hold several runs as one, and are nothing where one of them is not stored', async () => {
    const runIds = [300, 400].map((count) => storeLargeRun(store, largeRun(count)))
    const columns = await columnsIn(...runIds)
    const costs = await Promise.all(
      runIds.map(async (id) => (await columnsIn(id)).head.totals.cost?.picoUsd ?? 0),
    )
    assert.equal(columns.head.totals.cost?.picoUsd, (costs[0] ?? 0) + (costs[1] ?? 0))
    assert.equal(await new StoredColumns(view, () => 0).of(['run-of-300', 'gone']), null)
    assert.equal(await new StoredColumns(view, () => 0).of(['gone']), null)
  })

  it('give parts call by call, in the order asked', async () => {
    const runId = storeLargeRun(store, largeRun(200))
    const columns = await columnsIn(runId)
    const billed = [...columns.picoUsd.keys()].filter((span) => at(columns.picoUsd, span) > 0).slice(0, 30)
    const ids = ['gone', ...billed.map((span) => spanId(columns, span))]
    const [none, ...segments] = await new StoredColumns(view, () => 0).partsOf(runId, ids)
    assert.deepEqual(none, [])
    for (const [index, span] of billed.entries()) {
      const sum = segments[index]?.reduce((total, { picoUsd }) => total + (picoUsd ?? 0), 0)
      assert.equal(sum, at(columns.picoUsd, span))
    }
  })
})
