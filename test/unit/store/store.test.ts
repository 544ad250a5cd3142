// Runs in SQLite: written and read identical, shared by processes, and safe in files that are newer, broken or full.

import assert from 'node:assert/strict'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Finding } from '../../../profiler-agent/model/finding'
import type { CallRecord, HashedBlock, RunRecord, SpanRecord } from '../../../profiler-agent/model/record'
import { unknownUsage, usageOf } from '../../../profiler-agent/model/usage'
import {
  hasBilledResponse,
  readContent,
  readFindings,
  readPrompts,
  readRun,
  readRuns,
  readRunsAfter,
  readSpans,
  readTokens,
} from '../../../profiler-agent/store/reader'
import { STORE_VERSION } from '../../../profiler-agent/store/schema'
import { openStore, STORE_FILE, type Store, StoreError } from '../../../profiler-agent/store/store'
import { inRepository } from '../../support/repository'
import { modelCallOf } from '../../support/spans'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'

const AT = Date.parse('2026-11-22T10:00:00.000Z')

const run: RunRecord = {
  id: 'r',
  name: 'node agent.mjs',
  command: 'node agent.mjs',
  root: '/work',
  startedAt: AT,
  gitCommit: 'a'.repeat(40),
  tags: { team: 'blue' },
  defaults: { agent: 'desk' },
}
const bare: RunRecord = { id: 'r', name: 'r', startedAt: AT + 10, tags: {}, defaults: {} }

function span(id: string, said: Partial<SpanRecord> = {}): SpanRecord {
  return {
    id,
    runId: 'r',
    parentId: 'r.step',
    parentBasis: 'hook',
    kind: 'chat',
    name: 'chat gpt-5-mini',
    startedAt: AT + 1.25,
    endedAt: AT + 8.5,
    status: 'ok',
    attributes: { 'http.response.status_code': 200, streamed: true, 'url.full': 'https://api.openai.com' },
    ...said,
  }
}

const block = (hash: string, path = 'messages[0]'): HashedBlock => ({ path, kind: 'user', hash })
const contents = (...texts: string[]) => texts.map((text) => ({ hash: text, text }))

function call(said: Partial<CallRecord> = {}): CallRecord {
  const { segments: _, ...modelCall } = modelCallOf({
    responseModel: 'gpt-5-mini-2025-08-07',
    responseId: 'chatcmpl-1',
    finishReason: 'stop',
    stream: true,
    timeToFirstTokenMs: 3.5,
    tier: 'default',
    usage: usageOf(
      {
        uncachedInputTokens: 0,
        cacheReadTokens: null,
        cacheWriteTokens: { '5m': 7 },
        outputTokens: 5,
        reasoningTokens: 3,
        units: { webSearch: 1 },
      },
      'reported',
      { prompt_tokens: 7 },
    ),
  })
  return { modelCall, prompt: [block('hello')], reply: [], ...said }
}

describe('store', () => {
  let folder: TestFolder
  let store: Store
  beforeEach(() => {
    folder = temporaryFolder('store')
    store = openStore(folder.path)
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  it('gives a run back as it was written', () => {
    store.addRun(run)
    store.endRun('r', AT + 100)
    const { storedAt: _, rewrites: __, ...stored } = readRun(store, 'r') ?? {}
    assert.deepEqual(stored, { ...run, endedAt: AT + 100, activeAt: AT, revision: 2 })
  })

  it('gives spans and calls back as they were written', () => {
    store.addRun(run)
    const callSite = { file: 'a.mjs', line: 3, stack: [{ file: 'a.mjs', line: 3 }] }
    const record = call()
    const written = span('c', {
      agent: 'desk',
      agentVersion: '1',
      intent: 'refund',
      tenant: 'acme',
      session: 's',
      step: 'plan',
      tags: { a: 'b' },
      callSite,
      call: record,
    })
    store.write('r', { spans: [written], contents: contents('hello') }, AT + 9)
    const { runId: _, startedAt: __, endedAt: ___, call: ____, ...same } = written
    assert.deepEqual(readSpans(store, 'r'), [
      {
        ...same,
        startTime: '2026-11-22T10:00:00.001Z',
        endTime: '2026-11-22T10:00:00.008Z',
        durationMs: 7.25,
        modelCall: { ...record.modelCall, segments: [] },
      },
    ])
    assert.equal(readContent(store, 'hello'), 'hello')
  })

  it('keeps unknown apart from 0', () => {
    store.addRun(run)
    store.write('r', { spans: [span('c', { call: call() })], contents: [] }, AT)
    const usage = readSpans(store, 'r')[0]?.modelCall?.usage
    assert.equal(usage?.uncachedInputTokens, 0)
    assert.equal(usage?.cacheReadTokens, null)
    assert.equal(usage?.cacheWriteTokens['1h'], null)
  })

  it('keeps costs that need every digit', () => {
    store.addRun(run)
    const picoUsd = Number.MAX_SAFE_INTEGER
    const { modelCall } = call()
    const cost = { ...modelCallOf().cost, picoUsd } as typeof modelCall.cost
    store.write(
      'r',
      { spans: [span('c', { call: call({ modelCall: { ...modelCall, cost } }) })], contents: [] },
      AT,
    )
    assert.equal(readSpans(store, 'r')[0]?.modelCall?.cost?.picoUsd, 9_007_199_254_740_991)
  })

  it('fills copied ranges of a prompt from the call that it extends', () => {
    store.addRun(run)
    const first = call({ prompt: [block('s', 'system'), block('u1')] })
    const second = call({ baseSpanId: 'a', prompt: [[0, 2], block('u2', 'messages[1]')] })
    store.write('r', { spans: [span('a', { call: first })], contents: [] }, AT)
    store.write('r', { spans: [span('b', { call: second })], contents: [] }, AT)
    assert.deepEqual(
      readPrompts(store, 'r')
        .get('b')
        ?.prompt.map(({ hash, unchanged }) => [hash, unchanged]),
      [
        ['s', true],
        ['u1', true],
        ['u2', false],
      ],
    )
  })

  it('writes all of an exchange or nothing', () => {
    store.addRun(run)
    const broken = { ...span('c'), startedAt: 'soon' } as unknown as SpanRecord
    assert.throws(() => store.write('r', { spans: [span('b'), broken], contents: contents('x') }, AT))
    assert.deepEqual(readSpans(store, 'r'), [])
    assert.equal(readContent(store, 'x'), undefined)
  })

  it('moves the ends of a span that is written again, and never inwards', () => {
    store.addRun(run)
    store.write('r', { spans: [span('a', { startedAt: AT + 10, endedAt: AT + 20 })], contents: [] }, AT)
    store.write('r', { spans: [span('a', { startedAt: AT + 5, endedAt: AT + 12 })], contents: [] }, AT)
    assert.equal(readSpans(store, 'r')[0]?.durationMs, 15)
  })

  it('adds to a run that its first call brought in what its announcement says', () => {
    store.addRun(bare)
    store.addRun(run)
    const { activeAt: _, storedAt: __, rewrites: ___, revision, ...known } = readRun(store, 'r') ?? {}
    assert.deepEqual(known, run)
    assert.equal(revision, 2)
  })

  it('takes nothing away from a run that is announced again with less', () => {
    store.addRun(run)
    store.addRun(bare)
    const { activeAt: _, storedAt: __, revision: ___, rewrites: ____, ...known } = readRun(store, 'r') ?? {}
    assert.deepEqual(known, run)
  })

  it('lets a run end no earlier than its last call, and keeps one that nobody ended open', () => {
    store.addRun(run)
    store.write('r', { spans: [], contents: [] }, AT + 50)
    assert.equal(readRun(store, 'r')?.endedAt, undefined)
    store.endRun('r', AT + 60)
    store.write('r', { spans: [], contents: [] }, AT + 70)
    assert.equal(readRun(store, 'r')?.endedAt, AT + 70)
    assert.equal(readRun(store, 'r')?.activeAt, AT + 70)
  })

  it('lists the newest run first', () => {
    for (const [id, startedAt] of Object.entries({ old: AT, new: AT + 2, middle: AT + 1 }))
      store.addRun({ ...bare, id, startedAt })
    assert.deepEqual(
      readRuns(store).map((each) => each.id),
      ['new', 'middle', 'old'],
    )
    assert.equal(readRuns(store, 1).length, 1)
  })

  it('goes on in a list of runs below any of them, also where several began at the same moment', () => {
    for (const [id, startedAt] of Object.entries({ a: AT, b: AT, c: AT, new: AT + 1, old: AT - 1 }))
      store.addRun({ ...bare, id, startedAt })
    const below = (id: string, limit: number) => {
      const above = readRun(store, id)
      assert.ok(above)
      return readRunsAfter(store, above, limit).map((each) => each.id)
    }
    assert.deepEqual(below('new', 2), ['a', 'b'])
    assert.deepEqual(below('b', 10), ['c', 'old'])
    assert.deepEqual(below('old', 10), [])
  })

  it('knows which responses a run was billed for', () => {
    store.addRun(run)
    store.addRun({ ...bare, id: 'other' })
    const { modelCall } = call()
    const poll = call({ modelCall: { ...modelCall, billed: false, responseId: 'polled' } })
    store.write('r', { spans: [span('a', { call: call() }), span('b', { call: poll })], contents: [] }, AT)
    const { usage } = modelCall
    assert.equal(hasBilledResponse(store, 'r', 'chatcmpl-1', usage), true)
    assert.equal(hasBilledResponse(store, 'r', 'chatcmpl-1', unknownUsage()), true)
    assert.equal(hasBilledResponse(store, 'r', 'polled', usage), false)
    assert.equal(hasBilledResponse(store, 'other', 'chatcmpl-1', usage), false)
  })

  it('takes the same response id with other tokens for another response', () => {
    store.addRun(run)
    store.write('r', { spans: [span('a', { call: call() })], contents: [] }, AT)
    const { usage } = call().modelCall
    const others = { ...usage, outputTokens: (usage.outputTokens ?? 0) + 1 }
    assert.equal(hasBilledResponse(store, 'r', 'chatcmpl-1', others), false)
  })

  it('replaces the findings of a run', () => {
    const finding: Finding = {
      id: 'f',
      rule: 'cache/volatile-prefix',
      severity: 'warning',
      message: 'm',
      runId: 'r',
      spanIds: ['a'],
      relatedLocations: [],
      evidence: { n: 1 },
    }
    store.addRun(run)
    store.writeFindings('r', [finding, { ...finding, id: 'g' }])
    store.writeFindings('r', [finding])
    assert.deepEqual(readFindings(store, 'r'), [finding])
  })

  it('keeps token counts by content', () => {
    store.addRun(run)
    store.write('r', { spans: [], contents: contents('hello') }, AT)
    assert.equal(readTokens(store, 'hello'), undefined)
    store.keepTokens(new Map([['hello', 1]]))
    assert.equal(readTokens(store, 'hello'), 1)
  })

  it('deletes a run with what only it needs', () => {
    store.addRun(run)
    store.addRun({ ...bare, id: 'other' })
    const replied = call({ reply: [{ path: 'output', kind: 'output', hash: 'mine' }] })
    store.write('r', { spans: [span('a', { call: replied })], contents: contents('hello', 'mine') }, AT)
    store.write('other', { spans: [span('a', { runId: 'other', call: call() })], contents: [] }, AT)
    assert.equal(store.deleteRuns(['r', 'gone']), 1)
    assert.equal(readRun(store, 'r'), undefined)
    assert.deepEqual(readSpans(store, 'r'), [])
    assert.equal(readContent(store, 'mine'), undefined)
    assert.equal(readContent(store, 'hello'), 'hello')
    assert.equal(readSpans(store, 'other').length, 1)
  })

  it('makes room for a run that is written anew, and forgets what it knew of it', () => {
    store.addRun(run)
    store.write('r', { spans: [span('a', { call: call() })], contents: contents('hello') }, AT)
    assert.equal(store.dropRun('r'), true)
    assert.equal(store.dropRun('r'), false)
    assert.equal(readRun(store, 'r'), undefined)
    assert.deepEqual(readSpans(store, 'r'), [])
    store.addRun(bare)
    assert.equal(readRun(store, 'r')?.command, undefined)
  })

  it('takes work inside a transaction back with all of it', () => {
    store.addRun(run)
    const broken = () =>
      store.transaction(() => {
        store.write('r', { spans: [span('a')], contents: [] }, AT)
        store.write('r', { spans: [span('b')], contents: [] }, AT)
        throw new Error('the third file is broken')
      })
    assert.throws(broken, /third file/)
    assert.deepEqual(readSpans(store, 'r'), [])
  })

  it('lets only its user in', () => {
    assert.equal(statSync(join(folder.path, STORE_FILE)).mode & 0o777, 0o600)
  })

  it('writes ahead, so that readers and writers do not wait for each other', () => {
    assert.equal(store.prepare('PRAGMA journal_mode').get()?.journal_mode, 'wal')
  })

  it('tells when something was last recorded, however long ago it happened', () => {
    const before = Date.now()
    store.addRun({ ...run, startedAt: 1000 })
    store.endRun('r', 2000)
    const { startedAt, activeAt, storedAt } = readRun(store, 'r') ?? { storedAt: 0 }
    assert.deepEqual([startedAt, activeAt], [1000, 1000])
    assert.ok(storedAt >= before && storedAt <= Date.now())
  })

  it('brings an older file up to date, with all that is in it', () => {
    const old = temporaryFolder('store-old')
    const database = new DatabaseSync(join(old.path, STORE_FILE))
    database.exec(readFileSync(inRepository('test', 'fixtures', 'store', 'version-1.sql'), 'utf8'))
    database.close()
    const upgraded = openStore(old.path)
    assert.deepEqual(
      readRuns(upgraded).map(({ id, name, storedAt }) => [id, name, storedAt]),
      [['old-run', 'node agent.mjs', 1_795_341_609_000]],
    )
    const [runSpan, step, first, second] = readSpans(upgraded, 'old-run')
    assert.deepEqual([runSpan?.id, step?.id, step?.parentId], ['old-run', 'c1.step', 'elsewhere'])
    assert.deepEqual([first?.parentId, first?.callSite?.line, first?.tags], ['c1.step', 7, { team: 'blue' }])
    const { modelCall } = second ?? {}
    assert.equal(modelCall?.cost?.picoUsd, 13_000_000)
    assert.equal(modelCall?.cost?.byBucket.output, 10_000_000)
    assert.deepEqual(modelCall?.attempt, { logicalId: 'c1', number: 2 })
    assert.deepEqual(modelCall?.usage.raw, { prompt_tokens: 12, completion_tokens: 5 })
    assert.equal(modelCall?.usage.inputTokens, 12)
    assert.equal(modelCall?.usage.cacheReadTokens, null)
    assert.equal(first?.modelCall?.error?.message, 'slow down')
    const prompt = readPrompts(upgraded, 'old-run').get('c2')
    assert.deepEqual(
      prompt?.prompt.map(({ path, hash, unchanged }) => [path, hash, unchanged]),
      [
        ['messages[0]', 'a'.repeat(64), true],
        ['messages[1]', 'b'.repeat(64), false],
      ],
    )
    assert.deepEqual(
      ['a', 'b', 'c'].map((letter) => readContent(upgraded, letter.repeat(64))),
      ['where is it?', 'and now?', undefined],
    )
    assert.equal(readTokens(upgraded, 'a'.repeat(64)), 4)
    assert.equal(readFindings(upgraded, 'old-run')[0]?.rule, 'cache/volatile-prefix')
    assert.equal(hasBilledResponse(upgraded, 'old-run', 'chatcmpl-2', unknownUsage()), true)
    assert.deepEqual({ ...upgraded.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
    assert.deepEqual(upgraded.prepare('PRAGMA foreign_key_check').all(), [])
    upgraded.close()
    assert.equal(openStore(old.path).readOnly, false)
    old.remove()
  })

  it('can give room back without being written anew', () => {
    assert.equal(store.prepare('PRAGMA auto_vacuum').get()?.auto_vacuum, 2)
  })

  it('opens a file of a newer Costflame without changing it', () => {
    store.addRun(run)
    store.database.exec(`PRAGMA user_version = ${STORE_VERSION + 1}`)
    const newer = openStore(folder.path)
    assert.equal(newer.readOnly, true)
    assert.equal(readRun(newer, 'r')?.name, 'node agent.mjs')
    assert.throws(() => newer.addRun({ ...run, id: 'x' }), /readonly/)
    newer.close()
  })

  it('says which file is no store, and what to do', () => {
    const broken = temporaryFolder('store-broken')
    writeFileSync(join(broken.path, STORE_FILE), 'this is not a database, whatever its name says'.repeat(50))
    assert.throws(
      () => openStore(broken.path),
      (error) =>
        error instanceof StoreError &&
        error.message.includes(join(broken.path, STORE_FILE)) &&
        error.message.includes('file is not a database') &&
        error.message.includes('--data'),
    )
    assert.match(readFileSync(join(broken.path, STORE_FILE), 'utf8'), /^this is not/)
    broken.remove()
  })

  it('says that a folder has no store when it may only read', () => {
    const empty = temporaryFolder('store-empty')
    assert.throws(() => openStore(empty.path, { readOnly: true }), StoreError)
    empty.remove()
  })

  it('gives a store that others could read to its user alone', () => {
    store.close()
    chmodSync(join(folder.path, STORE_FILE), 0o644)
    store = openStore(folder.path)
    assert.equal(statSync(join(folder.path, STORE_FILE)).mode & 0o777, 0o600)
  })

  it('makes the tables once, whoever comes first', () => {
    const second = openStore(folder.path)
    second.close()
    const database = new DatabaseSync(join(folder.path, STORE_FILE))
    assert.equal(database.prepare('PRAGMA user_version').get()?.user_version, STORE_VERSION)
    database.close()
  })
})
