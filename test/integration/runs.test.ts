// `costflame runs list|rm|prune` and the profiler's own housekeeping, around stores that the real commands wrote.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Playground } from '../support/costflame'

const DAY = 24 * 60 * 60 * 1000
/** A recording of one exchange in 2019 whose prompt has this many characters, which do not compress to less than half. */
const recording = (characters: number, letter = 'x') =>
  JSON.stringify({
    exchanges: [
      {
        ...{ method: 'POST', url: 'https://api.openai.com/v1/chat/completions', status: 200 },
        request_headers: { 'content-type': 'application/json' },
        request_body: JSON.stringify({
          model: 'gpt-5-mini',
          messages: [{ role: 'user', content: letter + randomBytes(characters / 2).toString('hex') }],
        }),
        response_headers: { 'content-type': 'application/json', date: 'Tue, 12 Mar 2019 10:00:00 GMT' },
        response_body: JSON.stringify({
          ...{ id: `c-${letter}`, object: 'chat.completion', model: 'gpt-5-mini' },
          choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
        }),
      },
    ],
  })

describe('costflame runs', () => {
  let playground: Playground
  beforeEach(() => {
    playground = new Playground()
  })
  afterEach(() => playground.remove())

  const out = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await playground.run(args)
    assert.equal(code, 0, stderr)
    return stdout
  }
  const json = async (...args: string[]) => JSON.parse(await out(...args, '--json'))
  const kept = async (): Promise<string[]> =>
    (await json('runs', 'list')).runs.map(({ name }: { name: string }) => name).sort()
  const fileSize = () => statSync(join(playground.data, 'costflame.db')).size

  async function importing(files: Readonly<Record<string, string>>): Promise<void> {
    playground.write(files)
    await out('import', ...Object.keys(files))
  }

  /** As if nothing had been recorded of a run for so many days. */
  function age(name: string, days: number): void {
    const database = new DatabaseSync(join(playground.data, 'costflame.db'), { timeout: 5000 })
    database.prepare('UPDATE runs SET stored_at = ? WHERE name = ?').run(Date.now() - days * DAY, name)
    database.close()
  }

  it('lists what is kept, and nothing where nothing is', async () => {
    assert.match(await out('runs', 'list'), /^0 runs, 0 B in /)
    assert.deepEqual((await json('runs', 'list')).runs, [])
    await importing({ 'a.json': recording(10, 'a'), 'b.json': recording(10, 'b') })
    const { schema, bytes, runs } = await json('runs', 'list')
    assert.equal(schema, 'costflame.runs/1')
    assert.equal(bytes, fileSize())
    assert.deepEqual(
      runs
        .map(({ id: _, ...run }: { id: string; name: string }) => run)
        .sort((left: { name: string }, right: { name: string }) => left.name.localeCompare(right.name)),
      ['a.json', 'b.json'].map((name) => ({
        ...{ name, startTime: '2019-03-12T10:00:00.000Z', calls: 1, picoUsd: 4_250_000 },
        ...{ unpricedCalls: 0, atLeast: false },
      })),
    )
    const [head, first, , sum] = (await out('runs', 'list')).split('\n')
    assert.match(head ?? '', /^id +when +calls +cost +name *$/)
    assert.match(first ?? '', /^import-\w{16} {2}2019-03-1\d \d\d:\d\d +1 +\S+ {2}[ab]\.json$/)
    assert.match(sum ?? '', /^2 runs, \S+ kB in /)
  })

  it('removes imported runs by RUNS, says so, and the file gets smaller', async () => {
    await importing({ 'a.json': recording(1_000_000, 'a'), 'b.json': recording(10, 'b') })
    const before = fileSize()
    const { runs } = await json('runs', 'list')
    const { id } = runs.find(({ name }: { name: string }) => name === 'a.json')
    const result = await json('runs', 'rm', id)
    assert.equal(result.schema, 'costflame.runs-removed/1')
    assert.deepEqual(
      result.runs.map(({ name }: { name: string }) => name),
      ['a.json'],
    )
    assert.equal(result.bytes, before - fileSize())
    assert.ok(result.bytes > 480_000, String(result.bytes))
    assert.deepEqual(await kept(), ['b.json'])
    assert.match(
      await out('runs', 'rm', 'all'),
      /^removed import-.*b\.json\nremoved 1 run; \S+ k?B came back to the disk\n$/,
    )
    assert.deepEqual(await kept(), [])
  })

  it('says what it cannot remove', async () => {
    await importing({ 'a.json': recording(10) })
    for (const [selector, message] of [
      ['nobody', /no run "nobody"/],
      ['a.json', /a\.json is a file of yours/],
    ] as const) {
      const { code, stderr } = await playground.run(['runs', 'rm', selector])
      assert.equal(code, 2)
      assert.match(stderr, message)
    }
    assert.deepEqual(await kept(), ['a.json'])
  })

  it('prunes by the age of the import, not of the recording', async () => {
    await importing({ 'old.json': recording(10, 'o'), 'new.json': recording(10, 'n') })
    assert.equal(await out('runs', 'prune'), 'nothing to remove\n')
    age('old.json', 31)
    assert.match(
      await out('runs', 'prune', '--dry-run'),
      /^would remove import-.*old\.json\nwould remove 1 run, about /,
    )
    assert.deepEqual(await kept(), ['new.json', 'old.json'])
    assert.match(await out('runs', 'prune'), /^removed import-.*old\.json\nremoved 1 run; /)
    assert.deepEqual(await kept(), ['new.json'])
    age('new.json', 2)
    await out('runs', 'prune', '--older-than', '36h')
    assert.deepEqual(await kept(), [])
  })

  it('prunes the oldest of a store that is too large', async () => {
    await importing({
      'a.json': recording(400_000, 'a'),
      'b.json': recording(400_000, 'b'),
      'c.json': recording(400_000, 'c'),
    })
    for (const [name, days] of [
      ['a.json', 3],
      ['b.json', 2],
      ['c.json', 1],
    ] as const)
      age(name, days)
    await out('runs', 'prune', '--max-size', '500kB')
    assert.deepEqual(await kept(), ['b.json', 'c.json'])
    assert.ok(fileSize() <= 500_000, String(fileSize()))
    const { code, stderr } = await playground.run(['runs', 'prune', '--max-size', 'much'])
    assert.deepEqual([code, /"much" is not a size; write 1GB/.test(stderr)], [2, true])
  })

  it('takes the limits of the user settings', async () => {
    playground.write({ '.config/costflame/settings.jsonc': '{"version": 1, "retention": {"days": 5}}' })
    await importing({ 'a.json': recording(10, 'a'), 'b.json': recording(10, 'b') })
    age('a.json', 6)
    await out('runs', 'prune')
    assert.deepEqual(await kept(), ['b.json'])
  })

  it('keeps a run that goes on, whatever is asked', async () => {
    await importing({ 'a.json': recording(10, 'a') })
    const { ready } = await playground.serve('--upstream', 'openai=http://127.0.0.1:9')
    await fetch(`${ready.proxy}/r/live/openai/v1/models`, { method: 'POST', body: '{}' })
    await fetch(`${ready.proxy}/ingest`, {
      method: 'POST',
      headers: { 'x-costflame-token': ready.token },
      body: '',
    })
    const { code, stdout, stderr } = await playground.run(['runs', 'rm', 'all'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /a\.json/)
    assert.match(stderr, /kept: run live still goes on/)
    const again = await playground.run(['runs', 'rm', 'live'])
    assert.deepEqual(
      [again.code, again.stderr],
      [2, 'costflame: nothing was removed: run live still goes on\n'],
    )
    await out('runs', 'prune', '--older-than', '0d', '--max-size', '0')
    assert.deepEqual(await kept(), ['live'])
  })

  it('is done by a profiler when it starts', async () => {
    await importing({ 'old.json': recording(500_000, 'o'), 'new.json': recording(10, 'n') })
    age('old.json', 31)
    const before = fileSize()
    const first = await playground.serve()
    first.child.kill('SIGTERM')
    const { stderr } = await first.ended
    assert.match(
      stderr,
      /^costflame: removed 1 run older than 30 days or beyond 1 GB; \S+ kB came back to the disk\n$/,
    )
    assert.deepEqual(await kept(), ['new.json'])
    assert.ok(fileSize() < before - 200_000)
    age('new.json', 2)
    const second = await playground.run(['run', '--retention-days', '1', '--', 'node', '-e', '0'])
    assert.equal(second.code, 0)
    assert.ok(!(await kept()).includes('new.json'))
  })
})
