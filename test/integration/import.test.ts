// `costflame import` as a user types it, over recordings of our own: what becomes of them, and what is said of those that are broken.

import assert from 'node:assert/strict'
import { chmodSync, cpSync, globSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { ModelCall, Run, Span } from '../../profiler-agent/model/span'
import { Playground } from '../support/costflame'
import { inRepository } from '../support/repository'

const RECORDINGS = inRepository('test', 'fixtures', 'recordings')

describe('costflame import', () => {
  let playground: Playground
  beforeEach(() => {
    playground = new Playground()
    cpSync(RECORDINGS, join(playground.path, 'recordings'), { recursive: true })
  })
  afterEach(() => playground.remove())

  const importing = (...args: string[]) => playground.run(['import', ...args])

  it('makes a run of each file, and one or more spans of each exchange', async () => {
    const { code, stdout } = await importing('--format', 'exchanges', 'recordings')
    assert.equal(code, 0)
    assert.match(stdout, /^imported 6 runs · 16 exchanges · /)
    const runs = await playground.exported('all')
    assert.deepEqual(runs.map((run) => run.name).sort(), [
      'keys-in-the-recording.json',
      'weather-desk/anthropic.json',
      'weather-desk/bedrock.json',
      'weather-desk/cohere-and-ollama.json',
      'weather-desk/google.json',
      'weather-desk/openai.json',
    ])
    for (const run of runs) {
      const count = exchangesIn(join(RECORDINGS, run.name))
      assert.deepEqual(
        [...new Set(run.spans.flatMap(placeOf))],
        Array.from({ length: count }, (_, index) => `${run.name}#${index}`),
      )
      for (const span of run.spans) if (span.modelCall) assert.equal(placeOf(span).length, 1)
    }
  })

  it('counts and prices as recorded, at the time that each reply gives', async () => {
    const { stdout } = await importing('recordings/weather-desk/openai.json')
    const [run] = await playground.exported()
    assert.equal(run?.name, 'openai.json')
    assert.match(stdout, new RegExp(`see it with: costflame report --run ${run.id}$`, 'm'))
    const calls = callsOf(run)
    assert.deepEqual(
      calls.map(({ httpStatus, billed, attempt, usage, cost }) => ({
        httpStatus,
        billed,
        attempt: attempt.number,
        input: usage.inputTokens,
        read: usage.cacheReadTokens,
        output: usage.outputTokens,
        picoUsd: cost?.picoUsd,
      })),
      [
        {
          ...{ httpStatus: 429, billed: false, attempt: 1 },
          ...{ input: null, read: null, output: null, picoUsd: undefined },
        },
        // 120 × $2 + 18 × $8 a million.
        {
          ...{ httpStatus: 200, billed: true, attempt: 2 },
          ...{ input: 120, read: 0, output: 18, picoUsd: 384_000_000 },
        },
        // 156 × $2 + 1,024 × $0.50 + 40 × $8 a million.
        {
          ...{ httpStatus: 200, billed: true, attempt: 1 },
          ...{ input: 1180, read: 1024, output: 40, picoUsd: 1_144_000_000 },
        },
      ],
    )
    assert.equal(run?.totals.cost?.picoUsd, 1_528_000_000)
    assert.deepEqual(
      calls.flatMap(({ cost }) => (cost ? [[cost.pricedAt, cost.pricedAtBasis]] : [])),
      [
        ['2026-01-05T09:00:01.000Z', 'recorded'],
        ['2026-01-05T09:00:02.000Z', 'recorded'],
      ],
    )
    assert.equal(run?.startTime, '2026-01-05T09:00:00.000Z')
    assert.equal(run?.endTime, '2026-01-05T09:00:03.000Z')
    assert.deepEqual(
      run?.spans.filter((span) => span.kind === 'tool').map((span) => span.name),
      ['wind_at'],
    )
  })

  it('puts the place of an exchange on each of its inferences', async () => {
    await importing('recordings/weather-desk/anthropic.json')
    const [run] = await playground.exported()
    const inferences = run?.spans.filter((span) => span.modelCall?.billed) ?? []
    assert.deepEqual(inferences.map(placeOf), [['anthropic.json#1'], ['anthropic.json#1']])
    // 300 × $3 + 20 × $15, and the advisor's 500 × $5 + 60 × $25 a million.
    assert.deepEqual(
      inferences.map((span) => span.modelCall?.cost?.picoUsd),
      [1_200_000_000, 4_000_000_000],
    )
  })

  it('reads every framing: streamed arrays, AWS event streams, JSON lines', async () => {
    await importing('recordings')
    const runs = await playground.exported('all')
    const tokensOf = (name: string) =>
      callsOf(runs.find((run) => run.name === `weather-desk/${name}.json`)).map(({ provider, usage }) => [
        provider,
        usage.inputTokens,
        usage.outputTokens,
      ])
    // 9 visible and 41 thought.
    assert.deepEqual(tokensOf('google'), [
      ['google', 8, 50],
      ['vertex', 6, 7],
    ])
    assert.deepEqual(tokensOf('bedrock'), [
      ['bedrock', 11, 9],
      ['bedrock', 22, 6],
    ])
    // Cohere bills 9 of 201 tokens; a rerank has none, and one search.
    assert.deepEqual(tokensOf('cohere-and-ollama'), [
      ['cohere', 9, 2],
      ['cohere', 0, 0],
      ['ollama', 33, 3],
    ])
  })

  it('prices what says no time as of --at', async () => {
    playground.write({ 'undated.json': recording({ ...CHAT, response_headers: {} }) })
    const { code } = await importing('undated.json', '--at', '2026-03-01')
    assert.equal(code, 0)
    const [run] = await playground.exported()
    const cost = callsOf(run)[0]?.cost
    assert.equal(cost?.pricedAt, '2026-03-01T00:00:00.000Z')
    assert.equal(cost?.pricedAtBasis, 'import')
  })

  it('keeps the order of the file where the times do not', async () => {
    const at = (date: string, text: string) => ({
      ...CHAT,
      request_body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: text }] }),
      response_headers: { date },
      response_body: CHAT.response_body.replace('chatcmpl-1', `chatcmpl-${text}`),
    })
    playground.write({
      'mixed.json': recording(
        at('Mon, 05 Jan 2026 09:00:10 GMT', 'one'),
        at('Mon, 05 Jan 2026 09:00:10 GMT', 'two'),
        at('Mon, 05 Jan 2026 09:00:05 GMT', 'three'),
        { ...at('', 'four'), response_headers: {} },
      ),
    })
    await importing('mixed.json')
    const [run] = await playground.exported()
    const exchanges = run?.spans.filter((span) => span.modelCall) ?? []
    assert.deepEqual(
      exchanges.map((span) => [span.attributes['costflame.source.index'], span.startTime.slice(17)]),
      [
        [0, '10.000Z'],
        [1, '10.001Z'],
        [2, '10.002Z'],
        [3, '10.003Z'],
      ],
    )
    assert.equal(exchanges[2]?.modelCall?.cost?.pricedAt, '2026-01-05T09:00:05.000Z')
  })

  it('replaces a run whose file is imported again, and adds one for a file that changed', async () => {
    playground.write({ 'desk/one.json': recording(CHAT) })
    const first = await importing('desk', 'desk/one.json')
    assert.match(first.stdout, /^imported 1 run · 1 exchange · 1 call /)
    const again = await importing('desk/one.json')
    assert.match(again.stdout, /^imported 1 run \(1 imported before, now replaced\) · 1 exchange · 1 call /)
    assert.equal((await playground.exported('all')).length, 1)
    playground.write({ 'desk/one.json': recording(CHAT, CHAT) })
    await importing('desk')
    assert.equal((await playground.exported('all')).length, 2)
  })

  it('masks credentials, also where they are echoed', async () => {
    const { stderr } = await importing('recordings/keys-in-the-recording.json')
    assert.match(stderr, /exchange 2: unknown host llm\.example\.org: shown as custom:llm\.example\.org/)
    const [run] = await playground.exported()
    assert.equal(callsOf(run).at(-1)?.provider, 'custom:llm.example.org')
    assert.equal(callsOf(run).at(-1)?.usage.inputTokens, 10)
    const stored = globSync('**/*', { cwd: playground.data, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n')
    assert.doesNotMatch(stored + JSON.stringify(run), /canary/i)
  })

  it('names a file or folder that cannot be read, and goes on', async () => {
    playground.write({ 'some/good.json': recording(CHAT), 'some/closed/hidden.json': recording(CHAT) })
    symlinkSync('nowhere.json', join(playground.path, 'some/dangling.json'))
    const closed = join(playground.path, 'some/closed')
    // Who may read everything, as in a container, is told nothing.
    const isReadable = process.platform === 'win32' || process.getuid?.() === 0
    chmodSync(closed, 0o000)
    const { code, stdout, stderr } = await importing('some')
    chmodSync(closed, 0o700)
    assert.equal(code, 0)
    assert.match(stdout, isReadable ? /^imported 2 runs/ : /^imported 1 run /)
    const lines = stderr.trimEnd().split('\n').sort()
    assert.deepEqual(lines, [
      ...(isReadable ? [] : ['costflame: passed over some/closed: you may not read it']),
      'costflame: passed over some/dangling.json: there is no such file or folder',
    ])
  })

  it('names what is broken, with file and index, and goes on', async () => {
    const cut = gzipSync(CHAT.response_body).subarray(0, 60)
    playground.write({
      'bad/text.json': 'hello',
      'bad/other.json': '{"log":{}}',
      'bad/entries.json': '{"exchanges":[{"i":0}]}',
      'bad/mixed.json': recording(
        { note: 'no exchange' },
        { ...CHAT, response_headers: { 'content-type': 'text/event-stream' } },
        { ...CHAT, response_body_base64: '###' },
        {
          ...CHAT,
          response_headers: { 'content-encoding': 'gzip' },
          response_body_base64: cut.toString('base64'),
        },
        CHAT,
      ),
      'bad/notes.txt': 'not looked at',
    })
    const { code, stdout, stderr } = await importing('bad', 'nowhere')
    assert.equal(code, 0)
    assert.match(stdout, /^imported 1 run · 4 exchanges /)
    const lines = stderr.trimEnd().split('\n').sort()
    assert.deepEqual(
      lines.map((line) => line.replace(/(not JSON): .*/, '$1')),
      [
        'costflame: bad/mixed.json exchange 0: an entry without "method" and "url" is no exchange',
        'costflame: bad/mixed.json exchange 1: the reply contradicts its content type text/event-stream',
        'costflame: bad/mixed.json exchange 2: "response_body_base64" is not base64',
        'costflame: bad/mixed.json exchange 3: 2 parts of it could not be read: cut short, or not what its headers say',
        'costflame: passed over bad/entries.json: no exchange in it: an entry without "method" and "url" is no exchange',
        'costflame: passed over bad/other.json: not a recording: no "exchanges" array',
        'costflame: passed over bad/text.json: not JSON',
        'costflame: passed over nowhere: there is no such file or folder',
      ],
    )
    const [run] = await playground.exported()
    // One reply that was labelled wrongly, two of which nothing or not enough is left, and a whole one seen twice.
    assert.deepEqual(
      callsOf(run).map(({ billed, usage }) => [billed, usage.origin]),
      [
        [true, 'reported'],
        [true, 'unknown'],
        [true, 'unknown'],
        [false, 'unknown'],
      ],
    )
  })

  it('fails only when nothing could be read', async () => {
    playground.write({ 'bad/text.json': 'hello' })
    const { code, stderr } = await importing('bad')
    assert.equal(code, 2)
    assert.match(stderr, /nothing was imported/)
    assert.equal((await importing('bad', '--at', 'noon')).code, 2)
  })

  for (const format of ['otlp', 'har', 'claude-code', 'codex'])
    it(`says that it cannot import ${format} yet`, async () => {
      const { code, stderr } = await importing('--format', format, 'recordings')
      assert.equal(code, 2)
      assert.match(stderr, new RegExp(`importing ${format} is not supported yet`))
    })

  it('gives its result as JSON', async () => {
    const { stdout } = await importing('--json', 'recordings')
    const result = JSON.parse(stdout)
    assert.equal(result.schema, 'costflame.import/1')
    assert.equal(result.exchanges, 16)
    const openai = result.runs.find(({ name }: Run) => name === 'weather-desk/openai.json')
    const { id, ...rest } = openai
    assert.match(id, /^import-[0-9a-f]{16}$/)
    assert.equal(rest.exchanges, 4)
    assert.equal(rest.totals.cost.picoUsd, 1_528_000_000)
    assert.deepEqual(result.passedOver, [])
  })

  it('leaves findings as a live run does', async () => {
    const text = 'You are the harbour master. '.repeat(400)
    const asking = (question: number) => ({
      ...CHAT,
      request_body: JSON.stringify({
        model: 'gpt-4.1',
        messages: [
          { role: 'system', content: `It is 09:0${question}:11. ${text}` },
          { role: 'user', content: `Question ${question}` },
        ],
      }),
      response_body: CHAT.response_body
        .replace('chatcmpl-1', `chatcmpl-${question}`)
        .replace('"prompt_tokens":100', '"prompt_tokens":2500'),
    })
    playground.write({ 'volatile.json': recording(...[1, 2, 3, 4].map(asking)) })
    await importing('volatile.json')
    const { stdout } = await playground.run(['findings', '--json'])
    assert.deepEqual(
      JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule),
      ['cache/volatile-prefix'],
    )
  })
})

const CHAT = {
  method: 'POST',
  url: 'https://api.openai.com/v1/chat/completions',
  request_headers: {},
  request_body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] }),
  status: 200,
  response_headers: { date: 'Mon, 05 Jan 2026 09:00:00 GMT' },
  response_body: JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4.1-2025-04-14',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Good day' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  }),
}

function recording(...exchanges: readonly unknown[]): string {
  return JSON.stringify({ exchanges })
}

function exchangesIn(path: string): number {
  return JSON.parse(readFileSync(path, 'utf8')).exchanges.length
}

/** `file#index` of a span that comes from an exchange. */
function placeOf({ attributes }: Span): string[] {
  const file = attributes['costflame.source.file']
  return file === undefined ? [] : [`${file}#${attributes['costflame.source.index']}`]
}

function callsOf(run: Run | undefined): ModelCall[] {
  return run?.spans.flatMap((span) => span.modelCall ?? []) ?? []
}
